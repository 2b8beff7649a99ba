/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/landscape.h"

#include "oracle/tape/factors.h"
#include "oracle/tape/tape_parts.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* The number of the enclosure that is farthest from 0. A kink that is open counts as what it can be at
 * most. */
static long double value_of(const struct vjp_real *r)
{
    if (r->kind != VJP_REAL_FINITE || r->point)
        return vjp_real_get_ld(r);
    mpfr_srcptr low = vjp_real_low(r), high = vjp_real_high(r);
    return mpfr_get_ld(mpfr_cmpabs(low, high) > 0 ? low : high, MPFR_RNDN);
}

/* Numbers of so many bits, the last of them not below, are numbers of every format that a kernel may
 * accumulate in, and are not flushed: 8 bits is the significand of bf16, 2^-14 the smallest normal
 * number of f16. (One that is too large overflows there: see bound.c.) */
#define SHORT_BITS  8
#define SHORT_LEAST (-14)

/* The exponent of the last bit of a number that is not 0. */
static long last_bit(mpfr_srcptr x)
{
    return (long)mpfr_get_exp(x) - (long)mpfr_min_prec(x);
}

static bool is_short_point(const struct vjp_real *r)
{
    if (r->kind != VJP_REAL_FINITE || !r->point)
        return false;
    mpfr_srcptr x = vjp_real_low(r);
    return mpfr_zero_p(x) || ((long)mpfr_min_prec(x) <= SHORT_BITS && last_bit(x) >= SHORT_LEAST);
}

/* Whether every term is a multiple of some 2^q and the sum of |terms| at most 2^(q + SHORT_BITS): then
 * no order of summation rounds. */
static bool is_exact_sum(const struct vjp_tape *tape, const struct vjp_landscape *land, int64_t v)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(tape, v, &edge);
    long double size = 0;
    long lowest = LONG_MAX;
    for (int e = 0; e < n; e++) {
        mpfr_srcptr x = vjp_real_low(vjp_tape_value(tape, edge[e].argument));
        if (mpfr_zero_p(x))
            continue;
        const long last = last_bit(x);
        lowest = last < lowest ? last : lowest;
        size += fabsl(land->value[edge[e].argument]);
    }
    return lowest == LONG_MAX ||
           (lowest >= SHORT_LEAST && size <= ldexpl(1, (int)lowest + SHORT_BITS));
}

/* Whether a kernel that computes the node from its operands rounds nowhere: by induction, from exact
 * arguments to a result that every format holds. Sums, products and selections only: a quotient may be
 * a product with a reciprocal. */
static bool is_exact(const struct vjp_tape *tape, const struct vjp_landscape *land, int64_t v)
{
    const struct vjp_node *node = &tape->node[v];
    const struct vjp_edge *edge;
    vjp_tape_edges(tape, v, &edge);
    if (node->kind != VJP_NODE_OPERATION)
        return node->rounding == VJP_ROUNDING_NONE;
    for (int e = 0; e < node->n_edges; e++) {
        if (!land->exact[edge[e].argument] || !vjp_tape_value(tape, edge[e].argument)->point)
            return false;
    }
    switch ((enum vjp_rounding)node->rounding) {
    case VJP_ROUNDING_NONE:
        return true;
    case VJP_ROUNDING_SCALE:
    case VJP_ROUNDING_BASIC:
        return node->operation <= VJP_OP_MUL && is_short_point(&node->value);
    case VJP_ROUNDING_SUM:
        return is_exact_sum(tape, land, v);
    case VJP_ROUNDING_ELEMENTARY:
    case VJP_ROUNDING_LOGSUMEXP:
        break;
    }
    return false;
}

/* What is met in the node itself: its value, and the partial sums of its terms. The largest term of a
 * logsumexp is an argument, and met there. */
static long double own_peak(const struct vjp_tape *tape, const struct vjp_landscape *land,
                            int64_t v)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(tape, v, &edge);
    long double size = 0;
    if (vjp_tape_rounding(tape, v) != VJP_ROUNDING_SUM)
        return fabsl(land->value[v]);
    for (int e = 0; e < n; e++)
        size += fabsl(land->value[edge[e].argument]);
    return size;
}

