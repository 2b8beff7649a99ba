/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LAYERS_ROWS_H
#define VJP_CASES_SPEC_LAYERS_ROWS_H

#include "cases/spec/case.h"

/* What layers on the rows of an N x C matrix have in common: softmax, and losses over a batch of N
 * with C classes (or features). */
enum { VJP_ROWS_N, VJP_ROWS_C };

static inline void vjp_rows_matrix(const struct vjp_case *c, struct vjp_shape *out,
                                   int axis_dim[VJP_RANK_MAX])
{
    *out = (struct vjp_shape){.rank = 2, .dim = {c->dim[VJP_ROWS_N], c->dim[VJP_ROWS_C]}};
    axis_dim[0] = VJP_ROWS_N;
    axis_dim[1] = VJP_ROWS_C;
}

/* One number per row: class indices. */
static inline void vjp_rows_vector(const struct vjp_case *c, struct vjp_shape *out,
                                   int axis_dim[VJP_RANK_MAX])
{
    *out = (struct vjp_shape){.rank = 1, .dim = {c->dim[VJP_ROWS_N]}};
    axis_dim[0] = VJP_ROWS_N;
}

/* Terms of a gradient element that depends on a whole row. */
static inline int64_t vjp_rows_reduction(const struct vjp_case *c)
{
    return c->dim[VJP_ROWS_C] > 1 ? c->dim[VJP_ROWS_C] : 1;
}

/* A label is one of the classes: there is at least one. */
static inline enum vjp_status vjp_rows_check_classes(const struct vjp_case *c, const char **field,
                                                     struct vjp_error *error)
{
    if (c->dim[VJP_ROWS_C] > 0)
        return VJP_OK;
    *field = "C";
    return vjp_fail(error, VJP_ERR_USAGE, "C=0: expected 1 or more classes");
}

/* Losses are scalars: the mean of the batch, or the sum. */
enum { VJP_REDUCTION_MEAN, VJP_REDUCTION_SUM };

#define VJP_REDUCTION_ATTR(text)                                                                   \
    {                                                                                              \
        .name = "reduction", .kind = VJP_ATTR_CHOICE,                                              \
        .choices = (const char *const[]){"mean", "sum", NULL}, .help = (text)                      \
    }

#endif
