/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/axes.h"

/* N: batch, D: features in, M: features out. x: N x D, w: D x M, b: M, y: N x M. */
enum { N, D, M };
enum { X, W, B, Y };

static bool has_input(const struct vjp_case *c, int i)
{
    return i != B || c->attr[0] != 0;
}

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int rank[] = {[X] = 2, [W] = 2, [B] = 1, [Y] = 2};
    static const int axes[][2] = {[X] = {N, D}, [W] = {D, M}, [B] = {M}, [Y] = {N, M}};
    vjp_axes_shape(c, axes[i], rank[i], out, axis_dim);
}

/* dx sums over M, dw and db over N. */
static int64_t reduction(const struct vjp_case *c)
{
    return c->dim[M] > c->dim[N] ? c->dim[M] : c->dim[N];
}

const struct vjp_spec vjp_spec_linear = {
    .name = "linear",
    .formula = "y = x w, with bias=1: y = x w + b",
    .n_dims = 3,
    .dim = {[N] = "N", [D] = "D", [M] = "M"},
    .n_attrs = 1,
    .attr = {{.name = "bias", .fallback = 0, .min = 0, .max = 1, .help = "1: add b to each row"}},
    .n_inputs = 3,
    .input = {[X] = {.name = "x",
                     .differentiable = true,
                     .help = "N x D",
                     .partner = "dy",
                     .cofactor = "w"},
              [W] = {.name = "w",
                     .differentiable = true,
                     .help = "D x M",
                     .partner = "dy",
                     .cofactor = "x"},
              [B] = {.name = "b", .differentiable = true, .help = "M, with bias=1"}},
    .output = "y",
    .output_partner = "w",
    .has_input = has_input,
    .sums_products = true,
    .shape = shape,
    .reduction = reduction,
};
