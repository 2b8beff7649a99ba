/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/rows.h"

enum { X, T, Y };

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    if (i == X)
        vjp_rows_matrix(c, out, axis_dim);
    else if (i == T)
        vjp_rows_vector(c, out, axis_dim);
    else
        *out = (struct vjp_shape){.rank = 0};
}

static int64_t index_bound(const struct vjp_case *c, int i)
{
    (void)i;
    return c->dim[VJP_ROWS_C];
}

/* The multiclass support vector machine of Weston and Watkins, 1999. */
const struct vjp_spec vjp_spec_hinge = {
    .name = "hinge",
    .formula = "y = sum over n and c != t[n] of max(0, x[n,c] - x[n,t[n]] + delta), with "
               "reduction=mean divided by N",
    .n_dims = 2,
    .dim = {"N", "C"},
    .least = {[VJP_ROWS_C] = 2},
    .n_attrs = 2,
    .attr = {VJP_REDUCTION_ATTR("mean: divide by N; sum: do not"),
             {.name = "delta",
              .kind = VJP_ATTR_REAL,
              .real_fallback = 1,
              .real_min = 0,
              .real_max = 1e6,
              .help = "the margin"}},
    .n_inputs = 2,
    .input = {[X] = {.name = "x", .differentiable = true, .help = "N x C, scores"},
              [T] = {.name = "t",
                     .domain = VJP_DOMAIN_INDEX,
                     .help = "N, classes from 0 to C - 1"}},
    .output = "y",
    .check = vjp_rows_check_classes,
    .shape = shape,
    .reduction = vjp_rows_reduction,
    .index_bound = index_bound,
};
