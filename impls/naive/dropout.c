/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/dropout.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"mask"};
VJP_NAIVE_KERNEL_IN_PLACE(dropout, .summary = "dx = dy mask / (1 - p); any strides", .n_wants = 1,
                          .wants = wants);
#else

/* dx = dy mask scale, scale = 1 / (1 - p) */
static void NAME(dropout)(const struct vjp_abi_call *call)
{
    const DLTensor *mask = vjp_abi_input(call, "mask"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    const real scale = (real)(1 / (1 - naive_real(call, "p")));
    for (int64_t i = 0; i < naive_count(dy); i++) {
        const real g = AT(real, dy, i) * (real)AT(int32_t, mask, i) * scale;
        AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + g : g;
    }
}

#endif
