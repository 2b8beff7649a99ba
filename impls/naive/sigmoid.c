/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/sigmoid.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"y"};
VJP_NAIVE_KERNEL_IN_PLACE(sigmoid, .summary = "dx = y (1 - y) dy", .n_wants = 1, .wants = wants);
#else

/* dx = y (1 - y) dy */
static void NAME(sigmoid)(const struct vjp_abi_call *call)
{
    const DLTensor *y = vjp_abi_input(call, "y"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    for (int64_t i = 0; i < naive_count(dx); i++) {
        const real v = AT(real, y, i);
        const real g = v * (1 - v) * AT(real, dy, i);
        AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + g : g;
    }
}

#endif
