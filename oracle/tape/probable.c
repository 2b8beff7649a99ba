/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/probable.h"

#include "oracle/tape/logsumexp.h"
#include "oracle/tape/tape_parts.h"

#include <math.h>

/* The partial derivative of an edge; what it is multiplied by counts for nothing where it is 0. */
static long double carried(const long double *value, const struct vjp_edge *edge,
                           const long double *error)
{
    const long double partial = edge->partial < 0 ? 1 : fabsl(value[edge->partial]);
    const long double e = error[edge->argument];
    return partial == 0 || e == 0 ? 0 : partial * e;
}

/* n - 1 additions of partial sums that are at most the sum of |terms|; terms that are 0 are added without
 * error. */
static long double of_sum(const struct vjp_edge *edge, int n, const long double *value)
{
    long double size = 0;
    int64_t terms = 0;
    for (int e = 0; e < n; e++) {
        const long double term = fabsl(value[edge[e].argument]);
        size += term;
        terms += term != 0;
    }
    return terms > 1 ? sqrtl((long double)(terms - 1)) * size : 0;
}

/* l = m + log(sum of exp(t_i - m)), m the largest t: the differences and the last sum are rounded once, the
 * additions and the powers lose n u of the sum, and that is what l loses absolutely; the logarithm loses an ulp
 * of itself. */
static long double of_logsumexp(const struct vjp_edge *edge, int n, const long double *value,
                                long double l)
{
    const struct vjp_logsumexp of = vjp_logsumexp_of(edge, n, value, l);
    return of.rounded + (n > 1 ? (long double)n : 0) + fabsl(l - of.largest);
}

/* What the node's own operation rounds. */
static long double local(const struct vjp_tape *tape, int64_t v, const long double *value)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(tape, v, &edge);
    switch (vjp_tape_rounding(tape, v)) {
    case VJP_ROUNDING_NONE:
    case VJP_ROUNDING_SCALE:
        break;
    case VJP_ROUNDING_BASIC:
    case VJP_ROUNDING_ELEMENTARY:
        return fabsl(value[v]);
    case VJP_ROUNDING_SUM:
        return of_sum(edge, n, value);
    case VJP_ROUNDING_LOGSUMEXP:
        return of_logsumexp(edge, n, value, value[v]);
    }
    return 0;
}

void vjp_probable_errors(const struct vjp_tape *tape, const long double *value, long double *error)
{
    const int64_t count = vjp_tape_count(tape);
    for (int64_t v = 0; v < count; v++) {
        const struct vjp_edge *edge;
        const int n = vjp_tape_dependence(tape, v, &edge);
        const long double own = local(tape, v, value);
        long double square = own * own;
        for (int e = 0; e < n; e++) {
            const long double part = carried(value, &edge[e], error);
            square += part * part;
        }
        error[v] = sqrtl(square);
    }
}

void vjp_probable_operands(const struct vjp_tape *tape, const long double *value,
                           long double *error)
{
    const int64_t count = vjp_tape_count(tape);
    for (int64_t v = 0; v < count; v++) {
        const struct vjp_edge *edge;
        const int n = vjp_tape_dependence(tape, v, &edge);
        error[v] = vjp_tape_is_leaf(tape, v) ? fabsl(value[v]) : 0;
        for (int e = 0; e < n; e++)
            error[v] += carried(value, &edge[e], error);
    }
}
