/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/square.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL_IN_PLACE(square, .summary = "dx = 2 x dy");
#else

/* dx = 2 x dy */
static void NAME(square)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    for (int64_t i = 0; i < naive_count(x); i++) {
        const real g = 2 * AT(real, x, i) * AT(real, dy, i);
        AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + g : g;
    }
}

#endif
