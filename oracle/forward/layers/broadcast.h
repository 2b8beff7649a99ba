/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_LAYERS_BROADCAST_H
#define VJP_ORACLE_FORWARD_LAYERS_BROADCAST_H

#include "cases/spec/layers/broadcast.h"
#include "oracle/forward/forward.h"

/* y[n,m] = function(x[n,m], b), b being b[n,m], b[m], b[n,0] or the scalar. */
static inline void vjp_forward_broadcast(struct vjp_tape *tape, const struct vjp_operands *o,
                                         int64_t (*function)(struct vjp_tape *tape, int64_t x,
                                                             int64_t b))
{
    const int64_t N = o->c->dim[0], M = o->c->dim[1];
    const int64_t how = o->c->attr[0];
    const int64_t step_n = how == VJP_BROADCAST_NONE ? M : how == VJP_BROADCAST_COLUMN;
    const int64_t step_m = how == VJP_BROADCAST_NONE || how == VJP_BROADCAST_ROW;
    for (int64_t n = 0; n < N; n++)
        for (int64_t m = 0; m < M; m++)
            o->y[n * M + m] =
                function(tape, o->in[0][n * M + m], o->in[1][n * step_n + m * step_m]);
}

#endif
