/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/rows.h"

/* y = -sum over n and c of t[n,c] log(x[n,c]), divided by N for the mean */
void vjp_forward_cross_entropy(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], C = o->c->dim[1];
    const int64_t *x = o->in[0], *t = o->in[1];
    const int64_t terms = vjp_tape_open(tape);
    for (int64_t i = 0; i < N * C; i++)
        vjp_tape_push(tape, vjp_tape_mul(tape, t[i], vjp_tape_log(tape, x[i])));
    const int64_t sum = vjp_tape_neg(tape, vjp_tape_close_sum(tape, terms));
    o->y[0] = vjp_forward_reduce(tape, sum, o->c->attr[0], N);
}
