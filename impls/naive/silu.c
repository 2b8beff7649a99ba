/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/silu.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL_IN_PLACE(silu, .summary = "dx = s (1 + x (1 - s)) dy, s = sigmoid(x)");
#else

/* dx = s (1 + x (1 - s)) dy, s = sigmoid(x); exp of what is not positive alone, which does not overflow */
static void NAME(silu)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    for (int64_t i = 0; i < naive_count(dx); i++) {
        const real v = AT(real, x, i);
        const real e = M(exp)(-M(fabs)(v));
        const real s = v < 0 ? e / (1 + e) : 1 / (1 + e);
        const real g = s * (1 + v * (1 - s)) * AT(real, dy, i);
        AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + g : g;
    }
}

#endif
