/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/normalize.h"

/* y[n,d] = x[n,d] rstd[n] w[d] */
void vjp_forward_rmsnorm(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], D = o->c->dim[1];
    const int64_t *x = o->in[0], *w = o->in[1];
    for (int64_t n = 0; n < N; n++) {
        const struct vjp_norm_group row = {.first = n * D, .count = D, .length = D, .step = D};
        const int64_t rstd = vjp_norm_rstd(tape, o, &row, VJP_NO_NODE);
        o->saved[0][n] = rstd;
        for (int64_t d = 0; d < D; d++)
            o->y[n * D + d] = vjp_tape_mul(tape, vjp_tape_mul(tape, x[n * D + d], rstd), w[d]);
    }
}
