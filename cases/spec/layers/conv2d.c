/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include <inttypes.h>

#include "cases/spec/layers/window.h"

/* N: batch, C: channels in, H, W: their height and width, K: channels out, R, S: height and width of
 * the filter. x: N x C x H x W, w: K x C/groups x R x S, b: K, y: N x K x OH x OW. */
enum { N, C, H, W_, K, R, S };
enum { STRIDE, PADDING, DILATION, GROUPS, BIAS };
enum { X, W, B, Y };

static bool has_input(const struct vjp_case *c, int i)
{
    return i != B || c->attr[BIAS] != 0;
}

/* The size of the output: along the height for H and R, along the width for W and S. */
static int64_t out_size(const struct vjp_case *c, int size, int taps)
{
    return vjp_window_count(c->dim[size], c->dim[taps], c->attr[STRIDE], c->attr[PADDING],
                            c->attr[DILATION]);
}

static enum vjp_status check_taps(const struct vjp_case *c, int size, int taps, const char **field,
                                  struct vjp_error *error)
{
    const char *name = *field = c->spec->dim[taps];
    if (c->dim[taps] < 1)
        return vjp_fail(error, VJP_ERR_USAGE, "%s=0: expected a filter of 1 or more", name);
    if (out_size(c, size, taps) >= 1)
        return VJP_OK;
    return vjp_fail(
        error, VJP_ERR_USAGE,
        "%s=%" PRId64 ": expected a filter that fits: with dilation=%" PRId64 " it spans %" PRId64
        ", but %s=%" PRId64 " with padding=%" PRId64 " has %" PRId64,
        name, c->dim[taps], c->attr[DILATION], c->attr[DILATION] * (c->dim[taps] - 1) + 1,
        c->spec->dim[size], c->dim[size], c->attr[PADDING], c->dim[size] + 2 * c->attr[PADDING]);
}

static enum vjp_status check(const struct vjp_case *c, const char **field, struct vjp_error *error)
{
    *field = "groups";
    if (c->dim[C] % c->attr[GROUPS] != 0 || c->dim[K] % c->attr[GROUPS] != 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "groups=%" PRId64 ": expected a divisor of C=%" PRId64 " and of K=%" PRId64,
                        c->attr[GROUPS], c->dim[C], c->dim[K]);
    const enum vjp_status status = check_taps(c, H, R, field, error);
    return status == VJP_OK ? check_taps(c, W_, S, field, error) : status;
}

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int axes[][4] = {
        [X] = {N, C, H, W_}, [W] = {K, C, R, S}, [B] = {K}, [Y] = {N, K, -1, -1}};
    out->rank = i == B ? 1 : 4;
    for (int d = 0; d < out->rank; d++) {
        axis_dim[d] = axes[i][d];
        out->dim[d] = axes[i][d] < 0 ? 0 : c->dim[axes[i][d]];
    }
    if (i == W && c->attr[GROUPS] > 1) {
        out->dim[1] /= c->attr[GROUPS];
        axis_dim[1] = -1;
    }
    if (i == Y) {
        out->dim[2] = out_size(c, H, R);
        out->dim[3] = out_size(c, W_, S);
    }
}

/* dx sums over the filter and the channels out of a group, dw and db over the batch and the places of
 * the filter. */
static int64_t reduction(const struct vjp_case *c)
{
    const int64_t filter = c->dim[K] / c->attr[GROUPS] * c->dim[R] * c->dim[S];
    const int64_t places = c->dim[N] * out_size(c, H, R) * out_size(c, W_, S);
    return filter > places ? filter : places;
}

static double work(const struct vjp_case *c)
{
    const double outputs = (double)c->dim[N] * (double)c->dim[K] * (double)out_size(c, H, R) *
                           (double)out_size(c, W_, S);
    const int64_t channels = c->dim[C] / c->attr[GROUPS];
    const double terms = (double)channels * (double)c->dim[R] * (double)c->dim[S];
    const double operands =
        (double)c->dim[N] * (double)c->dim[C] * (double)c->dim[H] * (double)c->dim[W_];
    return operands + outputs * (1 + terms);
}

const struct vjp_spec vjp_spec_conv2d = {
    .name = "conv2d",
    .formula = "y[n,k,i,j] = sum of x[n,c,i stride + r dilation - padding, ...] w[k,c,r,s], "
               "with bias=1: + b[k]",
    .n_dims = 7,
    .dim = {[N] = "N", [C] = "C", [H] = "H", [W_] = "W", [K] = "K", [R] = "R", [S] = "S"},
    .n_attrs = 5,
    .attr = {[STRIDE] = {.name = "stride",
                         .fallback = 1,
                         .min = 1,
                         .max = 8,
                         .help = "from one place of the filter to the next"},
             [PADDING] = {.name = "padding",
                          .fallback = 0,
                          .min = 0,
                          .max = 8,
                          .help = "zeros around the image"},
             [DILATION] = {.name = "dilation",
                           .fallback = 1,
                           .min = 1,
                           .max = 4,
                           .help = "from one element of the filter to the next"},
             [GROUPS] = {.name = "groups",
                         .fallback = 1,
                         .min = 1,
                         .max = 64,
                         .help = "channels out of one group see the channels in of that group"},
             [BIAS] = {.name = "bias",
                       .fallback = 0,
                       .min = 0,
                       .max = 1,
                       .help = "1: add b[k] to channel k"}},
    .n_inputs = 3,
    .input = {[X] = {.name = "x", .differentiable = true, .help = "N x C x H x W"},
              [W] = {.name = "w", .differentiable = true, .help = "K x C/groups x R x S"},
              [B] = {.name = "b", .differentiable = true, .help = "K, with bias=1"}},
    .output = "y",
    .sums_products = true,
    .has_input = has_input,
    .check = check,
    .shape = shape,
    .reduction = reduction,
    .work = work,
};
