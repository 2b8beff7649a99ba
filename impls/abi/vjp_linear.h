/* SPDX-License-Identifier: MIT-0 */
#ifndef VJP_LINEAR_H
#define VJP_LINEAR_H

/* The layer "linear", y = x w (+ b), as its backward kernel meets it: the tensors of a call by name.
 * A convenience on top of vjp_plugin.h; no part of the contract.
 *
 *     dx = dy w^T        dw = x^T dy        db = the sum of the rows of dy
 *
 * N: batch, D: features in, M: features out. x, dx: N x D, w, dw: D x M, b, db: M, dy: N x M. */

#include "vjp_plugin.h"

struct vjp_linear {
    int64_t N, D, M;
    const DLTensor *x, *w, *dy;
    const DLTensor *dx, *dw, *db; /* NULL: not among the outputs of this call */
};

static inline struct vjp_linear vjp_linear_of(const struct vjp_abi_call *call)
{
    struct vjp_linear c;
    c.x = vjp_abi_input(call, "x");
    c.w = vjp_abi_input(call, "w");
    c.dy = vjp_abi_input(call, "dy");
    c.dx = vjp_abi_output(call, "dx");
    c.dw = vjp_abi_output(call, "dw");
    c.db = vjp_abi_output(call, "db");
    c.N = c.x->shape[0];
    c.D = c.w->shape[0];
    c.M = c.dy->shape[1];
    return c;
}

#endif
