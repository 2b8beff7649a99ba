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

/* No gradient element sums: dx[n,c] = -t[n,c] / x[n,c] dy. */
static int64_t reduction(const struct vjp_case *c)
{
    (void)c;
    return 1;
}

const struct vjp_spec vjp_spec_cross_entropy = {
    .name = "cross_entropy",
    .formula = "y = -sum of t log x, with reduction=mean divided by N",
    .n_dims = 2,
    .dim = {"N", "C"},
    .n_attrs = 1,
    .attr = {VJP_REDUCTION_ATTR("mean: divide by N; sum: do not")},
    .n_inputs = 2,
    .input = {[X] = {.name = "x",
                     .differentiable = true,
                     .domain = VJP_DOMAIN_POSITIVE,
                     .help = "N x C, probabilities (rows need not sum to 1)"},
              [T] = {.name = "t", .domain = VJP_DOMAIN_ONEHOT, .help = "N x C, one-hot labels"}},
    .output = "y",
    .check = vjp_rows_check_classes,
    .shape = shape,
    .reduction = reduction,
};
