/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

/* y[n,m] = sum over d of x[n,d] w[d,m], plus b[m] with bias=1. */
void vjp_forward_linear(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], D = o->c->dim[1], M = o->c->dim[2];
    const int64_t *x = o->in[0], *w = o->in[1], *b = o->in[2];
    for (int64_t n = 0; n < N; n++) {
        for (int64_t m = 0; m < M; m++) {
            const int64_t terms = vjp_tape_open(tape);
            for (int64_t d = 0; d < D; d++)
                vjp_tape_push(tape, vjp_tape_mul(tape, x[n * D + d], w[d * M + m]));
            if (b)
                vjp_tape_push(tape, b[m]);
            o->y[n * M + m] = vjp_tape_close_sum(tape, terms);
        }
    }
}
