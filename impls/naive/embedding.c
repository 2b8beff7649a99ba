/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/embedding.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"t"};
VJP_NAIVE_KERNEL(embedding, .summary = "adds each row of dy to its row of dw; any strides",
                 .n_wants = 1, .wants = wants);
#else

/* dw[t[n]] += dy[n] */
static void NAME(embedding)(const struct vjp_abi_call *call)
{
    const DLTensor *t = vjp_abi_input(call, "t"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dw = vjp_abi_output(call, "dw");
    for (int64_t i = 0; !call->accumulate && i < naive_count(dw); i++)
        AT(real, dw, i) = 0;
    for (int64_t n = 0; n < dy->shape[0]; n++) {
        for (int64_t d = 0; d < dy->shape[1]; d++) {
            const real g = AT2(real, dy, n, d);
            AT2(real, dw, AT1(int32_t, t, n), d) += g;
        }
    }
}

#endif
