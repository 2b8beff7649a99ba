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

/* What an operation is; of one argument, or SUB, also the key of the memo. */
enum vjp_operation {
    VJP_OP_NONE = 0, /* leaves, constants, kinks */
    VJP_OP_ADD,
    VJP_OP_SUB,
    VJP_OP_MUL,
    VJP_OP_DIV,
    VJP_OP_RECIPROCAL,
    VJP_OP_NEG,
    VJP_OP_SQRT,
    VJP_OP_RSQRT,
    VJP_OP_EXP,
    VJP_OP_LOG,
    VJP_OP_TANH,
    VJP_OP_ERF,
    VJP_OP_SIGMOID,
    VJP_OP_SOFTPLUS,
    VJP_OP_RELU,
    VJP_OP_ABS,
    VJP_OP_SHORTCUT,
    VJP_OP_RESIDUAL, /* what a node is given less what it is: 0 */
    VJP_OP_SUM,      /* from here on of any number of terms */
    VJP_OP_CENTRED,  /* a sum of squares of deviations */
    VJP_OP_MASKED,   /* its first argument, and terms times 0 */
    VJP_OP_MAX,
    VJP_OP_LOGSUMEXP,
};

/* Partial derivatives other than 1 and -1 on a path from a leaf: 0, 1, or more than a product of two
 * numbers makes good. */
#define VJP_DEGREE_MANY 2

struct vjp_node {
    struct vjp_real value;
    int64_t constant; /* of an operation on one constant that has no edge: that; else VJP_NO_NODE */
    int64_t first_edge;
    int32_t n_edges;
    uint8_t kind; /* enum vjp_node_kind */
    uint8_t rounding;
    uint8_t degree;
    uint8_t operation; /* enum vjp_operation */
    bool is_term;      /* of a sum, of one term perhaps, which is no node of its own */
};

/* A constant a / b. */
struct vjp_ratio {
    int64_t node;
    long a, b;
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
    struct vjp_ratio *ratio; /* in the order of their nodes */
    int64_t n_ratios, ratio_capacity;
    struct vjp_memo memo;
    struct vjp_real minus_one;
    struct vjp_real scratch;
    bool on_kink;
    bool failed;
};

/* A new node with value 0, or VJP_NO_NODE. */
int64_t vjp_tape_append(struct vjp_tape *tape, enum vjp_node_kind kind, enum vjp_rounding rounding);

/* Gives the newest node an edge. Nothing may be recorded between a node and the last of its edges:
 * partial derivatives that are nodes of their own are filled in when they have been recorded. */
void vjp_tape_connect(struct vjp_tape *tape, int64_t argument, int64_t partial);

/* The edges of a node as vjp_tape_edges has them, but for those that no derivative goes along: that of a
 * residual, which is 0 whatever its argument is, and those to terms that a mask leaves out. */
static inline int vjp_tape_dependence(const struct vjp_tape *tape, int64_t node,
                                      const struct vjp_edge **edges)
{
    const int n = vjp_tape_edges(tape, node, edges);
    const int operation = tape->node[node].operation;
    return operation == VJP_OP_RESIDUAL ? 0 : operation == VJP_OP_MASKED ? 1 : n;
}

/* Whether an edge of a quotient is that of the dividend: the partial derivative by it is 1 / divisor, a node of its
 * own, and that by the divisor a product. */
static inline bool vjp_tape_is_dividend(const struct vjp_tape *tape, const struct vjp_edge *edge)
{
    return edge->partial >= 0 && tape->node[edge->partial].operation == VJP_OP_RECIPROCAL;
}

void vjp_tape_note_kink(struct vjp_tape *tape, const struct vjp_kink *kink);

/* The node, the last of those that are one, is the number a / b. */
void vjp_tape_note_ratio(struct vjp_tape *tape, int64_t node, long a, long b);

/* A number that nobody rounds and nobody differentiates by: a constant of no rounding. */
bool vjp_tape_is_plain_constant(const struct vjp_tape *tape, int64_t id);

/* The same, or an operand. */
bool vjp_tape_is_given(const struct vjp_tape *tape, int64_t id);

/* A node, *id, for an operation of one argument, of degree VJP_DEGREE_MANY and with the partial derivative
 * 1: what else it has is recorded by the caller behind it. False where there is nothing left to do: the
 * operation was recorded before, or memory has ended. */
bool vjp_tape_begin(struct vjp_tape *tape, enum vjp_operation operation, enum vjp_rounding rounding,
                    int64_t a, int64_t *id);

/* Sets the partial derivative of edge k of a node: recorded after the node. */
void vjp_tape_set_partial(struct vjp_tape *tape, int64_t id, int k, int64_t partial);

/* 1 / b; the partial derivative is -(1/b)(1/b). */
int64_t vjp_tape_reciprocal(struct vjp_tape *tape, int64_t b);

#endif
