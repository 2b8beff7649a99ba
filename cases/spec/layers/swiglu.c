/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

const struct vjp_spec vjp_spec_swiglu = {
    .name = "swiglu",
    .formula = "y = x sigmoid(x) u",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 1,
    .attr = {VJP_ELEMENTWISE_RANK},
    .n_inputs = 2,
    .input = {{.name = "x", .differentiable = true, .help = "any shape: the gate"},
              {.name = "u", .differentiable = true, .help = "the shape of x"}},
    .output = "y",
    VJP_ELEMENTWISE_CALLBACKS,
};
