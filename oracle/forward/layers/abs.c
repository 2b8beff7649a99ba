/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/elementwise.h"

/* y = |x| */
static int64_t abs_of(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    (void)c;
    return vjp_tape_abs(tape, x);
}

void vjp_forward_abs(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_elementwise(tape, o, abs_of);
}
