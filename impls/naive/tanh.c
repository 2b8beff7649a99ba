/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/tanh.c"
#include "impls/naive/each_real.inc"
static const char *const wants[] = {"y"};
VJP_NAIVE_KERNEL_IN_PLACE(tanh, .summary = "dx = (1 - y^2) dy", .n_wants = 1, .wants = wants);
#else

/* dx = (1 - y^2) dy */
static void NAME(tanh)(const struct vjp_abi_call *call)
{
    const DLTensor *y = vjp_abi_input(call, "y"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    for (int64_t i = 0; i < naive_count(dx); i++) {
        const real v = AT(real, y, i);
        const real g = (1 - v * v) * AT(real, dy, i);
        AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + g : g;
    }
}

#endif
