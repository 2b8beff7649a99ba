/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "oracle/tape/tape_parts.h"

/* The slope of a function with a kink at 0, low on the left and 1 on the right, at a: a constant of
 * its own. */
static int64_t slope(struct vjp_tape *tape, int64_t a, long low)
{
    const int64_t id = vjp_tape_append(tape, VJP_NODE_KINK, VJP_ROUNDING_NONE);
    if (id == VJP_NO_NODE)
        return id;
    const struct vjp_real *at = &tape->node[a].value;
    struct vjp_real *out = &tape->node[id].value;
    if (at->kind == VJP_REAL_NAN || at->kind == VJP_REAL_UNKNOWN) {
        out->kind = VJP_REAL_UNKNOWN;
    } else if (vjp_real_is_zero(at)) {
        tape->on_kink = true;
        if (tape->kinks.point == VJP_POINT_ANY)
            vjp_real_set_range(out, low, 1);
        else if (tape->kinks.point == VJP_POINT_MIDDLE)
            vjp_real_set_ratio(out, low + 1, 2);
        else
            vjp_real_set_si(out, tape->kinks.point == VJP_POINT_LOWER ? low : 1);
    } else if (at->kind != VJP_REAL_FINITE) {
        vjp_real_set_si(out, at->kind == VJP_REAL_POS_INF ? 1 : low);
    } else if (mpfr_sgn(vjp_real_low(at)) > 0) {
        vjp_real_set_si(out, 1);
    } else if (mpfr_sgn(vjp_real_high(at)) < 0) {
        vjp_real_set_si(out, low);
    } else { /* more precision will tell */
        vjp_real_set_range(out, low, 1);
        out->set = false;
    }
    /* A slope of 0 is one that many kernels select in place of multiplying by it. */
    if (vjp_real_is_zero(out))
        out->set = true;
    const struct vjp_kink kink = {
        .partial = id, .margin = a, .other = VJP_NO_NODE, .width = (int)(1 - low)};
    vjp_tape_note_kink(tape, &kink);
    return id;
}

static int64_t kinked(struct vjp_tape *tape, enum vjp_operation operation, int64_t a, long low)
{
    int64_t id;
    if (!vjp_tape_begin(tape, operation, VJP_ROUNDING_NONE, a, &id))
        return id;
    if (operation == VJP_OP_ABS) {
        vjp_real_abs(&tape->node[id].value, &tape->node[a].value);
    } else {
        vjp_real_set_si(&tape->scratch, 0);
        vjp_real_max(&tape->node[id].value, &tape->node[a].value, &tape->scratch);
    }
    tape->node[id].degree = vjp_tape_is_given(tape, a) ? 1 : VJP_DEGREE_MANY;
    vjp_tape_set_partial(tape, id, 0, slope(tape, a, low));
    return id;
}

int64_t vjp_tape_relu(struct vjp_tape *tape, int64_t a)
{
    return kinked(tape, VJP_OP_RELU, a, 0);
}

int64_t vjp_tape_abs(struct vjp_tape *tape, int64_t a)
{
    return kinked(tape, VJP_OP_ABS, a, -1);
}
