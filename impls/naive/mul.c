/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/broadcast.h"

#ifndef REAL
#define VJP_SELF "impls/naive/mul.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(mul, .summary = "dx = b dy, db = the sum of x dy where b was repeated");
#else

/* dx = b dy, db = the sum of x dy where b was repeated */
static void NAME(mul)(const struct vjp_abi_call *call)
{
    const DLTensor *x = vjp_abi_input(call, "x"), *b = vjp_abi_input(call, "b");
    const DLTensor *dy = vjp_abi_input(call, "dy");
    const DLTensor *dx = vjp_abi_output(call, "dx"), *db = vjp_abi_output(call, "db");
    for (int64_t i = 0; i < naive_count(db) && !call->accumulate; i++)
        AT(real, db, i) = 0;
    for (int64_t n = 0; n < dy->shape[0]; n++) {
        for (int64_t m = 0; m < dy->shape[1]; m++) {
            const real g = AT2(real, dy, n, m) * AT_BROADCAST(real, b, n, m);
            AT2(real, dx, n, m) = call->accumulate ? AT2(real, dx, n, m) + g : g;
            AT_BROADCAST(real, db, n, m) += AT2(real, dy, n, m) * AT2(real, x, n, m);
        }
    }
}

#endif
