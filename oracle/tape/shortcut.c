/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "oracle/tape/tape_parts.h"

static int64_t append(struct vjp_tape *tape, enum vjp_operation operation)
{
    const int64_t id = vjp_tape_append(tape, VJP_NODE_OPERATION, VJP_ROUNDING_NONE);
    if (id != VJP_NO_NODE) {
        tape->node[id].operation = (uint8_t)operation;
        tape->node[id].degree = VJP_DEGREE_MANY;
    }
    return id;
}

/* What y is given as less what it is: 0, and so is its derivative by y. */
static int64_t residual(struct vjp_tape *tape, int64_t y)
{
    const int64_t zero = vjp_tape_constant(tape, 0);
    const int64_t id = append(tape, VJP_OP_RESIDUAL);
    if (id != VJP_NO_NODE)
        vjp_tape_connect(tape, y, zero);
    return id;
}

int64_t vjp_tape_shortcut(struct vjp_tape *tape, int64_t y, int64_t l)
{
    if (y == VJP_NO_NODE || l == VJP_NO_NODE)
        return VJP_NO_NODE;
    const int64_t id = append(tape, VJP_OP_SHORTCUT);
    if (id == VJP_NO_NODE)
        return id;
    vjp_real_set(&tape->node[id].value, &tape->node[y].value);
    vjp_tape_connect(tape, y, VJP_NO_NODE);
    vjp_tape_connect(tape, l, VJP_NO_NODE);
    const int64_t partial = residual(tape, id);
    if (!tape->failed)
        tape->edge[tape->node[id].first_edge + 1].partial = partial;
    return id;
}
