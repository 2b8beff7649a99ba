/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/elementwise.h"

/* y = x sigmoid(x) */
static int64_t silu_of(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    (void)c;
    return vjp_tape_mul(tape, x, vjp_tape_sigmoid(tape, x));
}

void vjp_forward_silu(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_elementwise(tape, o, silu_of);
}
