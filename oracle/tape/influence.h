/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_INFLUENCE_H
#define VJP_ORACLE_TAPE_INFLUENCE_H

#include "oracle/tape/special.h"
#include "oracle/tape/tape.h"

/* How much every operation on a tape moves a given node: reverse sweeps in plain arithmetic, for error
 * analysis. A long double is enough: what comes of it are first-order estimates, of which two
 * digits matter. */
struct vjp_influence;

/* For the tape, which must outlive it and not grow. NULL when memory ends. */
struct vjp_influence *vjp_influence_create(const struct vjp_tape *tape);
void vjp_influence_destroy(struct vjp_influence *influence);

/* Sweeps go from several nodes at once, each in a lane of its own: mostly they depend on the same. */
#define VJP_LANES 8

/* d(node[l])/d(v), in lane l < n <= VJP_LANES, for every v that node[l] depends on. */
void vjp_influence_sweep(struct vjp_influence *influence, const int64_t *node, int n);

/* What the last sweep reached in any lane, by falling number. Valid until the next sweep. */
int64_t vjp_influence_reached(const struct vjp_influence *influence, const int64_t **nodes);

/* The lanes of the last sweep that reached v: bit l for lane l. */
unsigned vjp_influence_lanes(const struct vjp_influence *influence, int64_t v);

/* |d(node[l])/d(v)|, 0 where lane l did not reach v. */
long double vjp_influence_of(const struct vjp_influence *influence, int lane, int64_t v);

/* Sums over all v that a lane reached, of |d(node)/d(v)| times the local error of v, see below, in the
 * unit named; of operands: times |v|, v a leaf. */
struct vjp_influence_sums {
    long double basic, elementary, probable, operands;
};
void vjp_influence_sum(const struct vjp_influence *influence,
                       struct vjp_influence_sums out[VJP_LANES]);

/* The size of a node's value: the largest number of its enclosure. */
long double vjp_influence_size(const struct vjp_influence *influence, int64_t v);

/* The values of all nodes, by their number: of an enclosure the number that is farthest from 0. */
const long double *vjp_influence_values(const struct vjp_influence *influence);

/* The local error that one rounding per operation makes in a node, to first order. */
struct vjp_local_error {
    long double basic;      /* units of u */
    long double elementary; /* units of ulps u */
    long double probable; /* units of u: errors that are independent, root of the sum of squares */
};
const struct vjp_local_error *vjp_influence_local(const struct vjp_influence *influence, int64_t v);

/* The largest number that is met on the way to the node, sums of |terms| among them; and what operands that
 * are NaN or infinite make of it. */
long double vjp_influence_peak(const struct vjp_influence *influence, int64_t v);
enum vjp_special vjp_influence_special(const struct vjp_influence *influence, int64_t v);

/* Of all nodes, by their number: whether no kernel that computes the node from its operands by sums and
 * products rounds on the way. Of a gradient this says nothing: kernels multiply out what a formula factors (a
 * product with 1 / s before a sum that would be 0 without it). */
const bool *vjp_influence_exact(const struct vjp_influence *influence);

#endif
