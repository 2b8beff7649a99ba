/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/rows.h"

/* y[n,c] = z[n,c] - log(sum over k of exp(z[n,k])), z[n,c] = x[n,c] - max over k of x[n,k] */
void vjp_forward_log_softmax(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], C = o->c->dim[1];
    for (int64_t n = 0; n < N && C > 0; n++) {
        int64_t *y = o->y + n * C;
        const int64_t log_sum = vjp_forward_shifted(tape, C, o->in[0] + n * C, y, NULL);
        for (int64_t c = 0; c < C; c++)
            y[c] = vjp_tape_sub(tape, y[c], log_sum);
    }
}
