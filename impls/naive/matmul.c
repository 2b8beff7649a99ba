/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/naive.h"

#ifndef REAL
#define VJP_SELF "impls/naive/matmul.c"
#include "impls/naive/each_real.inc"
VJP_NAIVE_KERNEL(matmul, .summary = "da = dy b^T, db = a^T dy; any strides");
#else

/* Element (i, j, k), or (i, k, j) of a tensor that is stored transposed. */
#define EITHER(t, trans, i, j, k) (*((trans) ? &AT3(real, t, i, k, j) : &AT3(real, t, i, j, k)))

/* da[i,m,k] = sum over n of dy[i,m,n] b[i,k,n], db[i,k,n] = sum over m of a[i,m,k] dy[i,m,n] */
static void NAME(matmul)(const struct vjp_abi_call *call)
{
    const DLTensor *a = vjp_abi_input(call, "a"), *b = vjp_abi_input(call, "b");
    const DLTensor *dy = vjp_abi_input(call, "dy");
    const DLTensor *da = vjp_abi_output(call, "da"), *db = vjp_abi_output(call, "db");
    const int64_t ta = naive_int(call, "trans_a"), tb = naive_int(call, "trans_b");
    const int64_t B = dy->shape[0], M = dy->shape[1], N = dy->shape[2], K = a->shape[ta ? 1 : 2];
    for (int64_t i = 0; da && i < B; i++) {
        for (int64_t m = 0; m < M; m++) {
            for (int64_t k = 0; k < K; k++) {
                real sum = 0;
                for (int64_t n = 0; n < N; n++)
                    sum += AT3(real, dy, i, m, n) * EITHER(b, tb, i, k, n);
                HELD(real) *out = &EITHER(da, ta, i, m, k);
                *out = call->accumulate ? *out + sum : sum;
            }
        }
    }
    for (int64_t i = 0; db && i < B; i++) {
        for (int64_t k = 0; k < K; k++) {
            for (int64_t n = 0; n < N; n++) {
                real sum = 0;
                for (int64_t m = 0; m < M; m++)
                    sum += EITHER(a, ta, i, m, k) * AT3(real, dy, i, m, n);
                HELD(real) *out = &EITHER(db, tb, i, k, n);
                *out = call->accumulate ? *out + sum : sum;
            }
        }
    }
}

#undef EITHER
#endif
