/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/pool2d.h"

/* The largest element of the window; the padding, which counts as minus infinity, never is. */
static int64_t largest(struct vjp_tape *tape, const struct vjp_case *c,
                       const struct vjp_pool2d_window *at)
{
    (void)c;
    const int64_t terms = vjp_tape_open(tape);
    vjp_pool2d_push(tape, at);
    return vjp_tape_close_max(tape, terms);
}

void vjp_forward_maxpool2d(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_pool2d(tape, o, largest);
}
