/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/loss.h"

#ifndef REAL
#define VJP_SELF "impls/naive/mse.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(mse, .summary = "dx = 2 (x - t) dy, divided by N D for the mean");
#else

/* dx = 2 (x - t) dy, divided by N D for the mean */
static void NAME(mse)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *t = vjp_abi_input(call, "t");
    const DLTensor *dy = vjp_abi_input(call, "dy"), *dx = vjp_abi_output(call, "dx");
    const real share = AT(real, dy, 0) / (real)naive_divisor(call, naive_count(x));
    for (int64_t n = 0; n < x->shape[0]; n++) {
        for (int64_t d = 0; d < x->shape[1]; d++) {
            const real g = 2 * (AT2(real, x, n, d) - AT2(real, t, n, d)) * share;
            AT2(real, dx, n, d) = call->accumulate ? AT2(real, dx, n, d) + g : g;
        }
    }
}

#endif
