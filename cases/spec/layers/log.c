/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

const struct vjp_spec vjp_spec_log = {
    .name = "log",
    .formula = "y = log(x), the natural logarithm",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 1,
    .attr = {VJP_ELEMENTWISE_RANK},
    .n_inputs = 1,
    .input = {{.name = "x",
               .differentiable = true,
               .domain = VJP_DOMAIN_POSITIVE,
               .help = "any shape; greater than 0"}},
    .output = "y",
    VJP_ELEMENTWISE_CALLBACKS,
};
