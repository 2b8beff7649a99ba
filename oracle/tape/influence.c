/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/influence.h"

#include "oracle/tape/search.h"
#include "oracle/tape/tape_parts.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct vjp_influence {
    const struct vjp_tape *tape;
    int64_t count;

    /* By node. */
    long double *value;
    bool *exact; /* no kernel rounds on the way to it */
    enum vjp_special *special;
    long double *peak; /* the largest number on the way to it */
    struct vjp_local_error *local;

    /* Of the last sweep, by node: bit l for each lane l that reached it; and by node and lane, 0 where the
     * lane did not come. */
    uint8_t *lanes;
    long double (*derivative)[VJP_LANES];
    struct vjp_search search; /* what it reached */
};

/* The number of the enclosure that is farthest from 0. A kink that is open counts as what it can be at
 * most. */
static long double value_of(const struct vjp_real *r)
{
    if (r->kind != VJP_REAL_FINITE || r->point)
        return vjp_real_get_ld(r);
    mpfr_srcptr low = vjp_real_low(r), high = vjp_real_high(r);
    return mpfr_get_ld(mpfr_cmpabs(low, high) > 0 ? low : high, MPFR_RNDN);
}

/* n terms t: any order of n - 1 additions makes an error of at most (n - 1) u (sum of |t|) (Rump,
 * "Error estimation of floating-point summation and dot product", BIT 52 (2012)). Terms that are 0 are
 * added without error. Independent errors of mean 0 add up to about the root of n - 1. */
static void set_sum(const struct vjp_influence *f, int64_t v, struct vjp_local_error *out)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(f->tape, v, &edge);
    long double size = 0;
    int64_t terms = 0;
    for (int e = 0; e < n; e++) {
        const long double term = fabsl(f->value[edge[e].argument]);
        size += term;
        terms += term != 0;
    }
    const long double additions = terms > 1 ? (long double)(terms - 1) : 0;
    out->basic = additions * size;
    out->probable = sqrtl(additions) * size;
}

/* l = m + log(sum of exp(t_i - m)), m the largest t: the differences and the last sum are rounded
 * once, the n - 1 additions lose (n - 1) u and the powers ulps u of the sum, and that is what l loses
 * absolutely; the logarithm loses ulps u of itself. */
static void set_logsumexp(const struct vjp_influence *f, int64_t v, struct vjp_local_error *out)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(f->tape, v, &edge);
    const long double l = f->value[v];
    long double largest = -INFINITY;
    long double shift = 0;
    for (int e = 0; e < n; e++)
        largest = fmaxl(largest, f->value[edge[e].argument]);
    for (int e = 0; e < n; e++) {
        const long double t = f->value[edge[e].argument];
        shift += expl(t - l) * fabsl(t - largest);
    }
    out->basic = (largest != 0 ? shift + fabsl(l) : 0) + (n > 1 ? (long double)(n - 1) : 0);
    out->elementary = (n > 1 ? 1 : 0) + fabsl(l - largest);
    out->probable = out->basic + out->elementary;
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
static bool is_exact_sum(const struct vjp_influence *f, int64_t v)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(f->tape, v, &edge);
    long double size = 0;
    long lowest = LONG_MAX;
    for (int e = 0; e < n; e++) {
        mpfr_srcptr x = vjp_real_low(vjp_tape_value(f->tape, edge[e].argument));
        if (mpfr_zero_p(x))
            continue;
        const long last = last_bit(x);
        lowest = last < lowest ? last : lowest;
        size += fabsl(f->value[edge[e].argument]);
    }
    return lowest == LONG_MAX ||
           (lowest >= SHORT_LEAST && size <= ldexpl(1, (int)lowest + SHORT_BITS));
}

/* Whether a kernel that computes the node from its operands rounds nowhere: by induction, from exact
 * arguments to a result that every format holds. Sums, products and selections only: a quotient may be
 * a product with a reciprocal. */
