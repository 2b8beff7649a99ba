/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/loss.h"

#ifndef REAL
#define VJP_SELF "impls/naive/cross_entropy.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(cross_entropy, .summary = "dx = -t / x dy, divided by N for the mean");
#else

/* dx = -t / x dy, divided by N for the mean */
static void NAME(cross_entropy)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *t = vjp_abi_input(call, "t");
    const DLTensor *dy = vjp_abi_input(call, "dy"), *dx = vjp_abi_output(call, "dx");
    const real share = AT(real, dy, 0) / (real)naive_divisor(call, x->shape[0]);
    for (int64_t n = 0; n < x->shape[0]; n++) {
        for (int64_t c = 0; c < x->shape[1]; c++) {
            const real g = -AT2(real, t, n, c) / AT2(real, x, n, c) * share;
            AT2(real, dx, n, c) = call->accumulate ? AT2(real, dx, n, c) + g : g;
        }
    }
}

#endif
