/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/normalize.h"

/* y[n,d] = (x[n,d] - mean[n]) rstd[n] w[d] + b[d] */
void vjp_forward_layernorm(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], D = o->c->dim[1];
    const int64_t *x = o->in[0], *w = o->in[1], *b = o->in[2];
    for (int64_t n = 0; n < N; n++) {
        const struct vjp_norm_group row = {.first = n * D, .count = D, .length = D, .step = D};
        const int64_t mean = vjp_norm_mean(tape, x, &row);
        const int64_t rstd = vjp_norm_rstd(tape, o, &row, mean);
        o->saved[0][n] = mean;
        o->saved[1][n] = rstd;
        for (int64_t d = 0; d < D; d++) {
            const int64_t xc = vjp_tape_sub(tape, x[n * D + d], mean);
            const int64_t scaled = vjp_tape_mul(tape, vjp_tape_mul(tape, xc, rstd), w[d]);
            o->y[n * D + d] = vjp_tape_add(tape, scaled, b[d]);
        }
    }
}
