/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/running.h"

#include "oracle/tape/logsumexp.h"
#include "oracle/tape/tape_parts.h"

#include <math.h>

/* One node while its error is computed. */
struct step {
    const struct vjp_tape *tape;
    const struct vjp_running *r;
    const struct vjp_landscape *land;
    const long double *value; /* of every node */
    const long double *error; /* of the nodes before it */
    const struct vjp_edge *edge;
    int n;
    long double size;      /* |v| */
    int64_t n_kinks, kink; /* of the tape; the first that is not behind the node */
};

/* The argument itself, and its error. Constants that nobody rounds are no edges: they have none. */
static long double argument(const struct step *s)
{
    return s->n > 0 ? s->value[s->edge[0].argument] : 0;
}

static long double error_of(const struct step *s, int e)
{
    return e < s->n ? s->error[s->edge[e].argument] : 0;
}

static long double error_sum(const struct step *s)
{
    long double sum = 0;
    for (int e = 0; e < s->n; e++)
        sum += s->error[s->edge[e].argument];
    return sum;
}

/* 0 times what is not known is 0: what is multiplied by it is exact. */
static long double times(long double a, long double b)
{
    return a == 0 || b == 0 ? 0 : a * b;
}

/* The sum of (d_i + r_i - e)^2 for that of d_i^2, where the d_i are differences to a mean, so that they add
 * up to 0; e is the error of the mean and r_i all others of the difference:
 *
 *     sum of 2 d_i (r_i - e) + (r_i - e)^2 = n e^2 + sum of 2 d_i r_i - 2 r_i e + r_i^2,
 *
 * and the roundings of the squares, which their running errors hold besides what they carry. */
static long double centred_error(const struct step *s)
{
    long double sum = 0;
    for (int i = 0; i < s->n; i++) {
        const int64_t square = s->edge[i].argument;
        const struct vjp_edge *factor, *term;
        if (vjp_tape_edges(s->tape, square, &factor) == 0)
            continue; /* of constants */
        const int64_t difference = factor[0].argument;
        const int n_terms = vjp_tape_edges(s->tape, difference, &term);
        const long double d = fabsl(s->value[difference]), off = s->error[difference];
        const long double e = n_terms > 1 ? s->error[term[1].argument] : 0;
        const long double r = fmaxl(off - e, 0);
        const long double carried = 2 * times(d, off) + times(off, off);
        sum += fmaxl(s->error[square] - carried, 0) + e * e + 2 * times(d, r) + 2 * times(r, e) +
               times(r, r);
    }
    return sum;
}

static long double error_max(const struct step *s)
{
    long double largest = 0;
    for (int e = 0; e < s->n; e++)
        largest = fmaxl(largest, s->error[s->edge[e].argument]);
    return largest;
}

/* What one rounding makes of a number of that size. */
static long double rounded_error(const struct vjp_given *given, long double size)
{
    return size != 0 ? fmaxl(given->u * size, given->least) : 0;
}

static bool is_term(const struct step *s, int64_t v)
{
    return s->land->term && s->land->term[v];
}

/* The error of a factor: what is computed, of operands a multiple, may be rounded before it is multiplied in an
 * inner product. */
static long double factor_error(const struct step *s, int64_t v, int64_t factor)
{
    const long double error = s->error[factor];
    const int kind = s->tape->node[factor].kind;
    if (!is_term(s, v) || s->r->operand.u == 0 ||
        (kind != VJP_NODE_OPERATION && kind != VJP_NODE_LEAF))
        return error;
    return error + rounded_error(&s->r->operand, fabsl(s->value[factor]) + error);
}

/* (a + d)(b + e) - a b = a e + b d + d e. The partial derivatives are the factors. */
static long double product_error(const struct step *s, int64_t v)
{
    long double sum = 0, error[2] = {0, 0};
    for (int e = 0; e < s->n; e++) {
        error[e] = factor_error(s, v, s->edge[e].argument);
        sum += times(error[e], fabsl(s->value[s->edge[e].partial]));
    }
    return sum + times(error[0], error[1]);
}

/* |(a + d) / (b + e) - a / b| <= (d + |a / b| e) / (|b| - e). The partial derivative by a is 1 / b, a
 * node of its own. */
