/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/pool2d.h"

const struct vjp_spec vjp_spec_avgpool2d = {
    .name = "avgpool2d",
    .formula = "y[n,c,i,j] = mean of x[n,c,i stride + r - padding, j stride + s - padding]",
    VJP_POOL2D_DIMS,
    .n_attrs = 4,
    .attr =
        {VJP_POOL2D_KERNEL,
         VJP_POOL2D_STRIDE,
         {.name = "padding", .fallback = 0, .min = 0, .max = 8, .help = "zeros around the image"},
         {.name = "count_include_pad",
          .fallback = 1,
          .min = 0,
          .max = 1,
          .help = "1: the mean counts the zeros of the padding, 0: it does not"}},
    .n_inputs = 1,
    .input = {{.name = "x", .differentiable = true, .help = "N x C x H x W"}},
    .output = "y",
    .sums_products = true,
    VJP_POOL2D_CALLBACKS,
};
