/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/elementwise.h"

/* y = log(1 + exp(x)) */
static int64_t softplus_of(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    (void)c;
    return vjp_tape_softplus(tape, x);
}

void vjp_forward_softplus(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_elementwise(tape, o, softplus_of);
}
