/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

const struct vjp_spec vjp_spec_residual = {
    .name = "residual",
    .formula = "y = x + r",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 1,
    .attr = {VJP_ELEMENTWISE_RANK},
    .n_inputs = 2,
    .input = {{.name = "x", .differentiable = true, .help = "any shape"},
              {.name = "r", .differentiable = true, .help = "the shape of x"}},
    .output = "y",
    .sums_products = true,
    VJP_ELEMENTWISE_CALLBACKS,
};
