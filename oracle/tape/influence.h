/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_INFLUENCE_H
#define VJP_ORACLE_TAPE_INFLUENCE_H

#include "oracle/tape/tape.h"

/* How much every operation on a tape moves a given node: reverse sweeps in plain arithmetic, for error
 * analysis. A long double is enough: what comes of it are first-order estimates, of which two
 * digits matter. */
struct vjp_influence;

/* For the tape, which must outlive it and not grow. NULL when memory ends. */
struct vjp_influence *vjp_influence_create(const struct vjp_tape *tape);
void vjp_influence_destroy(struct vjp_influence *influence);

/* d(node)/d(v) for every v that node depends on. */
void vjp_influence_sweep(struct vjp_influence *influence, int64_t node);

/* What the last sweep reached, in no order. Valid until the next sweep. */
int64_t vjp_influence_reached(const struct vjp_influence *influence, const int64_t **nodes);

/* |d(node)/d(v)|, 0 where v was not reached. */
long double vjp_influence_of(const struct vjp_influence *influence, int64_t v);

/* The size of a node's value: the largest number of its enclosure. */
long double vjp_influence_size(const struct vjp_influence *influence, int64_t v);

/* The values of all nodes, by their number: of an enclosure the number that is farthest from 0. */
const long double *vjp_influence_values(const struct vjp_influence *influence);

/* The local error that one rounding per operation makes in a node, to first order. */
struct vjp_local_error {
    float roundings;        /* operations that may underflow */
    float additions;        /* operations that may not, but may be flushed to zero */
    float elementary_count; /* elementary functions */
    long double basic;      /* units of u */
    long double elementary; /* units of ulps u */
    long double probable; /* units of u: errors that are independent, root of the sum of squares */
    long double peak;     /* the largest number that is met on the way */
};
const struct vjp_local_error *vjp_influence_local(const struct vjp_influence *influence, int64_t v);

/* Whether no kernel that computes the node from its operands by sums and products rounds on the way. Of a
 * gradient this says nothing: kernels multiply out what a formula factors (a product with 1 / s before a
 * sum that would be 0 without it). */
bool vjp_influence_is_exact(const struct vjp_influence *influence, int64_t v);

#endif
