/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_LAYERS_ELEMENTWISE_H
#define VJP_ORACLE_FORWARD_LAYERS_ELEMENTWISE_H

#include "oracle/forward/forward.h"

/* y[i] = function(x[i]) for every element of input 0. */
static inline void vjp_forward_elementwise(struct vjp_tape *tape, const struct vjp_operands *o,
                                           int64_t (*function)(struct vjp_tape *tape,
                                                               const struct vjp_case *c, int64_t x))
{
    struct vjp_shape shape;
    int64_t count = 0;
    vjp_case_slot_shape(o->c, 0, &shape);
    if (vjp_shape_count(&shape, &count, NULL) != VJP_OK)
        return;
    for (int64_t i = 0; i < count; i++)
        o->y[i] = function(tape, o->c, o->in[0][i]);
}

#endif
