/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/norms.h"

/* N: rows, D: features. x: N x D, w: D, y: N x D; saved rstd: N. */
enum { N, D };
enum { X, W, Y, RSTD };

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int rank[] = {[X] = 2, [W] = 1, [Y] = 2, [RSTD] = 1};
    static const int axes[][2] = {[X] = {N, D}, [W] = {D}, [Y] = {N, D}, [RSTD] = {N}};
    vjp_axes_shape(c, axes[i], rank[i], out, axis_dim);
}

/* dx sums over D, dw over N. */
static int64_t reduction(const struct vjp_case *c)
{
    return c->dim[D] > c->dim[N] ? c->dim[D] : c->dim[N];
}

/* About five operations an element. */
static double work(const struct vjp_case *c)
{
    return 5 * (double)c->dim[N] * (double)c->dim[D];
}

const struct vjp_spec vjp_spec_rmsnorm = {
    .name = "rmsnorm",
    .formula = "y = x rstd w in each row, rstd = 1 / sqrt(mean(x^2) + eps)",
    .n_dims = 2,
    .dim = {[N] = "N", [D] = "D"},
    .n_attrs = 1,
    .attr = {VJP_EPS_ATTR(1e-6, "added to the mean square")},
    .n_inputs = 2,
    .input = {[X] = {.name = "x", .differentiable = true, .help = "N x D"},
              [W] = {.name = "w", .differentiable = true, .help = "D"}},
    .output = "y",
    .n_saved = 1,
    .saved = {{.name = "rstd",
               .kind = VJP_SAVED_WIDE,
               .help = "N: 1 / sqrt(mean square + eps) of each row"}},
    .shape = shape,
    .reduction = reduction,
    .work = work,
};
