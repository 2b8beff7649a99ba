/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/loss.h"

#ifndef REAL
/* Whether row n counts for nothing; t is NULL where the labels are one-hot. */
static int is_ignored(const struct vjp_abi_call *call, const DLTensor *t, int64_t n)
{
    return t && AT1(int32_t, t, n) == naive_int(call, "ignore_index");
}

#define VJP_SELF "impls/naive/softmax_cross_entropy.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(softmax_cross_entropy,
                 .summary = "dx = softmax(x) - onehot(t), the largest logit subtracted");
#else

/* The largest logit of row n, and the sum of exp of what the others are less than it. */
static void NAME(row)(const DLTensor *x, int64_t n, real *largest, real *sum)
{
    *largest = AT2(real, x, n, 0);
    *sum = 0;
    for (int64_t c = 1; c < x->shape[1]; c++)
        *largest = M(fmax)(*largest, AT2(real, x, n, c));
    for (int64_t c = 0; c < x->shape[1]; c++)
        *sum += M(exp)(AT2(real, x, n, c) - *largest);
}

/* dx[n,c] = (softmax(x)[n,c] - onehot(t)[n,c]) dy, divided by the number of rows that are not ignored
 * for the mean; 0 in a row that is. */
static void NAME(softmax_cross_entropy)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *t = vjp_abi_input(call, "t"), *p = vjp_abi_input(call, "p");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    int64_t rows = 0;
    for (int64_t n = 0; n < x->shape[0]; n++)
        rows += !is_ignored(call, t, n);
    const real share = AT(real, dy, 0) / (real)naive_divisor(call, rows);
    for (int64_t n = 0; n < x->shape[0]; n++) {
        real largest, sum;
        NAME(row)(x, n, &largest, &sum);
        for (int64_t c = 0; c < x->shape[1]; c++) {
            const real softmax = M(exp)(AT2(real, x, n, c) - largest) / sum;
            const real label = t ? (real)(AT1(int32_t, t, n) == c) : AT2(real, p, n, c);
            const real g = is_ignored(call, t, n) ? 0 : (softmax - label) * share;
            AT2(real, dx, n, c) = call->accumulate ? AT2(real, dx, n, c) + g : g;
        }
    }
}

#endif
