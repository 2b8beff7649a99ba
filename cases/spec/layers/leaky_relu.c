/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

/* A slope is at most 1, so that the lower end of the subgradients at 0 is the slope. */
const struct vjp_spec vjp_spec_leaky_relu = {
    .name = "leaky_relu",
    .formula = "y = x where x > 0, else slope x",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 2,
    .attr = {VJP_ELEMENTWISE_RANK,
             {.name = "slope",
              .kind = VJP_ATTR_REAL,
              .real_fallback = 0.01,
              .real_min = 0,
              .real_max = 1,
              .help = "the derivative below 0"}},
    .n_inputs = 1,
    .input = {{.name = "x", .differentiable = true, .help = "any shape"}},
    .output = "y",
    .n_saved = 1,
    .saved = {{.name = "y", .help = "the output"}},
    VJP_ELEMENTWISE_CALLBACKS,
};
