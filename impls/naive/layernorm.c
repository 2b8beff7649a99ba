/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/layernorm.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"x", "w", "mean", "rstd"};
VJP_NAIVE_KERNEL(layernorm, .summary = "from the saved mean and rstd; any strides", .n_wants = 4,
                 .wants = wants);
#else

/* With z = (x - mean) rstd and g = dy w:
 * dx = rstd (g - mean of g - z mean of (g z)) in each row. */
static void NAME(layernorm_dx)(const struct vjp_abi_call *call, const DLTensor *dx)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *w = vjp_abi_input(call, "w");
    const DLTensor *mean = vjp_abi_input(call, "mean"), *rstd = vjp_abi_input(call, "rstd");
    const DLTensor *dy = vjp_abi_input(call, "dy");
    const int64_t N = x->shape[0], D = x->shape[1];
    for (int64_t n = 0; n < N; n++) {
        const real m = AT1(real, mean, n), r = AT1(real, rstd, n);
        real sum_g = 0, sum_gz = 0;
        for (int64_t d = 0; d < D; d++) {
            const real g = AT2(real, dy, n, d) * AT1(real, w, d);
            sum_g += g;
            sum_gz += g * ((AT2(real, x, n, d) - m) * r);
        }
        const real mean_g = sum_g / (real)D, mean_gz = sum_gz / (real)D;
        for (int64_t d = 0; d < D; d++) {
            const real z = (AT2(real, x, n, d) - m) * r;
            const real g = AT2(real, dy, n, d) * AT1(real, w, d);
            const real v = r * (g - mean_g - z * mean_gz);
            AT2(real, dx, n, d) = call->accumulate ? AT2(real, dx, n, d) + v : v;
        }
    }
}

/* dw = sum over the rows of dy z, db = sum of dy; either may be absent. */
static void NAME(layernorm_dw)(const struct vjp_abi_call *call, const DLTensor *dw,
                               const DLTensor *db)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *mean = vjp_abi_input(call, "mean"), *rstd = vjp_abi_input(call, "rstd");
    for (int64_t d = 0; d < x->shape[1]; d++) {
        real sum_w = 0, sum_b = 0;
        for (int64_t n = 0; n < x->shape[0]; n++) {
            const real z = (AT2(real, x, n, d) - AT1(real, mean, n)) * AT1(real, rstd, n);
            sum_w += AT2(real, dy, n, d) * z;
            sum_b += AT2(real, dy, n, d);
        }
        if (dw)
            AT1(real, dw, d) = call->accumulate ? AT1(real, dw, d) + sum_w : sum_w;
        if (db)
            AT1(real, db, d) = call->accumulate ? AT1(real, db, d) + sum_b : sum_b;
    }
}

static void NAME(layernorm)(const struct vjp_abi_call *call)
{
    const DLTensor *dx = vjp_abi_output(call, "dx");
    if (dx)
        NAME(layernorm_dx)(call, dx);
    NAME(layernorm_dw)(call, vjp_abi_output(call, "dw"), vjp_abi_output(call, "db"));
}

#endif
