/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/normalize.h"

/* y[n,c,h,w] = (x[n,c,h,w] - mean[c]) rstd[c] w[c] + b[c] */
void vjp_forward_batchnorm(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], C = o->c->dim[1], HW = o->c->dim[2] * o->c->dim[3];
    const int64_t *x = o->in[0], *w = o->in[1], *b = o->in[2];
    for (int64_t c = 0; c < C; c++) {
        const struct vjp_norm_group channel = {
            .first = c * HW, .count = N * HW, .length = HW, .step = C * HW};
        const int64_t mean = vjp_norm_mean(tape, x, &channel);
        const int64_t rstd = vjp_norm_rstd(tape, o, &channel, mean);
        o->saved[0][c] = mean;
        o->saved[1][c] = rstd;
        for (int64_t i = 0; i < channel.count; i++) {
            const int64_t at = vjp_norm_at(&channel, i);
            const int64_t xc = vjp_tape_sub(tape, x[at], mean);
            const int64_t scaled = vjp_tape_mul(tape, vjp_tape_mul(tape, xc, rstd), w[c]);
            o->y[at] = vjp_tape_add(tape, scaled, b[c]);
        }
    }
}
