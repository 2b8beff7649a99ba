/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/layers/norms.h"

/* N: batch, C: channels, H, W: height and width. x, y: N x C x H x W, w, b: C; saved mean, rstd: C. */
enum { N, C, H, W_ };
enum { X, W, B, Y, MEAN, RSTD };

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int whole[] = {N, C, H, W_}, channels[] = {C};
    if (i == X || i == Y)
        vjp_axes_shape(c, whole, 4, out, axis_dim);
    else
        vjp_axes_shape(c, channels, 1, out, axis_dim);
}

/* Everything sums over the elements of a channel. */
static int64_t reduction(const struct vjp_case *c)
{
    return c->dim[N] * c->dim[H] * c->dim[W_];
}

/* About eight operations an element. */
static double work(const struct vjp_case *c)
{
    return 8 * (double)c->dim[N] * (double)c->dim[C] * (double)c->dim[H] * (double)c->dim[W_];
}

const struct vjp_spec vjp_spec_batchnorm = {
    .name = "batchnorm",
    .formula =
        "y = (x - mean) rstd w + b in each channel, with mean and variance (by the number of "
        "elements) of the batch, rstd = 1 / sqrt(variance + eps)",
    .n_dims = 4,
    .dim = {[N] = "N", [C] = "C", [H] = "H", [W_] = "W"},
    .n_attrs = 1,
    .attr = {VJP_EPS_ATTR(1e-5, "added to the variance")},
    .n_inputs = 3,
    .input = {[X] = {.name = "x", .differentiable = true, .help = "N x C x H x W", .centred = true},
              [W] = {.name = "w", .differentiable = true, .help = "C"},
              [B] = {.name = "b", .differentiable = true, .help = "C"}},
    .output = "y",
    .n_saved = 2,
    .saved = {{.name = "mean", .kind = VJP_SAVED_WIDE, .help = "C: the mean of each channel"},
              {.name = "rstd",
               .kind = VJP_SAVED_WIDE,
               .help = "C: 1 / sqrt(variance + eps) of each channel"}},
    .shape = shape,
    .reduction = reduction,
    .work = work,
};
