/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LAYERS_POOL2D_H
#define VJP_CASES_SPEC_LAYERS_POOL2D_H

#include <inttypes.h>

#include "cases/spec/case.h"
#include "cases/spec/layers/window.h"

/* What layers that pool an image have in common: N: batch, C: channels, H, W: height and width;
 * x: N x C x H x W, y: N x C x OH x OW; attributes 0, 1, 2 are kernel, stride, padding. */

/* OH for size 2, the index of H; OW for size 3. */
static inline int64_t vjp_pool2d_out(const struct vjp_case *c, int size)
{
    return vjp_window_count(c->dim[size], c->attr[0], c->attr[1], c->attr[2], 1);
}

/* With at most half of the window in the padding, and at least one element, no window lies in the
 * padding alone: it ends at or behind element kernel - 1 - padding >= 0, and begins at most at
 * size + padding - kernel < size. */
static inline enum vjp_status vjp_pool2d_check(const struct vjp_case *c, const char **field,
                                               struct vjp_error *error)
{
    *field = "padding";
    if (c->attr[2] > c->attr[0] / 2)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "padding=%" PRId64 ": expected at most %" PRId64
                        ", half of kernel=%" PRId64,
                        c->attr[2], c->attr[0] / 2, c->attr[0]);
    for (int size = 2; size <= 3; size++) {
        *field = c->spec->dim[size];
        if (c->dim[size] < 1 || vjp_pool2d_out(c, size) < 1)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "%s=%" PRId64 ": expected room for a window: kernel=%" PRId64
                            " with padding=%" PRId64 " needs %" PRId64 " or more",
                            c->spec->dim[size], c->dim[size], c->attr[0], c->attr[2],
                            c->attr[0] - 2 * c->attr[2] > 1 ? c->attr[0] - 2 * c->attr[2] : 1);
    }
    return VJP_OK;
}

static inline void vjp_pool2d_shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                                    int axis_dim[VJP_RANK_MAX])
{
    out->rank = 4;
    for (int d = 0; d < out->rank; d++) {
        const bool pooled = i != 0 && d >= 2;
        out->dim[d] = pooled ? vjp_pool2d_out(c, d) : c->dim[d];
        axis_dim[d] = pooled ? -1 : d;
    }
}

/* dx sums over the windows that an element is in. */
static inline int64_t vjp_pool2d_reduction(const struct vjp_case *c)
{
    const int64_t across = (c->attr[0] + c->attr[1] - 1) / c->attr[1];
    return across * across;
}

static inline double vjp_pool2d_work(const struct vjp_case *c)
{
    const double planes = (double)c->dim[0] * (double)c->dim[1];
    const double windows = (double)vjp_pool2d_out(c, 2) * (double)vjp_pool2d_out(c, 3);
    const double taps = (double)(c->attr[0] * c->attr[0]);
    return planes * ((double)c->dim[2] * (double)c->dim[3] + windows * taps);
}

#define VJP_POOL2D_DIMS .n_dims = 4, .dim = {"N", "C", "H", "W"}
#define VJP_POOL2D_KERNEL                                                                          \
    {                                                                                              \
        .name = "kernel", .fallback = 2, .min = 1, .max = 16,                                      \
        .help = "height and width of the window"                                                   \
    }
#define VJP_POOL2D_STRIDE                                                                          \
    {                                                                                              \
        .name = "stride", .fallback = 2, .min = 1, .max = 16,                                      \
        .help = "from one window to the next"                                                      \
    }
#define VJP_POOL2D_CALLBACKS                                                                       \
    .check = vjp_pool2d_check, .shape = vjp_pool2d_shape, .reduction = vjp_pool2d_reduction,       \
    .work = vjp_pool2d_work

#endif
