/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/elementwise.h"

/* y = x x */
static int64_t square(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    (void)c;
    return vjp_tape_mul(tape, x, x);
}

void vjp_forward_square(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_elementwise(tape, o, square);
}
