/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/loss.h"

#ifndef REAL
#define VJP_SELF "impls/naive/hinge.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(hinge, .summary = "counts the classes inside the margin",
                 .kinks = VJP_ABI_KINK_LOWER);
#else

/* With margin = x[n,c] - x[n,t] + delta: dx[n,c] = dy where margin > 0, else 0, for c other than t;
 * dx[n,t] = -dy times the number of margins > 0. */
static void NAME(hinge)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *labels = vjp_abi_input(call, "t");
    const DLTensor *dy = vjp_abi_input(call, "dy"), *dx = vjp_abi_output(call, "dx");
    const real delta = (real)naive_real(call, "delta");
    const real share = AT(real, dy, 0) / (real)naive_divisor(call, x->shape[0]);
    for (int64_t n = 0; n < x->shape[0]; n++) {
        const int64_t t = AT1(int32_t, labels, n);
        int64_t inside = 0;
        for (int64_t c = 0; c < x->shape[1]; c++) {
            const int is_inside = c != t && AT2(real, x, n, c) - AT2(real, x, n, t) + delta > 0;
            const real g = is_inside ? share : 0;
            inside += is_inside;
            if (c != t)
                AT2(real, dx, n, c) = call->accumulate ? AT2(real, dx, n, c) + g : g;
        }
        const real g = -(real)inside * share;
        AT2(real, dx, n, t) = call->accumulate ? AT2(real, dx, n, t) + g : g;
    }
}

#endif
