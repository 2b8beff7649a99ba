/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/elementwise.h"

/* y = max(x, 0) */
static int64_t relu_of(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    (void)c;
    return vjp_tape_relu(tape, x);
}

void vjp_forward_relu(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_elementwise(tape, o, relu_of);
}
