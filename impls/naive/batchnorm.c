/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/batchnorm.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"x", "w", "mean", "rstd"};
VJP_NAIVE_KERNEL(batchnorm, .summary = "from the saved mean and rstd; any strides", .n_wants = 4,
                 .wants = wants);
#else

struct NAME(sums) {
    real dy;  /* sum of dy over the channel: db */
    real dyz; /* sum of dy (x - mean) rstd: dw */
};

/* Element i of channel c. */
#define CHANNEL(t, i)                                                                              \
    AT4(real, t, (i) / (x->shape[2] * x->shape[3]), c, (i) / x->shape[3] % x->shape[2],            \
        (i) % x->shape[3])

static struct NAME(sums)
    NAME(channel_sums)(const DLTensor *x, const DLTensor *dy, int64_t c, real mean, real rstd)
{
    struct NAME(sums) s = {0, 0};
    for (int64_t i = 0; i < x->shape[0] * x->shape[2] * x->shape[3]; i++) {
        s.dy += CHANNEL(dy, i);
        s.dyz += CHANNEL(dy, i) * ((CHANNEL(x, i) - mean) * rstd);
    }
    return s;
}

/* With z = (x - mean) rstd and n elements in a channel:
 * dx = w rstd (dy - sum of dy / n - z sum of (dy z) / n), dw = sum of dy z, db = sum of dy. */
static void NAME(batchnorm)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *w = vjp_abi_input(call, "w");
    const DLTensor *mean = vjp_abi_input(call, "mean"), *rstd = vjp_abi_input(call, "rstd");
    const DLTensor *dy = vjp_abi_input(call, "dy"), *dx = vjp_abi_output(call, "dx");
    const DLTensor *dw = vjp_abi_output(call, "dw"), *db = vjp_abi_output(call, "db");
    const int64_t n = x->shape[0] * x->shape[2] * x->shape[3];
    for (int64_t c = 0; c < x->shape[1]; c++) {
        const real m = AT1(real, mean, c), r = AT1(real, rstd, c);
        const struct NAME(sums) s = NAME(channel_sums)(x, dy, c, m, r);
        if (dw)
            AT1(real, dw, c) = call->accumulate ? AT1(real, dw, c) + s.dyz : s.dyz;
        if (db)
            AT1(real, db, c) = call->accumulate ? AT1(real, db, c) + s.dy : s.dy;
        for (int64_t i = 0; dx && i < n; i++) {
            const real z = (CHANNEL(x, i) - m) * r;
            const real v =
                AT1(real, w, c) * r * (CHANNEL(dy, i) - s.dy / (real)n - z * (s.dyz / (real)n));
            CHANNEL(dx, i) = call->accumulate ? CHANNEL(dx, i) + v : v;
        }
    }
}

#undef CHANNEL
#endif
