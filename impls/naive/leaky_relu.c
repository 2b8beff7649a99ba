/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/leaky_relu.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL_IN_PLACE(leaky_relu, .summary = "dx = dy where x > 0, else slope dy",
                          .kinks = VJP_ABI_KINK_LOWER);
#else

/* dx = dy where x > 0, else slope dy */
static void NAME(leaky_relu)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx");
    const real slope = (real)naive_real(call, "slope");
    for (int64_t i = 0; i < naive_count(dx); i++) {
        const real g = AT(real, x, i) > 0 ? AT(real, dy, i) : slope * AT(real, dy, i);
        AT(real, dx, i) = call->accumulate ? AT(real, dx, i) + g : g;
    }
}

#endif
