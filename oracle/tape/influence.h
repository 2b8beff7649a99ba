/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_INFLUENCE_H
#define VJP_ORACLE_TAPE_INFLUENCE_H

#include "oracle/tape/tape.h"

/* How much nodes of a tape move a given node: reverse sweeps in plain arithmetic, for error analysis, in which two
 * digits matter. */
struct vjp_influence;

/* For the tape, which must outlive it and not grow; value is that of landscape.h, and stays the caller's. A sweep
 * goes through nodes with within[v] only, all for NULL: of no use is what depends on nothing that is asked for.
 * NULL when memory ends. */
struct vjp_influence *vjp_influence_create(const struct vjp_tape *tape, const long double *value,
                                           const bool *within);
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

/* How far that may be from what it would be without rounding: it is a sum over the ways from v to node[l], and they
 * may cancel. (Errors of value itself, half an ulp of a long double, are not in it.) */
long double vjp_influence_error(const struct vjp_influence *influence, int lane, int64_t v);

#endif
