/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/broadcast.h"

const struct vjp_spec vjp_spec_add = {
    .name = "add",
    .formula = "y = x + b",
    .n_dims = 2,
    .dim = {"N", "M"},
    .n_attrs = 1,
    .attr = {VJP_BROADCAST_ATTR},
    VJP_BROADCAST_INPUTS,
    .output = "y",
    .sums_products = true,
    .shape = vjp_broadcast_shape,
    .reduction = vjp_broadcast_reduction,
};
