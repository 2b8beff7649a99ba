/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LAYERS_ELEMENTWISE_H
#define VJP_CASES_SPEC_LAYERS_ELEMENTWISE_H

#include "cases/spec/case.h"

/* What layers that work element by element have in common: operands of one shape, N x M x P x Q cut
 * at the attribute rank, which is attribute 0. */
enum { VJP_ELEMENTWISE_RANK_MAX = 4 };

static inline bool vjp_elementwise_has_dim(const struct vjp_case *c, int i)
{
    return i < c->attr[0];
}

static inline void vjp_elementwise_shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                                         int axis_dim[VJP_RANK_MAX])
{
    (void)i;
    out->rank = (int)c->attr[0];
    for (int d = 0; d < out->rank; d++) {
        out->dim[d] = c->dim[d];
        axis_dim[d] = d;
    }
}

/* One product per gradient element, or two equal ones: the derivative of x^2 is x + x. */
static inline int64_t vjp_elementwise_reduction(const struct vjp_case *c)
{
    (void)c;
    return 2;
}

#define VJP_ELEMENTWISE_DIMS .n_dims = 4, .dim = {"N", "M", "P", "Q"}
#define VJP_ELEMENTWISE_RANK                                                                       \
    {                                                                                              \
        .name = "rank", .fallback = 2, .min = 1, .max = VJP_ELEMENTWISE_RANK_MAX,                  \
        .help = "number of dimensions: N, N M, N M P or N M P Q"                                   \
    }
#define VJP_ELEMENTWISE_CALLBACKS                                                                  \
    .has_dim = vjp_elementwise_has_dim, .shape = vjp_elementwise_shape,                            \
    .reduction = vjp_elementwise_reduction

#endif