/* That of the node or of an argument, whichever is more. */
static void set_peak(const struct vjp_tape *tape, struct vjp_landscape *land, int64_t v)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_dependence(tape, v, &edge);
    land->peak[v] = own_peak(tape, land, v);
    for (int e = 0; e < n; e++)
        land->peak[v] = fmaxl(land->peak[v], land->peak[edge[e].argument]);
}

/* Whether argument e of the node may be infinite where the node is not. */
static bool swallows(const struct vjp_tape *tape, int64_t v, const struct vjp_edge *edge)
{
    switch ((enum vjp_operation)tape->node[v].operation) {
    case VJP_OP_RECIPROCAL:
    case VJP_OP_RSQRT:
    case VJP_OP_EXP: /* of minus infinity */
    case VJP_OP_TANH:
    case VJP_OP_ERF:
    case VJP_OP_SIGMOID:
    case VJP_OP_SOFTPLUS:
    case VJP_OP_RELU:
    case VJP_OP_MAX:
    case VJP_OP_LOGSUMEXP:
        return true;
    case VJP_OP_DIV:
        return !vjp_tape_is_dividend(tape, edge);
    default:
        return false;
    }
}

static void set_swallowed(const struct vjp_tape *tape, struct vjp_landscape *land, int64_t v)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_dependence(tape, v, &edge);
    for (int e = 0; e < n; e++) {
        const int64_t a = edge[e].argument;
        const long double own = swallows(tape, v, &edge[e]) ? land->peak[a] : 0;
        land->swallowed[v] = fmaxl(land->swallowed[v], fmaxl(own, land->swallowed[a]));
    }
}

static void find_margins(const struct vjp_tape *tape, long double *margin)
{
    const struct vjp_kink *kinks;
    const int64_t n = vjp_tape_kinks(tape, &kinks);
    struct vjp_real difference;
    vjp_real_init(&difference, vjp_tape_precision(tape));
    for (int64_t i = 0; i < n; i++) {
        const struct vjp_real *value = vjp_tape_value(tape, kinks[i].margin);
        if (kinks[i].other != VJP_NO_NODE) {
            vjp_real_sub(&difference, value, vjp_tape_value(tape, kinks[i].other));
            value = &difference;
        }
        margin[i] = fabsl(vjp_real_get_ld(value));
    }
    vjp_real_clear(&difference);
}

bool vjp_landscape_init(const struct vjp_tape *tape, struct vjp_landscape *out)
{
    const struct vjp_kink *kinks;
    const size_t n = (size_t)vjp_tape_count(tape) + 1;
    const size_t n_kinks = (size_t)vjp_tape_kinks(tape, &kinks) + 1;
    struct vjp_landscape land = {.value = calloc(n, sizeof *land.value),
                                 .peak = calloc(n, sizeof *land.peak),
                                 .swallowed = calloc(n, sizeof *land.swallowed),
                                 .reach = calloc(n, sizeof *land.reach),
                                 .exact = calloc(n, sizeof *land.exact),
                                 .term = calloc(n, sizeof *land.term),
                                 .special = calloc(n, sizeof *land.special),
                                 .margin = calloc(n_kinks, sizeof *land.margin)};
    *out = land;
    if (!land.value || !land.peak || !land.reach || !land.exact || !land.term || !land.special ||
        !land.margin || !land.swallowed)
        return false;
    for (int64_t v = 0; v < vjp_tape_count(tape); v++) {
        land.value[v] = value_of(vjp_tape_value(tape, v));
        land.exact[v] = is_exact(tape, &land, v);
        set_peak(tape, &land, v);
        set_swallowed(tape, &land, v);
        land.term[v] = tape->node[v].is_term;
    }
    find_margins(tape, land.margin);
    vjp_special_find(tape, land.special);
    return vjp_factors_reach(tape, land.value, land.reach);
}

void vjp_landscape_clear(struct vjp_landscape *land)
{
    free(land->value);
    free(land->peak);
    free(land->swallowed);
    free(land->reach);
    free(land->exact);
    free(land->term);
    free(land->special);
    free(land->margin);
    *land = (struct vjp_landscape){0};
}
