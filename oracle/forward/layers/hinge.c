/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/rows.h"

/* y = sum over n and c != t[n] of relu(x[n,c] - x[n,t[n]] + delta), divided by N for the mean */
void vjp_forward_hinge(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], C = o->c->dim[1];
    const int64_t delta = vjp_tape_number(tape, o->c->real[1]);
    const int64_t terms = vjp_tape_open(tape);
    for (int64_t n = 0; n < N; n++) {
        const int64_t *x = o->in[0] + n * C;
        const int64_t t = o->index[1][n];
        for (int64_t c = 0; c < C; c++) {
            if (c == t)
                continue;
            const int64_t parts = vjp_tape_open(tape);
            vjp_tape_push(tape, x[c]);
            vjp_tape_push(tape, vjp_tape_neg(tape, x[t]));
            vjp_tape_push(tape, delta);
            const int64_t margin = vjp_tape_close_sum(tape, parts); /* in any order */
            vjp_tape_push(tape, vjp_tape_relu(tape, margin));
        }
    }
    o->y[0] = vjp_forward_reduce(tape, vjp_tape_close_sum(tape, terms), o->c->attr[0], N);
}
