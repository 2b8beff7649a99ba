/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_LOGSUMEXP_H
#define VJP_ORACLE_TAPE_LOGSUMEXP_H

#include "oracle/tape/tape.h"

#include <math.h>

/* Of l = m + log(sum of exp(t_i - m)), m the largest of the terms t_i: how many units of u the differences
 * t_i - m, each rounded once, and the last sum cost l. Nothing is rounded where m is 0. */
struct vjp_logsumexp {
    long double largest; /* m */
    long double rounded; /* the sum of exp(t_i - l) |t_i - m|, and |l|; 0 where m is 0 */
};

/* For a node l with n edges, by the values of landscape.h. */
static inline struct vjp_logsumexp vjp_logsumexp_of(const struct vjp_edge *edge, int n,
                                                    const long double *value, long double l)
{
    struct vjp_logsumexp out = {-INFINITY, 0};
    for (int e = 0; e < n; e++)
        out.largest = fmaxl(out.largest, value[edge[e].argument]);
    if (out.largest == 0)
        return out;
    for (int e = 0; e < n; e++) {
        const long double t = value[edge[e].argument];
        out.rounded += expl(t - l) * fabsl(t - out.largest);
    }
    out.rounded += fabsl(l);
    return out;
}

#endif
