/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

enum { RANK, P };

static enum vjp_status check(const struct vjp_case *c, const char **field, struct vjp_error *error)
{
    *field = "p";
    if (c->real[P] >= 1)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "p=%.17g: expected less than 1: what is kept is divided by 1 - p",
                        c->real[P]);
    return VJP_OK;
}

const struct vjp_spec vjp_spec_dropout = {
    .name = "dropout",
    .formula = "y = x mask / (1 - p)",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 2,
    .attr = {[RANK] = VJP_ELEMENTWISE_RANK,
             [P] = {.name = "p",
                    .kind = VJP_ATTR_REAL,
                    .real_fallback = 0.5,
                    .real_min = 0,
                    .real_max = 1,
                    .below_max = true,
                    .help = "the share of elements that the mask drops"}},
    .n_inputs = 2,
    .input = {{.name = "x", .differentiable = true, .help = "any shape"},
              {.name = "mask", .domain = VJP_DOMAIN_MASK, .help = "the shape of x"}},
    .output = "y",
    .sums_products = true,
    .check = check,
    VJP_ELEMENTWISE_CALLBACKS,
};
