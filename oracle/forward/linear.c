/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

/* y[n,m] = sum over d of x[n,d] w[d,m], plus b[m] with bias=1. */
void vjp_forward_linear(struct vjp_tape *tape, const struct vjp_case *c, int64_t *const *in,
                        int64_t *y)
{
    const int64_t N = c->dim[0], D = c->dim[1], M = c->dim[2];
    const int64_t *x = in[0], *w = in[1], *b = in[2];
    for (int64_t n = 0; n < N; n++) {
        for (int64_t m = 0; m < M; m++) {
            int64_t sum = b ? b[m] : vjp_tape_constant(tape, 0);
            for (int64_t d = 0; d < D; d++)
                sum = vjp_tape_add(tape, sum, vjp_tape_mul(tape, x[n * D + d], w[d * M + m]));
            y[n * M + m] = sum;
        }
    }
}
