/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_ADJOINT_H
#define VJP_ORACLE_TAPE_ADJOINT_H

#include "oracle/tape/tape.h"

/* The reverse sweep, recorded: the backward pass as a program of scalar operations behind the forward
 * formula on the same tape. Its values are the gradients; and since it is on a tape, it can be asked
 * how far each of its operations reaches into them (influence.h). */

/* A term of the derivative by a node that comes from outside: dy[i] for y[i]; what an output held
 * before for an operand's element. */
struct vjp_seed {
    int64_t node;
    int64_t term;
};

/* Records, for every node v of the tape that is active, the sum of its seeds' terms and of
 * adjoint[user] * (partial derivative of the user by v) over its users, and writes that node's number
 * to adjoint[v]; VJP_NO_NODE where there is no term. adjoint and active have an element for every node
 * that the tape has now. active is set for the leaves to differentiate by; it is extended to all nodes
 * that depend on them. VJP_ERR_MEMORY. */
VJP_MUST_CHECK enum vjp_status vjp_adjoint_record(struct vjp_tape *tape,
                                                  const struct vjp_seed *seeds, int64_t n_seeds,
                                                  bool *active, int64_t *adjoint,
                                                  struct vjp_error *error);

#endif
