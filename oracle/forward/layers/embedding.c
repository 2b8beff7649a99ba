/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

/* y[n,d] = w[t[n],d] */
void vjp_forward_embedding(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[0], D = o->c->dim[2];
    (void)tape;
    for (int64_t n = 0; n < N; n++) {
        for (int64_t d = 0; d < D; d++)
            o->y[n * D + d] = o->in[0][o->index[1][n] * D + d];
    }
}
