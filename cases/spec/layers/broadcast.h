/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LAYERS_BROADCAST_H
#define VJP_CASES_SPEC_LAYERS_BROADCAST_H

#include "cases/spec/case.h"

/* What add and mul have in common: x and y are N x M; attribute 0, broadcast, says along which
 * dimensions the one other operand b is repeated. */
enum { VJP_BROADCAST_NONE, VJP_BROADCAST_ROW, VJP_BROADCAST_COLUMN, VJP_BROADCAST_SCALAR };

/* b: N x M, M, N x 1, or a scalar. */
static inline void vjp_broadcast_shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                                       int axis_dim[VJP_RANK_MAX])
{
    enum { N, M };
    int64_t how = VJP_BROADCAST_NONE;
    if (i == 1)
        how = c->attr[0];
    *out = (struct vjp_shape){.rank = 2, .dim = {c->dim[N], c->dim[M]}};
    axis_dim[0] = N;
    axis_dim[1] = M;
    if (how == VJP_BROADCAST_ROW) {
        out->rank = 1;
        out->dim[0] = c->dim[M];
        axis_dim[0] = M;
    } else if (how == VJP_BROADCAST_COLUMN) {
        out->dim[1] = 1;
        axis_dim[1] = -1;
    } else if (how == VJP_BROADCAST_SCALAR) {
        out->rank = 0;
    }
}

/* db sums over the dimensions along which b is repeated. */
static inline int64_t vjp_broadcast_reduction(const struct vjp_case *c)
{
    const int64_t N = c->dim[0], M = c->dim[1];
    if (N == 0 || M == 0)
        return 1;
    switch (c->attr[0]) {
    case VJP_BROADCAST_ROW:
        return N;
    case VJP_BROADCAST_COLUMN:
        return M;
    case VJP_BROADCAST_SCALAR:
        return N * M;
    default:
        return 1;
    }
}

#define VJP_BROADCAST_ATTR                                                                         \
    {                                                                                              \
        .name = "broadcast", .kind = VJP_ATTR_CHOICE,                                              \
        .choices = (const char *const[]){"none", "row", "column", "scalar", NULL},                 \
        .help = "b is N x M, or repeated: row: M; column: N x 1; scalar: one number"               \
    }
#define VJP_BROADCAST_INPUTS                                                                       \
    .n_inputs = 2, .input = {{.name = "x", .differentiable = true, .help = "N x M"},               \
                             {.name = "b",                                                         \
                              .differentiable = true,                                              \
                              .help = "N x M, M, N x 1 or a scalar: see broadcast"}}

#endif