static long double quotient_error(const struct step *s, int64_t v)
{
    const bool reciprocal = s->tape->node[v].operation == VJP_OP_RECIPROCAL;
    long double d = 0, e = 0, b = 0, carried = 0;
    for (int i = 0; i < s->n; i++) {
        const int64_t partial = s->edge[i].partial;
        const long double error = s->error[s->edge[i].argument];
        if (!reciprocal && vjp_tape_is_dividend(s->tape, &s->edge[i])) {
            d = error;
            carried = times(d, fabsl(s->value[partial]));
        } else {
            e = error;
            b = fabsl(s->value[s->edge[i].argument]);
        }
    }
    if (e == 0)
        return carried;
    return e < b ? (d + times(s->size, e)) / (b - e) : INFINITY;
}

/* The largest slope between m and further from 0 is at m: for the functions that flatten. */
static long double flattening_error(const struct step *s, enum vjp_operation operation)
{
    const long double e = error_of(s, 0);
    const long double m = fmaxl(fabsl(argument(s)) - e, 0);
    const long double t = operation == VJP_OP_TANH ? tanhl(m) : 0;
    const long double q = expl(-m), p = q / ((1 + q) * (1 + q)); /* sigmoid', without 1 - 1 */
    const long double slope = operation == VJP_OP_TANH  ? 1 - t * t
                              : operation == VJP_OP_ERF ? 2 / sqrtl(acosl(-1)) * expl(-m * m)
                                                        : p;
    return fminl(times(slope, e), operation == VJP_OP_SIGMOID ? 1 : 2);
}

static long double function_error(const struct step *s, enum vjp_operation operation)
{
    const long double a = argument(s), e = error_of(s, 0);
    if (e == 0)
        return 0;
    switch (operation) {
    case VJP_OP_SQRT:
        return e < a ? sqrtl(a) - sqrtl(a - e) : INFINITY;
    case VJP_OP_RSQRT:
        return e < a ? 1 / sqrtl(a - e) - 1 / sqrtl(a) : INFINITY;
    case VJP_OP_EXP:
        return s->size * expm1l(e);
    case VJP_OP_LOG:
        return e < a ? -log1pl(-e / a) : INFINITY;
    case VJP_OP_SOFTPLUS:
        return e / (1 + expl(-(a + e)));
    case VJP_OP_TANH:
    case VJP_OP_ERF:
    case VJP_OP_SIGMOID:
        return flattening_error(s, operation);
    default: /* NEG, RELU, ABS, SHORTCUT, MASKED: of the first argument */
        return e;
    }
}

/* What the roundings of the saved values are that node v is given as. */
static long double given_error(const struct vjp_running *r, int64_t v, long double size)
{
    const unsigned bits = r->mark ? (unsigned)(r->mark[v] & r->marks) : 0;
    long double largest = 0;
    for (int k = 0; size != 0 && bits >> k != 0; k++) {
        if (bits >> k & 1)
            largest = fmaxl(largest, rounded_error(&r->given[k], size));
    }
    return largest;
}

/* The error of what is compared at a kink. */
static long double compared_error(const struct step *s, int64_t node)
{
    return node == VJP_NO_NODE || (s->land->exact && s->land->exact[node]) ? 0 : s->error[node];
}

/* By how much the partial derivative v of a kink may be another. A range holds every side already. */
static long double kink_error(const struct step *s, int64_t v)
{
    const struct vjp_kink *kink = &s->tape->kink[s->kink];
    const struct vjp_real *partial = &s->tape->node[v].value;
    if (!s->land->margin || s->kink == s->n_kinks || kink->partial != v ||
        kink->margin == kink->other || (partial->set && !partial->point))
        return 0;
    const long double error = compared_error(s, kink->margin) + compared_error(s, kink->other);
    return error > 0 && s->land->margin[s->kink] <= error ? (long double)kink->width : 0;
}

