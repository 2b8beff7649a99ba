/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/rows.h"

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    (void)i;
    vjp_rows_matrix(c, out, axis_dim);
}

const struct vjp_spec vjp_spec_softmax = {
    .name = "softmax",
    .formula = "y[n,c] = exp(x[n,c]) / sum over k of exp(x[n,k])",
    .n_dims = 2,
    .dim = {"N", "C"},
    .least = {[VJP_ROWS_C] = 2},
    .n_inputs = 1,
    .input = {{.name = "x", .differentiable = true, .help = "N x C", .centred = true}},
    .output = "y",
    .positive = true,
    .n_saved = 1,
    .saved = {{.name = "y", .help = "the output"}},
    .shape = shape,
    .reduction = vjp_rows_reduction,
};
