/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_NAIVE_BROADCAST_H
#define VJP_IMPLS_NAIVE_BROADCAST_H

#include "impls/naive/naive.h"

/* Where the element of b lies that belongs to row n and column m: b is N x M, M, N x 1 or a scalar. */
static inline int64_t naive_broadcast(const DLTensor *b, int64_t n, int64_t m)
{
    if (b->ndim == 0)
        return 0;
    if (b->ndim == 1)
        return m * b->strides[0];
    return n * b->strides[0] + (b->shape[1] == 1 ? 0 : m * b->strides[1]);
}

#define AT_BROADCAST(type, b, n, m) (((HELD(type) *)vjp_abi_data(b))[naive_broadcast(b, n, m)])

#endif
