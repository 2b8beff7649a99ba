/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_LAYERS_POOL2D_H
#define VJP_ORACLE_FORWARD_LAYERS_POOL2D_H

#include "oracle/forward/forward.h"

/* The elements of the image in one window, its corner at (top, left), which may be outside. */
struct vjp_pool2d_window {
    const int64_t *image; /* H x W */
    int64_t H, W, kernel, top, left;
    int64_t number; /* of the window: the place of its result */
};

/* Pushes the elements of the window that lie in the image, row by row. */
static inline void vjp_pool2d_push(struct vjp_tape *tape, const struct vjp_pool2d_window *at)
{
    for (int64_t h = at->top; h < at->top + at->kernel; h++) {
        for (int64_t w = at->left; w < at->left + at->kernel; w++) {
            if (h >= 0 && h < at->H && w >= 0 && w < at->W)
                vjp_tape_push(tape, at->image[h * at->W + w]);
        }
    }
}

/* y = pool(the window) for every window of x: N x C x H x W. */
static inline void vjp_forward_pool2d(struct vjp_tape *tape, const struct vjp_operands *o,
                                      int64_t (*pool)(struct vjp_tape *tape,
                                                      const struct vjp_operands *o,
                                                      const struct vjp_pool2d_window *at))
{
    struct vjp_shape y;
    vjp_case_slot_shape(o->c, vjp_slot_cotangent(o->c->spec), &y);
    const int64_t stride = vjp_case_attr(o->c, "stride"), padding = vjp_case_attr(o->c, "padding");
    struct vjp_pool2d_window at;
    at.H = o->c->dim[2];
    at.W = o->c->dim[3];
    at.kernel = vjp_case_attr(o->c, "kernel");
    at.number = 0;
    for (int64_t plane = 0; plane < y.dim[0] * y.dim[1]; plane++) {
        at.image = &o->in[0][plane * at.H * at.W];
        for (int64_t oh = 0; oh < y.dim[2]; oh++) {
            for (int64_t ow = 0; ow < y.dim[3]; ow++) {
                at.top = oh * stride - padding;
                at.left = ow * stride - padding;
                o->y[at.number] = pool(tape, o, &at);
                at.number++;
            }
        }
    }
}

#endif