static bool is_exact(const struct vjp_influence *f, int64_t v)
{
    const struct vjp_node *node = &f->tape->node[v];
    const struct vjp_edge *edge;
    vjp_tape_edges(f->tape, v, &edge);
    if (node->kind != VJP_NODE_OPERATION)
        return node->rounding == VJP_ROUNDING_NONE;
    for (int e = 0; e < node->n_edges; e++) {
        if (!f->exact[edge[e].argument] || !vjp_tape_value(f->tape, edge[e].argument)->point)
            return false;
    }
    switch ((enum vjp_rounding)node->rounding) {
    case VJP_ROUNDING_NONE:
        return true;
    case VJP_ROUNDING_SCALE:
    case VJP_ROUNDING_BASIC:
        return node->operation <= VJP_OP_MUL && is_short_point(&node->value);
    case VJP_ROUNDING_SUM:
        return is_exact_sum(f, v);
    case VJP_ROUNDING_ELEMENTARY:
    case VJP_ROUNDING_LOGSUMEXP:
        break;
    }
    return false;
}

static void set_local(const struct vjp_influence *f, int64_t v, struct vjp_local_error *out)
{
    const long double size = fabsl(f->value[v]);
    *out = (struct vjp_local_error){0};
    switch (vjp_tape_rounding(f->tape, v)) {
    case VJP_ROUNDING_NONE:
    case VJP_ROUNDING_SCALE:
        break;
    case VJP_ROUNDING_BASIC:
        out->basic = size;
        out->probable = size;
        break;
    case VJP_ROUNDING_ELEMENTARY:
        out->elementary = size;
        out->probable = size;
        break;
    case VJP_ROUNDING_SUM:
        set_sum(f, v, out);
        break;
    case VJP_ROUNDING_LOGSUMEXP:
        set_logsumexp(f, v, out);
        break;
    }
}

/* What is met in the node itself: its value, and the partial sums of its terms. The largest term of a
 * logsumexp is an argument, and met there. */
static long double own_peak(const struct vjp_influence *f, int64_t v)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(f->tape, v, &edge);
    long double size = 0;
    if (vjp_tape_rounding(f->tape, v) != VJP_ROUNDING_SUM)
        return fabsl(f->value[v]);
    for (int e = 0; e < n; e++)
        size += fabsl(f->value[edge[e].argument]);
    return size;
}

/* That of the node or of an argument, whichever is more. */
static void set_peak(struct vjp_influence *f, int64_t v)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_dependence(f->tape, v, &edge);
    f->peak[v] = own_peak(f, v);
    for (int e = 0; e < n; e++)
        f->peak[v] = fmaxl(f->peak[v], f->peak[edge[e].argument]);
}

struct vjp_influence *vjp_influence_create(const struct vjp_tape *tape)
{
    struct vjp_influence *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->tape = tape;
    f->count = vjp_tape_count(tape);
    const size_t n = (size_t)f->count + 1;
    f->value = calloc(n, sizeof *f->value);
    f->exact = calloc(n, sizeof *f->exact);
    f->local = calloc(n, sizeof *f->local);
    f->special = calloc(n, sizeof *f->special);
    f->peak = calloc(n, sizeof *f->peak);
    f->lanes = calloc(n, sizeof *f->lanes);
    f->derivative = calloc(n, sizeof *f->derivative);
    if (!f->value || !f->exact || !f->local || !f->special || !f->peak || !f->lanes ||
        !f->derivative || !vjp_search_init(&f->search, f->count)) {
        vjp_influence_destroy(f);
        return NULL;
    }
    for (int64_t v = 0; v < f->count; v++)
        f->value[v] = value_of(vjp_tape_value(tape, v));
    for (int64_t v = 0; v < f->count; v++) {
        f->exact[v] = is_exact(f, v);
        set_local(f, v, &f->local[v]);
        set_peak(f, v);
    }
    vjp_special_find(tape, f->special);
    return f;
}

void vjp_influence_destroy(struct vjp_influence *f)
{
    if (!f)
        return;
    free(f->value);
    free(f->exact);
    free(f->local);
    free(f->special);
    free(f->peak);
    free(f->lanes);
    free(f->derivative);
    vjp_search_clear(&f->search);
    free(f);
}

/* One lane after another: for (unsigned rest = lanes; rest; rest = without_first(rest)) ... first(rest). */
static int first(unsigned lanes)
{
    return __builtin_ctz(lanes);
}

static unsigned without_first(unsigned lanes)
{
    return lanes & (lanes - 1);
}

