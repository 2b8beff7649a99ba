/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/rows.h"

enum { X, T, Y };

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    if (i == Y)
        *out = (struct vjp_shape){.rank = 0};
    else
        vjp_rows_matrix(c, out, axis_dim);
}

/* dx = (x - t) dy + (x - t) dy: four products. */
static int64_t reduction(const struct vjp_case *c)
{
    (void)c;
    return 4;
}

const struct vjp_spec vjp_spec_mse = {
    .name = "mse",
    .formula = "y = sum of (x - t)^2, with reduction=mean divided by N D",
    .n_dims = 2,
    .dim = {"N", "D"},
    .n_attrs = 1,
    .attr = {VJP_REDUCTION_ATTR("mean: divide by N D; sum: do not")},
    .n_inputs = 2,
    .input = {[X] = {.name = "x", .differentiable = true, .help = "N x D"},
              [T] = {.name = "t", .help = "N x D, the target"}},
    .output = "y",
    .shape = shape,
    .reduction = reduction,
};
