/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/elementwise.h"

static const char *const approximations[] = {"none", "tanh", NULL};

/* Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016. */
/* erf and exp, and their derivatives: as much as eight products. */
static double work(const struct vjp_case *c)
{
    return 8 * (double)c->dim[0] * (double)c->dim[1] * (double)c->dim[2] * (double)c->dim[3];
}

const struct vjp_spec vjp_spec_gelu = {
    .name = "gelu",
    .formula = "y = x (1 + erf(x / sqrt(2))) / 2, with approximate=tanh: "
               "y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2",
    VJP_ELEMENTWISE_DIMS,
    .n_attrs = 2,
    .attr = {VJP_ELEMENTWISE_RANK,
             {.name = "approximate",
              .kind = VJP_ATTR_CHOICE,
              .choices = approximations,
              .help = "none: by erf; tanh: the approximation by tanh"}},
    .n_inputs = 1,
    .input = {{.name = "x", .differentiable = true, .help = "any shape"}},
    .output = "y",
    VJP_ELEMENTWISE_CALLBACKS,
    .work = work,
};
