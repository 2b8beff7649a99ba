/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_TAPE_PARTS_H
#define VJP_ORACLE_TAPE_TAPE_PARTS_H

#include "oracle/tape/memo.h"
#include "oracle/tape/tape.h"

/* What a tape is made of: for the files of this folder that record operations. */

enum vjp_node_kind {
    VJP_NODE_LEAF = 0,
    VJP_NODE_CONSTANT,
    VJP_NODE_KINK, /* a partial derivative that a kink decides: a constant that rounding may change */
    VJP_NODE_OPERATION,
};

/* Partial derivatives other than 1 and -1 on a path from a leaf: 0, 1, or more than a product of two
 * numbers makes good. */
#define VJP_DEGREE_MANY 2

struct vjp_node {
    struct vjp_real value;
    int64_t first_edge;
    int32_t n_edges;
    uint8_t kind; /* enum vjp_node_kind */
    uint8_t rounding;
    uint8_t degree;
    bool is_ring; /* + - *: exact wherever the result is a number of the format */
};

struct vjp_tape {
    mpfr_prec_t precision;
    struct vjp_kinks kinks;
    struct vjp_limbs limbs; /* of the values */
    struct vjp_node *node;
    int64_t count, node_capacity;
    struct vjp_edge *edge; /* of the nodes, one after another */
    int64_t n_edges, edge_capacity;
    int64_t *term; /* of the lists that are open, one after another */
    int64_t n_terms, term_capacity;
    struct vjp_kink *kink;
    int64_t n_kinks, kink_capacity;
    struct vjp_memo memo;
    struct vjp_real minus_one;
    struct vjp_real scratch;
    bool on_kink;
    bool failed;
};

/* A new node with value 0, or VJP_NO_NODE. */
int64_t vjp_tape_append(struct vjp_tape *tape, enum vjp_node_kind kind, enum vjp_rounding rounding);

/* Gives the newest node an edge. Nothing may be recorded between a node and the last of its edges:
 * partial derivatives that are nodes of their own are filled in later by vjp_tape_set_partial. */
void vjp_tape_connect(struct vjp_tape *tape, int64_t argument, int64_t partial);

void vjp_tape_note_kink(struct vjp_tape *tape, const struct vjp_kink *kink);

#endif
