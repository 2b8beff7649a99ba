/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/elementwise.h"

/* y = 1 / (1 + exp(-x)) */
static int64_t sigmoid_of(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    (void)c;
    return vjp_tape_sigmoid(tape, x);
}

void vjp_forward_sigmoid(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_elementwise(tape, o, sigmoid_of);
}
