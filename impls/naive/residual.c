/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/residual.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(residual, .summary = "dx = dr = dy");
#else

/* dx = dy, dr = dy */
static void NAME(residual)(const struct vjp_abi_call *call)
{
    const DLTensor *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx"), *dr = vjp_abi_output(call, "dr");
    for (int64_t i = 0; i < naive_count(dy); i++) {
        const real g = AT(real, dy, i);
        AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + g : g;
        AT(real, dr, i) = call->accumulate ? AT(real, dr, i) + g : g;
    }
}

#endif
