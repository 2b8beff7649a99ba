/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/elementwise.h"

/* y = slope x + (1 - slope) relu(x): x where x > 0, else slope x. With relu in it once, the derivatives
 * at 0 are slope + (1 - slope) [0, 1] = [slope, 1], and no wider. */
static int64_t leaky_relu(struct vjp_tape *tape, const struct vjp_case *c, int64_t x)
{
    const int64_t slope = vjp_tape_number(tape, c->real[1]);
    const int64_t rest = vjp_tape_sub(tape, vjp_tape_constant(tape, 1), slope);
    return vjp_tape_add(tape, vjp_tape_mul(tape, slope, x),
                        vjp_tape_mul(tape, rest, vjp_tape_relu(tape, x)));
}

void vjp_forward_leaky_relu(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_elementwise(tape, o, leaky_relu);
}
