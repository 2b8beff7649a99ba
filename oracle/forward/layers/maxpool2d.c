/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/pool2d.h"

#include <math.h>

enum { ARGMAX };

/* Where in the image the first of the largest elements of the window is, row by row; a NaN is larger than
 * everything, the last of them counts (as PyTorch has it). What is saved is that of a layer that stands
 * alone, whose elements are known exactly. */
static long argmax(const struct vjp_tape *tape, const struct vjp_pool2d_window *at)
{
    long best = -1;
    long double largest = 0;
    for (int64_t h = at->top; h < at->top + at->kernel; h++) {
        for (int64_t w = at->left; w < at->left + at->kernel; w++) {
            if (h < 0 || h >= at->H || w < 0 || w >= at->W)
                continue;
            const int64_t node = at->image[h * at->W + w];
            const long double value =
                node == VJP_NO_NODE ? 0 : vjp_real_get_ld(vjp_tape_value(tape, node));
            if (best < 0 || value > largest || isnan(value)) {
                best = (long)(h * at->W + w);
                largest = value;
            }
        }
    }
    return best;
}

/* The largest element of the window; the padding, which counts as minus infinity, never is. */
static int64_t largest(struct vjp_tape *tape, const struct vjp_operands *o,
                       const struct vjp_pool2d_window *at)
{
    o->saved[ARGMAX][at->number] = vjp_tape_constant(tape, argmax(tape, at));
    const int64_t terms = vjp_tape_open(tape);
    vjp_pool2d_push(tape, at);
    return vjp_tape_close_max(tape, terms);
}

void vjp_forward_maxpool2d(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_pool2d(tape, o, largest);
}
