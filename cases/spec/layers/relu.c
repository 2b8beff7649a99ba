/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

const struct vjp_spec vjp_spec_relu = {
    .name = "relu",
    .formula = "y = max(x, 0)",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 1,
    .attr = {VJP_ELEMENTWISE_RANK},
    .n_inputs = 1,
    .input = {{.name = "x", .differentiable = true, .help = "any shape"}},
    .output = "y",
    .n_saved = 1,
    .saved = {{.name = "y", .help = "the output"}},
    .sums_products = true,
    VJP_ELEMENTWISE_CALLBACKS,
};
