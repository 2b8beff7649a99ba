/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/norms.h"

/* N: rows, D: features. x: N x D, w, b: D, y: N x D; saved mean, rstd: N. */
enum { N, D };
enum { X, W, B, Y, MEAN, RSTD };

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int rank[] = {[X] = 2, [W] = 1, [B] = 1, [Y] = 2, [MEAN] = 1, [RSTD] = 1};
    static const int axes[][2] = {
        [X] = {N, D}, [W] = {D}, [B] = {D}, [Y] = {N, D}, [MEAN] = {N}, [RSTD] = {N}};
    vjp_axes_shape(c, axes[i], rank[i], out, axis_dim);
}

/* dx sums over D, dw and db over N. */
static int64_t reduction(const struct vjp_case *c)
{
    return c->dim[D] > c->dim[N] ? c->dim[D] : c->dim[N];
}

/* About eight operations an element. */
static double work(const struct vjp_case *c)
{
    return 8 * (double)c->dim[N] * (double)c->dim[D];
}

const struct vjp_spec vjp_spec_layernorm = {
    .name = "layernorm",
    .formula = "y = (x - mean) rstd w + b in each row, rstd = 1 / sqrt(mean((x - mean)^2) + eps)",
    .n_dims = 2,
    .dim = {[N] = "N", [D] = "D"},
    .n_attrs = 1,
    .attr = {VJP_EPS_ATTR(1e-5, "added to the variance")},
    .n_inputs = 3,
    .input = {[X] = {.name = "x", .differentiable = true, .help = "N x D", .centred = true},
              [W] = {.name = "w", .differentiable = true, .help = "D"},
              [B] = {.name = "b", .differentiable = true, .help = "D"}},
    .output = "y",
    .n_saved = 2,
    .saved = {{.name = "mean", .kind = VJP_SAVED_WIDE, .help = "N: the mean of each row"},
              {.name = "rstd",
               .kind = VJP_SAVED_WIDE,
               .help = "N: 1 / sqrt(variance + eps) of each row"}},
    .shape = shape,
    .reduction = reduction,
    .work = work,
};
