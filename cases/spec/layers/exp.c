/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

const struct vjp_spec vjp_spec_exp = {
    .name = "exp",
    .formula = "y = exp(x)",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 1,
    .attr = {VJP_ELEMENTWISE_RANK},
    .n_inputs = 1,
    .input = {{.name = "x", .differentiable = true, .help = "any shape"}},
    .output = "y",
    .positive = true,
    .n_saved = 1,
    .saved = {{.name = "y", .help = "the output"}},
    VJP_ELEMENTWISE_CALLBACKS,
};
