/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

/* y = x mask / (1 - p) */
void vjp_forward_dropout(struct vjp_tape *tape, const struct vjp_operands *o)
{
    struct vjp_shape shape;
    int64_t count = 0;
    vjp_case_slot_shape(o->c, 0, &shape);
    if (vjp_shape_count(&shape, &count, NULL) != VJP_OK)
        return;
    const int64_t one = vjp_tape_constant(tape, 1);
    const int64_t p = vjp_tape_number(tape, vjp_case_real(o->c, "p"));
    const int64_t kept = vjp_tape_div(tape, one, vjp_tape_sub(tape, one, p));
    for (int64_t i = 0; i < count; i++)
        o->y[i] = vjp_tape_mul(tape, vjp_tape_gate(tape, o->in[0][i], o->index[1][i] != 0), kept);
}
