/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/broadcast.h"

void vjp_forward_mul(struct vjp_tape *tape, const struct vjp_operands *o)
{
    vjp_forward_broadcast(tape, o, vjp_tape_mul);
}
