/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/rows.h"

/* y = sum over n and d of (x[n,d] - t[n,d])^2, divided by N D for the mean */
void vjp_forward_mse(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t count = o->c->dim[0] * o->c->dim[1];
    const int64_t *x = o->in[0], *t = o->in[1];
    const int64_t terms = vjp_tape_open(tape);
    for (int64_t i = 0; i < count; i++) {
        const int64_t difference = vjp_tape_sub(tape, x[i], t[i]);
        vjp_tape_push(tape, vjp_tape_mul(tape, difference, difference));
    }
    o->y[0] = vjp_forward_reduce(tape, vjp_tape_close_sum(tape, terms), o->c->attr[0], count);
}
