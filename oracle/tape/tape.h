/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_TAPE_H
#define VJP_ORACLE_TAPE_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"
#include "oracle/num/real.h"

/* A forward formula, recorded as scalar operations with their partial derivatives. A node is known
 * by its number; arguments have smaller numbers than the node that uses them. */
struct vjp_tape;

/* What a recording function returns when memory has ended; accepted as an argument everywhere, so
 * that a formula needs no checks of its own. */
#define VJP_NO_NODE INT64_C(-1)

/* Every value has the given precision in bits. NULL when memory ends. */
struct vjp_tape *vjp_tape_create(mpfr_prec_t precision);
void vjp_tape_destroy(struct vjp_tape *tape);

/* VJP_ERR_MEMORY if any recording function failed. */
VJP_MUST_CHECK enum vjp_status vjp_tape_status(const struct vjp_tape *tape,
                                               struct vjp_error *error);

/* A variable: an element of an operand. Leaves are what one differentiates by. */
int64_t vjp_tape_leaf(struct vjp_tape *tape, enum vjp_dtype dtype, uint64_t bits);

/* A number that depends on nothing. */
int64_t vjp_tape_constant(struct vjp_tape *tape, long value);

/* a + b, with partial derivatives 1 and 1. */
int64_t vjp_tape_add(struct vjp_tape *tape, int64_t a, int64_t b);

/* a b, with partial derivatives b and a. */
int64_t vjp_tape_mul(struct vjp_tape *tape, int64_t a, int64_t b);

int64_t vjp_tape_count(const struct vjp_tape *tape);
mpfr_prec_t vjp_tape_precision(const struct vjp_tape *tape);
const struct vjp_real *vjp_tape_value(const struct vjp_tape *tape, int64_t node);

/* One argument of an operation and the partial derivative by it: the value of another node, or 1 for
 * VJP_NO_NODE. Partial derivatives of the recorded operations are such values: nothing is copied. */
struct vjp_edge {
    int64_t argument;
    int64_t partial;
};

/* The edges of a node; 0 for a leaf or a constant. */
int vjp_tape_edges(const struct vjp_tape *tape, int64_t node, const struct vjp_edge **edges);
bool vjp_tape_is_leaf(const struct vjp_tape *tape, int64_t node);

#endif
