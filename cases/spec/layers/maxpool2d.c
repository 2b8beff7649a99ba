/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/pool2d.h"

const struct vjp_spec vjp_spec_maxpool2d = {
    .name = "maxpool2d",
    .formula = "y[n,c,i,j] = largest of x[n,c,i stride + r - padding, j stride + s - padding]",
    VJP_POOL2D_DIMS,
    .n_attrs = 3,
    .attr = {VJP_POOL2D_KERNEL,
             VJP_POOL2D_STRIDE,
             {.name = "padding",
              .fallback = 0,
              .min = 0,
              .max = 8,
              .help = "rows and columns around the image that take no part"}},
    .n_inputs = 1,
    .input = {{.name = "x", .differentiable = true, .help = "N x C x H x W"}},
    .output = "y",
    .n_saved = 1,
    .saved = {{.name = "argmax",
               .kind = VJP_SAVED_INDEX,
               .help =
                   "N x C x OH x OW, i32: h W + w of the element that each window takes; of equal "
                   "ones the first in row-major order"}},
    .sums_products = true,
    VJP_POOL2D_CALLBACKS,
};
