/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_SWEEP_H
#define VJP_ORACLE_TAPE_SWEEP_H

#include "oracle/tape/tape.h"

/* Derivatives over a recorded tape: a reverse sweep gives a row of the Jacobian, a forward sweep a
 * column. Either visits only the nodes that its start depends on, or that depend on it: what is not
 * reached has derivative zero by structure, and costs nothing. */
struct vjp_sweep;

/* Scratch memory for sweeps over the tape, which must outlive it and not grow. NULL when memory
 * ends. */
struct vjp_sweep *vjp_sweep_create(const struct vjp_tape *tape);
void vjp_sweep_destroy(struct vjp_sweep *sweep);

/* d(node)/d(v) for every v that node depends on. */
VJP_MUST_CHECK enum vjp_status vjp_sweep_reverse(struct vjp_sweep *sweep, int64_t node,
                                                 struct vjp_error *error);

/* d(v)/d(leaf) for every v that depends on leaf. */
VJP_MUST_CHECK enum vjp_status vjp_sweep_forward(struct vjp_sweep *sweep, int64_t leaf,
                                                 struct vjp_error *error);

/* What the last sweep reached, by number: falling after a reverse sweep, rising after a forward one. Valid
 * until the next sweep. */
int64_t vjp_sweep_reached(const struct vjp_sweep *sweep, const int64_t **nodes);

/* Whether the last sweep added anything: some node was reached on more than one path. */
bool vjp_sweep_merges(const struct vjp_sweep *sweep);

/* The derivative that the last sweep found for a node, or NULL where it was not reached. Valid until
 * the next sweep. */
const struct vjp_real *vjp_sweep_derivative(const struct vjp_sweep *sweep, int64_t node);

#endif
