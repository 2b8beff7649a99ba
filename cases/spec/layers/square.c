/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

const struct vjp_spec vjp_spec_square = {
    .name = "square",
    .formula = "y = x^2",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 1,
    .attr = {VJP_ELEMENTWISE_RANK},
    .n_inputs = 1,
    .input = {{.name = "x", .differentiable = true, .help = "any shape"}},
    .output = "y",
    .sums_products = true,
    VJP_ELEMENTWISE_CALLBACKS,
};
