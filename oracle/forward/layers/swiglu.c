/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

/* y = silu(x) u with silu(x) = x sigmoid(x) */
void vjp_forward_swiglu(struct vjp_tape *tape, const struct vjp_operands *o)
{
    struct vjp_shape shape;
    int64_t count = 0;
    vjp_case_slot_shape(o->c, 0, &shape);
    if (vjp_shape_count(&shape, &count, NULL) != VJP_OK)
        return;
    for (int64_t i = 0; i < count; i++) {
        const int64_t x = o->in[0][i];
        const int64_t silu = vjp_tape_mul(tape, x, vjp_tape_sigmoid(tape, x));
        o->y[i] = vjp_tape_mul(tape, silu, o->in[1][i]);
    }
}