static long double carried_error(const struct step *s, int64_t v)
{
    const enum vjp_operation operation = (enum vjp_operation)s->tape->node[v].operation;
    switch (operation) {
    case VJP_OP_NONE:
        return s->tape->node[v].kind == VJP_NODE_KINK ? kink_error(s, v) : 0;
    case VJP_OP_ADD:
    case VJP_OP_SUB:
    case VJP_OP_SUM:
        return error_sum(s);
    case VJP_OP_CENTRED:
        return centred_error(s);
    case VJP_OP_MUL:
        return product_error(s, v);
    case VJP_OP_DIV:
    case VJP_OP_RECIPROCAL:
        return quotient_error(s, v);
    case VJP_OP_MAX:
    case VJP_OP_LOGSUMEXP: /* its partial derivatives add up to 1 */
        return error_max(s);
    case VJP_OP_RESIDUAL: /* of y as it is given, or computed */
        return error_of(s, 0);
    default:
        return function_error(s, operation);
    }
}

/* Additions of numbers of the format are exact where they would underflow. */
static bool is_addition(const struct step *s, int64_t v)
{
    const int operation = s->tape->node[v].operation;
    return operation == VJP_OP_ADD || operation == VJP_OP_SUB;
}

/* What becomes of an underflow in the node, or in a part of it that another kernel computes first and that
 * then meets the other factors (factors.h). */
static long double reach(const struct step *s, int64_t v)
{
    return s->land->reach ? s->land->reach[v] : 1;
}

/* A sum may begin with 0 and a term, which is flushed as any sum is. */
static long double first_addition(const struct step *s, int64_t v)
{
    return is_term(s, v) ? s->r->flushed * reach(s, v) : 0;
}

/* What n - 1 additions round, of which one has the slack. */
static long double additions(const struct vjp_running *r, int64_t n)
{
    return ((long double)(n - 2) + r->slack) * r->u;
}

/* What the operation's own roundings add, where its arguments are off already. */
static long double rounding_error(const struct step *s, int64_t v, long double carried)
{
    const struct vjp_running *r = s->r;
    const long double size = s->size + carried, u = r->slack * r->u;
    long double terms = 0;
    int64_t n = 0;
    switch ((enum vjp_rounding)s->tape->node[v].rounding) {
    case VJP_ROUNDING_NONE:
        return 0;
    case VJP_ROUNDING_SCALE:
        return r->underflow * reach(s, v);
    case VJP_ROUNDING_BASIC:
        return u * size + (is_addition(s, v) ? r->flushed : r->underflow) * reach(s, v);
    case VJP_ROUNDING_ELEMENTARY:
        return r->ulps * u * size + r->tiny;
    case VJP_ROUNDING_SUM:
        for (int e = 0; e < s->n; e++) {
            const long double term =
                fabsl(s->value[s->edge[e].argument]) + s->error[s->edge[e].argument];
            terms += term;
            n += term != 0;
        }
        return (n > 1 ? additions(r, n) * terms : 0) +
               (long double)(s->n - 1) * r->flushed * reach(s, v);
    case VJP_ROUNDING_LOGSUMEXP:
        break;
    }
    const long double l = s->value[v];
    const struct vjp_logsumexp of = vjp_logsumexp_of(s->edge, s->n, s->value, l);
    const long double basic = of.largest != 0 ? of.rounded + 2 * carried : 0;
    return (s->n > 1 ? additions(r, s->n) : 0) +
           u * (basic + r->ulps * ((s->n > 1) + fabsl(l - of.largest) + carried));
}

void vjp_running_errors(const struct vjp_tape *tape, const struct vjp_landscape *landscape,
                        const struct vjp_running *running, long double *error)
{
    const int64_t count = vjp_tape_count(tape);
    const struct vjp_kink *kinks;
    struct step s = {.tape = tape,
                     .r = running,
                     .land = landscape,
                     .value = landscape->value,
                     .error = error,
                     .n_kinks = vjp_tape_kinks(tape, &kinks)};
    for (int64_t v = 0; v < count; v++) {
        s.n = vjp_tape_edges(tape, v, &s.edge);
        s.size = fabsl(s.value[v]);
        while (s.kink < s.n_kinks && kinks[s.kink].partial < v)
            s.kink++;
        if (!isfinite(s.value[v])) {
            error[v] = INFINITY;
            continue;
        }
        if (running->mark && running->mark[v] & running->marks) {
            error[v] = given_error(running, v, s.size);
            continue;
        }
        const long double carried = carried_error(&s, v);
        error[v] = carried + rounding_error(&s, v, carried) + first_addition(&s, v);
        if (isnan(error[v]))
            error[v] = INFINITY;
    }
}
