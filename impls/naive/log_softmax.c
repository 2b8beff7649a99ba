/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/log_softmax.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"y"};
VJP_NAIVE_KERNEL(log_softmax, .summary = "dx = dy - exp(y) sum of dy, row by row", .n_wants = 1,
                 .wants = wants);
#else

/* dx[n,c] = dy[n,c] - exp(y[n,c]) sum over k of dy[n,k] */
static void NAME(log_softmax)(const struct vjp_abi_call *call)
{
    const DLTensor *y = vjp_abi_input(call, "y"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    for (int64_t n = 0; n < dx->shape[0]; n++) {
        real sum = 0;
        for (int64_t c = 0; c < dx->shape[1]; c++)
            sum += AT2(real, dy, n, c);
        for (int64_t c = 0; c < dx->shape[1]; c++) {
            const real g = AT2(real, dy, n, c) - M(exp)(AT2(real, y, n, c)) * sum;
            AT2(real, dx, n, c) = call->accumulate ? AT2(real, dx, n, c) + g : g;
        }
    }
}

#endif
