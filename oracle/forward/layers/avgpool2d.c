/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/pool2d.h"

/* How many of the size elements of an axis the window that begins at first has. */
static int64_t inside(int64_t first, int64_t kernel, int64_t size)
{
    const int64_t from = first < 0 ? 0 : first;
    const int64_t to = first + kernel > size ? size : first + kernel;
    return to - from;
}

/* The mean of the window: its sum times 1 / count, where the padding counts or does not. */
static int64_t mean(struct vjp_tape *tape, const struct vjp_operands *o,
                    const struct vjp_pool2d_window *at)
{
    const int64_t count =
        vjp_case_attr(o->c, "count_include_pad")
            ? at->kernel * at->kernel
            : inside(at->top, at->kernel, at->H) * inside(at->left, at->kernel, at->W);
    const int64_t terms = vjp_tape_open(tape);
    vjp_pool2d_push(tape, at);
    return vjp_tape_mul(tape, vjp_tape_close_sum(tape, terms), vjp_tape_ratio(tape, 1, count));
}

void vjp_forward_avgpool2d(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_pool2d(tape, o, mean);
}
