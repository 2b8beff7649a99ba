/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_PEERS_MATRIX_H
#define VJP_IMPLS_PEERS_MATRIX_H

#include "impls/abi/vjp_plugin.h"

/* A matrix as BLAS takes it: element (i, j) is at[i * ld + j] or, turned, at[j * ld + i]. */
struct peer_matrix {
    void *at;
    int64_t rows, cols;
    int64_t ld; /* at least 1 and what lies side by side, as BLAS demands also of empty matrices */
    int32_t turned;
};

static inline int64_t peer_at_least(int64_t least, int64_t n)
{
    return n < least ? least : n;
}

/* The matrix of the last two dimensions of t. 0 where neither has unit stride, or rows overlap. */
static inline int32_t peer_matrix_of(const DLTensor *t, struct peer_matrix *out)
{
    const int64_t rows = t->shape[t->ndim - 2], cols = t->shape[t->ndim - 1];
    const int64_t down = t->strides[t->ndim - 2], across = t->strides[t->ndim - 1];
    struct peer_matrix m = {vjp_abi_data(t), rows, cols, 0, 0};
    if (rows == 0 || cols == 0) {
        m.ld = peer_at_least(1, cols);
    } else if (cols == 1 || across == 1) {
        m.ld = rows == 1 ? cols : down;
        if (m.ld < cols)
            return 0;
    } else {
        m.turned = 1;
        m.ld = across;
        if ((rows > 1 && down != 1) || m.ld < rows)
            return 0;
    }
    *out = m;
    return 1;
}

static inline struct peer_matrix peer_transposed(struct peer_matrix m)
{
    return (struct peer_matrix){m.at, m.cols, m.rows, m.ld, !m.turned};
}

/* The attribute with that name; 0 where there is none. */
static inline int64_t peer_attr(const struct vjp_abi_call *call, const char *name)
{
    for (int32_t i = 0; i < call->n_attrs; i++) {
        const char *a = call->attrs[i]->name;
        const char *b = name;
        while (*a && *a == *b) {
            a++;
            b++;
        }
        if (*a == *b)
            return call->attrs[i]->i;
    }
    return 0;
}

#endif
