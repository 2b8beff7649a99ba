/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/influence.h"

#include "oracle/tape/tape_parts.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* A stack frame of the depth-first search: the node, and its next argument to visit. */
struct frame {
    int64_t node;
    int next;
};

struct vjp_influence {
    const struct vjp_tape *tape;
    int64_t count;
    long double *value; /* of each node */
    bool *exact;        /* of each node: no kernel rounds on the way to it */
    struct vjp_local_error *local;
    long double *derivative; /* of the last sweep; 0 where it did not come */
    bool *seen;
    int64_t *order; /* reached nodes, in post-order of the search */
    int64_t n_order;
    struct frame *stack;
};

/* The number of the enclosure that is farthest from 0. A kink that is open counts as what it can be at
 * most. */
static long double value_of(const struct vjp_real *r)
{
    if (r->kind != VJP_REAL_FINITE || r->point)
        return vjp_real_get_ld(r);
    const long double low = mpfr_get_ld(vjp_real_low(r), MPFR_RNDN);
    const long double high = mpfr_get_ld(vjp_real_high(r), MPFR_RNDN);
    return fabsl(low) > fabsl(high) ? low : high;
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
    out->additions = (float)additions;
    out->basic = additions * size;
    out->probable = sqrtl(additions) * size;
    out->peak = size;
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
    out->roundings = 1;
    out->elementary_count = 1;
    out->basic = (largest != 0 ? shift + fabsl(l) : 0) + (n > 1 ? (long double)(n - 1) : 0);
    out->elementary = (n > 1 ? 1 : 0) + fabsl(l - largest);
    out->probable = out->basic + out->elementary;
    out->peak = fmaxl(fabsl(l), fabsl(largest));
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
    *out = (struct vjp_local_error){.peak = size};
    switch (vjp_tape_rounding(f->tape, v)) {
    case VJP_ROUNDING_NONE:
        break;
    case VJP_ROUNDING_SCALE:
        out->roundings = 1;
        break;
    case VJP_ROUNDING_BASIC:
        out->roundings = 1;
        out->basic = size;
        out->probable = size;
        break;
    case VJP_ROUNDING_ELEMENTARY:
        out->elementary_count = 1;
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
    f->derivative = calloc(n, sizeof *f->derivative);
    f->seen = calloc(n, sizeof *f->seen);
    f->order = calloc(n, sizeof *f->order);
    f->stack = calloc(n, sizeof *f->stack);
    if (!f->value || !f->exact || !f->local || !f->derivative || !f->seen || !f->order ||
        !f->stack) {
        vjp_influence_destroy(f);
        return NULL;
    }
    for (int64_t v = 0; v < f->count; v++)
        f->value[v] = value_of(vjp_tape_value(tape, v));
    for (int64_t v = 0; v < f->count; v++) {
        f->exact[v] = is_exact(f, v);
        set_local(f, v, &f->local[v]);
    }
    return f;
}

void vjp_influence_destroy(struct vjp_influence *f)
{
    if (!f)
        return;
    free(f->value);
    free(f->exact);
    free(f->local);
    free(f->derivative);
    free(f->seen);
    free(f->order);
    free(f->stack);
    free(f);
}

/* Forgets the last sweep and lists in order every node that can be reached, each after all that it
 * reaches. */
static void search(struct vjp_influence *f, int64_t from)
{
    for (int64_t i = 0; i < f->n_order; i++) {
        f->seen[f->order[i]] = false;
        f->derivative[f->order[i]] = 0;
    }
    f->n_order = 0;
    int64_t depth = 0;
    f->stack[depth++] = (struct frame){from, 0};
    f->seen[from] = true;
    while (depth > 0) {
        struct frame *top = &f->stack[depth - 1];
        const struct vjp_node *node = &f->tape->node[top->node];
        if (top->next == node->n_edges) {
            f->order[f->n_order++] = top->node;
            depth--;
            continue;
        }
        const int64_t argument = f->tape->edge[node->first_edge + top->next++].argument;
        if (!f->seen[argument]) {
            f->seen[argument] = true;
            f->stack[depth++] = (struct frame){argument, 0};
        }
    }
}

void vjp_influence_sweep(struct vjp_influence *f, int64_t node)
{
    search(f, node);
    f->derivative[node] = 1;
    for (int64_t i = f->n_order - 1; i >= 0; i--) {
        const int64_t v = f->order[i];
        const long double d = f->derivative[v];
        const struct vjp_node *from = &f->tape->node[v];
        const struct vjp_edge *edge = from->n_edges > 0 ? f->tape->edge + from->first_edge : NULL;
        for (int e = 0; e < from->n_edges; e++) {
            const int64_t partial = edge[e].partial;
            f->derivative[edge[e].argument] += partial == VJP_NO_NODE     ? d
                                               : partial == VJP_MINUS_ONE ? -d
                                                                          : d * f->value[partial];
        }
    }
}

int64_t vjp_influence_reached(const struct vjp_influence *f, const int64_t **nodes)
{
    *nodes = f->order;
    return f->n_order;
}

long double vjp_influence_of(const struct vjp_influence *f, int64_t v)
{
    return fabsl(f->derivative[v]);
}

long double vjp_influence_size(const struct vjp_influence *f, int64_t v)
{
    return fabsl(f->value[v]);
}

const long double *vjp_influence_values(const struct vjp_influence *f)
{
    return f->value;
}

bool vjp_influence_is_exact(const struct vjp_influence *f, int64_t v)
{
    return f->exact[v];
}

const struct vjp_local_error *vjp_influence_local(const struct vjp_influence *f, int64_t v)
{
    return &f->local[v];
}
