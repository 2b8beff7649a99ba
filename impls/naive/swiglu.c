/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/swiglu.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(swiglu, .summary = "dx = dy u silu'(x), du = dy silu(x); any strides");
#else

/* 1 / (1 + exp(-x)), where exp does not overflow. */
static real NAME(sigmoid)(real x)
{
    if (x >= 0)
        return 1 / (1 + M(exp)(-x));
    const real e = M(exp)(x);
    return e / (1 + e);
}

/* With s = sigmoid(x): dx = dy u s (1 + x (1 - s)), du = dy x s. */
static void NAME(swiglu)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *u = vjp_abi_input(call, "u");
    const DLTensor *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx"), *du = vjp_abi_output(call, "du");
    for (int64_t i = 0; i < naive_count(x); i++) {
        const real xi = AT(real, x, i), dyi = AT(real, dy, i), s = NAME(sigmoid)(xi);
        const real gx = dyi * AT(real, u, i) * (s * (1 + xi * (1 - s)));
        const real gu = dyi * (xi * s);
        if (dx)
            AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + gx : gx;
        if (du)
            AT(real, du, i) = call->accumulate ? AT(real, du, i) + gu : gu;
    }
}

#endif
