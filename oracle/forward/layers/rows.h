/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_LAYERS_ROWS_H
#define VJP_ORACLE_FORWARD_LAYERS_ROWS_H

#include "cases/spec/layers/rows.h"
#include "oracle/forward/forward.h"

/* z[c] = x[c] - max over k of x[k], and the log of the sum of exp(z[c]), which is returned: as every
 * kernel shifts that is to take large logits. Where lse is not NULL, *lse is the log of the sum of
 * exp(x[c]), to be saved. C is at least 1. */
static inline int64_t vjp_forward_shifted(struct vjp_tape *tape, int64_t C, const int64_t *x,
                                          int64_t *z, int64_t *lse)
{
    const int64_t largest = vjp_tape_open(tape);
    for (int64_t c = 0; c < C; c++)
        vjp_tape_push(tape, x[c]);
    const int64_t shift = vjp_tape_close_largest(tape, largest);
    for (int64_t c = 0; c < C; c++)
        z[c] = vjp_tape_sub(tape, x[c], shift);
    const int64_t terms = vjp_tape_open(tape);
    for (int64_t c = 0; c < C; c++)
        vjp_tape_push(tape, z[c]);
    return lse ? vjp_tape_close_logsumexp_shifted(tape, terms, shift, lse)
               : vjp_tape_close_logsumexp(tape, terms);
}

/* The loss of a batch: the sum of its terms, divided by count for the mean. The mean of nothing is 0. */
static inline int64_t vjp_forward_reduce(struct vjp_tape *tape, int64_t sum, int64_t reduction,
                                         int64_t count)
{
    if (reduction == VJP_REDUCTION_SUM || count == 0)
        return sum;
    return vjp_tape_div(tape, sum, vjp_tape_constant(tape, (long)count));
}

#endif
