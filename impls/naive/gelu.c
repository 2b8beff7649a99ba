/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/gelu.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL_IN_PLACE(gelu, .summary = "by erf and exp, or by tanh");
#else

/* cdf(x) + x pdf(x) of the normal distribution */
static real NAME(by_erf)(real x)
{
    const real cdf = (1 + M(erf)(x * (real)0.70710678118654752440)) / 2;
    const real pdf = M(exp)(-x * x / 2) * (real)0.39894228040143267794; /* 1 / sqrt(2 pi) */
    return cdf + x * pdf;
}

/* (1 + t) / 2 + x / 2 (1 - t^2) a (1 + 3 b x^2), t = tanh(a (x + b x^3)) */
static real NAME(by_tanh)(real x)
{
    const real a = (real)0.79788456080286535588; /* sqrt(2 / pi) */
    const real b = (real)0.044715;
    const real t = M(tanh)(a * (x + b * x * x * x));
    return (1 + t) / 2 + x / 2 * (1 - t * t) * a * (1 + 3 * b * x * x);
}

static void NAME(gelu)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    const int64_t is_tanh = naive_int(call, "approximate");
    for (int64_t i = 0; i < naive_count(dx); i++) {
        const real v = AT(real, x, i);
        const real g = (is_tanh ? NAME(by_tanh)(v) : NAME(by_erf)(v)) * AT(real, dy, i);
        AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + g : g;
    }
}

#endif
