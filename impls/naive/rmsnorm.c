/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/rmsnorm.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"x", "w", "rstd"};
VJP_NAIVE_KERNEL(rmsnorm, .summary = "from the saved rstd; any strides", .n_wants = 3,
                 .wants = wants);
#else

/* With z = x rstd and g = dy w: dx = rstd (g - z mean of (g z)) in each row. */
static void NAME(rmsnorm_dx)(const struct vjp_abi_call *call, const DLTensor *dx)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *w = vjp_abi_input(call, "w");
    const DLTensor *rstd = vjp_abi_input(call, "rstd"), *dy = vjp_abi_input(call, "dy");
    const int64_t N = x->shape[0], D = x->shape[1];
    for (int64_t n = 0; n < N; n++) {
        const real r = AT1(real, rstd, n);
        real sum = 0;
        for (int64_t d = 0; d < D; d++)
            sum += AT2(real, dy, n, d) * AT1(real, w, d) * (AT2(real, x, n, d) * r);
        const real mean = sum / (real)D;
        for (int64_t d = 0; d < D; d++) {
            const real g = AT2(real, dy, n, d) * AT1(real, w, d);
            const real v = r * (g - AT2(real, x, n, d) * r * mean);
            AT2(real, dx, n, d) = call->accumulate ? AT2(real, dx, n, d) + v : v;
        }
    }
}

/* dw = sum over the rows of dy z */
static void NAME(rmsnorm_dw)(const struct vjp_abi_call *call, const DLTensor *dw)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *rstd = vjp_abi_input(call, "rstd");
    for (int64_t d = 0; d < x->shape[1]; d++) {
        real sum = 0;
        for (int64_t n = 0; n < x->shape[0]; n++)
            sum += AT2(real, dy, n, d) * (AT2(real, x, n, d) * AT1(real, rstd, n));
        AT1(real, dw, d) = call->accumulate ? AT1(real, dw, d) + sum : sum;
    }
}

static void NAME(rmsnorm)(const struct vjp_abi_call *call)
{
    const DLTensor *dx = vjp_abi_output(call, "dx"), *dw = vjp_abi_output(call, "dw");
    if (dx)
        NAME(rmsnorm_dx)(call, dx);
    if (dw)
        NAME(rmsnorm_dw)(call, dw);
}

#endif