static void forget(struct vjp_influence *f)
{
    for (int64_t i = 0; i < f->search.n; i++) {
        const int64_t v = f->search.order[i];
        for (unsigned rest = f->lanes[v]; rest; rest = without_first(rest))
            f->derivative[v][first(rest)] = 0;
        f->lanes[v] = 0;
    }
}

/* to += from * partial in these lanes. */
static void contribute(const struct vjp_influence *f, unsigned lanes, const long double *from,
                       int64_t partial, long double *to)
{
    if (partial == VJP_NO_NODE) {
        for (unsigned rest = lanes; rest; rest = without_first(rest))
            to[first(rest)] += from[first(rest)];
    } else if (partial == VJP_MINUS_ONE) {
        for (unsigned rest = lanes; rest; rest = without_first(rest))
            to[first(rest)] -= from[first(rest)];
    } else {
        const long double factor = f->value[partial];
        for (unsigned rest = lanes; rest; rest = without_first(rest))
            to[first(rest)] += from[first(rest)] * factor;
    }
}

void vjp_influence_sweep(struct vjp_influence *f, const int64_t *node, int n)
{
    forget(f);
    vjp_search_arguments(&f->search, f->tape, node, n);
    for (int l = 0; l < n; l++) {
        f->derivative[node[l]][l] = 1;
        f->lanes[node[l]] |= (uint8_t)(1u << l);
    }
    for (int64_t i = 0; i < f->search.n; i++) {
        const int64_t v = f->search.order[i];
        const struct vjp_edge *edge;
        const int n_edges = vjp_tape_dependence(f->tape, v, &edge);
        for (int e = 0; e < n_edges; e++) {
            const int64_t argument = edge[e].argument;
            f->lanes[argument] |= f->lanes[v];
            contribute(f, f->lanes[v], f->derivative[v], edge[e].partial, f->derivative[argument]);
        }
    }
}

/* The shares of one node; probable holds the sum of squares. Where d is infinite basic becomes NaN or
 * infinite, also of a node that rounds nothing. */
static void add_shares(const struct vjp_influence *f, int64_t v,
                       struct vjp_influence_sums out[VJP_LANES])
{
    const struct vjp_local_error *local = &f->local[v];
    const bool leaf = vjp_tape_is_leaf(f->tape, v);
    for (unsigned rest = f->lanes[v]; rest; rest = without_first(rest)) {
        struct vjp_influence_sums *sums = &out[first(rest)];
        const long double d = fabsl(f->derivative[v][first(rest)]);
        if (leaf) {
            sums->operands += d * fabsl(f->value[v]);
            continue;
        }
        sums->basic += d * local->basic;
        if (local->elementary != 0)
            sums->elementary += d * local->elementary;
        if (local->probable != 0)
            sums->probable += d * local->probable * d * local->probable;
    }
}

void vjp_influence_sum(const struct vjp_influence *f, struct vjp_influence_sums out[VJP_LANES])
{
    memset(out, 0, VJP_LANES * sizeof *out);
    for (int64_t i = 0; i < f->search.n; i++)
        add_shares(f, f->search.order[i], out);
    for (int l = 0; l < VJP_LANES; l++)
        out[l].probable = sqrtl(out[l].probable);
}

int64_t vjp_influence_reached(const struct vjp_influence *f, const int64_t **nodes)
{
    *nodes = f->search.order;
    return f->search.n;
}

unsigned vjp_influence_lanes(const struct vjp_influence *f, int64_t v)
{
    return f->lanes[v];
}

long double vjp_influence_of(const struct vjp_influence *f, int lane, int64_t v)
{
    return fabsl(f->derivative[v][lane]);
}

long double vjp_influence_size(const struct vjp_influence *f, int64_t v)
{
    return fabsl(f->value[v]);
}

const long double *vjp_influence_values(const struct vjp_influence *f)
{
    return f->value;
}

const bool *vjp_influence_exact(const struct vjp_influence *f)
{
    return f->exact;
}

const struct vjp_local_error *vjp_influence_local(const struct vjp_influence *f, int64_t v)
{
    return &f->local[v];
}

long double vjp_influence_peak(const struct vjp_influence *f, int64_t v)
{
    return f->peak[v];
}

enum vjp_special vjp_influence_special(const struct vjp_influence *f, int64_t v)
{
    return f->special[v];
}
