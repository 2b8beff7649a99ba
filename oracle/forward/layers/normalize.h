/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_LAYERS_NORMALIZE_H
#define VJP_ORACLE_FORWARD_LAYERS_NORMALIZE_H

#include "oracle/forward/forward.h"

/* Elements that are normalized together: count of them in runs of length next to each other, step
 * from one run to the next. */
struct vjp_norm_group {
    int64_t first, count, length, step;
};

/* Where element i of the group is. */
static inline int64_t vjp_norm_at(const struct vjp_norm_group *g, int64_t i)
{
    return g->first + i / g->length * g->step + i % g->length;
}

/* The mean of the group. */
static inline int64_t vjp_norm_mean(struct vjp_tape *tape, const int64_t *x,
                                    const struct vjp_norm_group *g)
{
    const int64_t terms = vjp_tape_open(tape);
    for (int64_t i = 0; i < g->count; i++)
        vjp_tape_push(tape, x[vjp_norm_at(g, i)]);
    return vjp_tape_div(tape, vjp_tape_close_sum(tape, terms), vjp_tape_constant(tape, g->count));
}

/* 1 / sqrt(mean((x - mean)^2) + eps), where eps is attribute 0 and mean VJP_NO_NODE stands for 0:
 * two passes, so that a large mean does not cancel. */
static inline int64_t vjp_norm_rstd(struct vjp_tape *tape, const struct vjp_operands *o,
                                    const struct vjp_norm_group *g, int64_t mean)
{
    const int64_t terms = vjp_tape_open(tape);
    for (int64_t i = 0; i < g->count; i++) {
        const int64_t x = o->in[0][vjp_norm_at(g, i)];
        const int64_t xc = mean == VJP_NO_NODE ? x : vjp_tape_sub(tape, x, mean);
        vjp_tape_push(tape, vjp_tape_mul(tape, xc, xc));
    }
    const int64_t squares =
        mean == VJP_NO_NODE ? vjp_tape_close_sum(tape, terms) : vjp_tape_close_centred(tape, terms);
    const int64_t variance = vjp_tape_div(tape, squares, vjp_tape_constant(tape, g->count));
    return vjp_tape_rsqrt(tape, vjp_tape_add(tape, variance, vjp_tape_number(tape, o->c->real[0])));
}

#endif
