/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/layers/rows.h"

#include <stdlib.h>

enum { X, T, P };
enum { TARGET, REDUCTION, IGNORE_INDEX };
enum { LSE, SOFTMAX };

/* -log of the softmax's element t, or -sum over c of p[c] log of its element c; z and log_sum are the
 * row's, as vjp_forward_shifted left them. */
static int64_t row_loss(struct vjp_tape *tape, const struct vjp_operands *o, int64_t n,
                        const int64_t *z, int64_t log_sum)
{
    const int64_t C = o->c->dim[VJP_ROWS_C];
    if (o->index[T])
        return vjp_tape_sub(tape, log_sum, z[o->index[T][n]]);
    const int64_t *p = o->in[P] + n * C;
    const int64_t terms = vjp_tape_open(tape);
    for (int64_t c = 0; c < C; c++)
        vjp_tape_push(tape, vjp_tape_mul(tape, p[c], vjp_tape_sub(tape, log_sum, z[c])));
    return vjp_tape_close_sum(tape, terms);
}

/* a, or 0, beside what an ignored row has: a kernel may multiply it by 0. */
static int64_t beside(struct vjp_tape *tape, int64_t a, int64_t masked)
{
    const int64_t terms = vjp_tape_open(tape);
    vjp_tape_push(tape, masked);
    return vjp_tape_close_masked(tape, terms, a);
}

static bool is_ignored(const struct vjp_operands *o, int64_t n)
{
    return o->index[T] && o->index[T][n] == o->c->attr[IGNORE_INDEX];
}

/* The sum of the rows' losses, for the mean divided by the number of rows that are not ignored. What is
 * saved is saved of those as well. */
void vjp_forward_softmax_cross_entropy(struct vjp_tape *tape, const struct vjp_operands *o)
{
    const int64_t N = o->c->dim[VJP_ROWS_N], C = o->c->dim[VJP_ROWS_C];
    int64_t *z = malloc((size_t)C * sizeof *z);
    int64_t rows = 0, ignored = VJP_NO_NODE;
    const int64_t losses = vjp_tape_open(tape);
    for (int64_t n = 0; n < N; n++) {
        if (!z) {
            vjp_tape_push(tape, VJP_NO_NODE); /* tells the tape that memory has ended */
            break;
        }
        const int64_t log_sum =
            vjp_forward_shifted(tape, C, o->in[X] + n * C, z, &o->saved[LSE][n]);
        for (int64_t c = 0; c < C; c++)
            o->saved[SOFTMAX][n * C + c] = vjp_tape_exp(tape, vjp_tape_sub(tape, z[c], log_sum));
        if (is_ignored(o, n)) {
            ignored = beside(tape, ignored, log_sum);
            continue;
        }
        rows++;
        vjp_tape_push(tape, row_loss(tape, o, n, z, log_sum));
    }
    free(z);
    const int64_t sum = vjp_tape_close_sum(tape, losses);
    const int64_t loss = ignored == VJP_NO_NODE ? sum : beside(tape, sum, ignored);
    o->y[0] = vjp_forward_reduce(tape, loss, o->c->attr[REDUCTION], rows);
}
