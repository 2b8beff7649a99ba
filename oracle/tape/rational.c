/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/rational.h"

#include "oracle/num/round.h"
#include "oracle/tape/tape_parts.h"

#include <gmp.h>
#include <stdlib.h>

/* Fractions of more bits are given up: nothing of any interest has them, and they cost time. */
#define BITS_MAX 100000

/* A number q + log r, r > 0, exactly; r is mostly 1. */
struct fraction {
    mpq_t q, r;
};

enum state {
    UNUSED = 0, /* nothing that is asked for depends on it */
    NEEDED,
    KNOWN,
    OTHER, /* no fraction, as far as is known */
};

struct rationals {
    const struct vjp_tape *tape;
    uint8_t *state;          /* by node: enum state */
    struct fraction **known; /* by node, where KNOWN */
};

static bool is_plain(const struct fraction *f)
{
    return mpq_cmp_ui(f->r, 1, 1) == 0;
}

static void set_plain(struct fraction *f)
{
    mpq_set_ui(f->r, 1, 1);
}

static bool is_small(mpq_srcptr q)
{
    return mpz_sizeinbase(mpq_numref(q), 2) + mpz_sizeinbase(mpq_denref(q), 2) <= BITS_MAX;
}

/* An enclosure that is a point needs nothing else to be known. */
static bool is_point(const struct vjp_real *r)
{
    return r->kind == VJP_REAL_FINITE && r->point && !r->set;
}

static const struct fraction *known(const struct rationals *t, int64_t node)
{
    return node != VJP_NO_NODE && t->state[node] == KNOWN ? t->known[node] : NULL;
}

/* out = a + sign b */
static void add(struct fraction *out, const struct fraction *a, const struct fraction *b, int sign)
{
    if (sign > 0) {
        mpq_add(out->q, a->q, b->q);
        mpq_mul(out->r, a->r, b->r);
    } else {
        mpq_sub(out->q, a->q, b->q);
        mpq_div(out->r, a->r, b->r);
    }
}

/* An argument of a node, the k-th edge's; where that edge is of a constant, which has none, the constant. */
struct arguments {
    const struct fraction *a, *b;
    bool complete;
};

/* The two arguments of ADD, SUB, MUL and DIV: each has an edge, or one is the constant. Only SUB and DIV need
 * their order, which partial derivatives tell: the subtrahend has -1, and by a divisor there is no edge with that
 * of a dividend, its inverse. */
static struct arguments arguments_of(const struct rationals *t, int64_t v)
{
    const struct vjp_node *node = &t->tape->node[v];
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(t->tape, v, &edge);
    struct arguments args = {0};
    if (n == 2) {
        args.a = known(t, edge[0].argument);
        args.b = known(t, edge[1].argument);
    } else if (n == 1 && node->constant != VJP_NO_NODE) {
        const bool second = node->operation == VJP_OP_SUB ? edge[0].partial == VJP_MINUS_ONE
                            : node->operation == VJP_OP_DIV
                                ? !vjp_tape_is_dividend(t->tape, &edge[0])
                                : false;
        const struct fraction *argument = known(t, edge[0].argument);
        const struct fraction *constant = known(t, node->constant);
        args.a = second ? constant : argument;
        args.b = second ? argument : constant;
    }
    args.complete = args.a && args.b;
    return args;
}

static bool multiply(struct fraction *out, const struct arguments *args, bool divide)
{
    if (!is_plain(args->a) || !is_plain(args->b) || (divide && mpq_sgn(args->b->q) == 0))
        return false;
    set_plain(out);
    if (divide)
        mpq_div(out->q, args->a->q, args->b->q);
    else
        mpq_mul(out->q, args->a->q, args->b->q);
    return true;
}

/* All terms are known, and, where equal is asked for, one number: q is its, count how many there are. */
static bool sum_terms(const struct rationals *t, int64_t v, bool equal, struct fraction *out)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(t->tape, v, &edge);
    const struct fraction *first = n > 0 ? known(t, edge[0].argument) : NULL;
    if (!first)
        return false;
    mpq_set(out->q, first->q);
    mpq_set(out->r, first->r);
    for (int e = 1; e < n; e++) {
        const struct fraction *term = known(t, edge[e].argument);
        if (!term)
            return false;
        if (equal && mpq_equal(term->q, first->q) == 0)
            return false;
        if (equal) /* log(exp(q + log r) + exp(q + log s)) = q + log(r + s) */
            mpq_add(out->r, out->r, term->r);
        else
            add(out, out, term, 1);
        if (!is_small(out->q) || !is_small(out->r))
            return false;
    }
    return true;
}

/* The largest of terms without logarithms. */
static bool take_largest(const struct rationals *t, int64_t v, struct fraction *out)
{
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(t->tape, v, &edge);
    for (int e = 0; e < n; e++) {
        const struct fraction *term = known(t, edge[e].argument);
        if (!term || !is_plain(term))
            return false;
        if (e == 0 || mpq_cmp(term->q, out->q) > 0)
            mpq_set(out->q, term->q);
    }
    set_plain(out);
    return n > 0;
}

/* Operations of one argument, a, which is known. */
static bool apply(enum vjp_operation operation, const struct fraction *a, struct fraction *out)
{
    mpq_set(out->q, a->q);
    mpq_set(out->r, a->r);
    switch (operation) {
    case VJP_OP_SHORTCUT:
    case VJP_OP_MASKED:
        return true;
    case VJP_OP_NEG:
        mpq_neg(out->q, a->q);
        mpq_inv(out->r, a->r);
        return true;
    case VJP_OP_EXP:
        if (mpq_sgn(a->q) != 0)
            return false;
        mpq_set(out->q, a->r);
        set_plain(out);
        return true;
    default:
        break;
    }
    if (!is_plain(a))
        return false;
    switch (operation) {
    case VJP_OP_LOG:
        if (mpq_sgn(a->q) <= 0)
            return false;
        mpq_set(out->r, a->q);
        mpq_set_ui(out->q, 0, 1);
        return true;
    case VJP_OP_RECIPROCAL:
        if (mpq_sgn(a->q) == 0)
            return false;
        mpq_inv(out->q, a->q);
        return true;
    case VJP_OP_RELU:
        if (mpq_sgn(a->q) < 0)
            mpq_set_ui(out->q, 0, 1);
        return true;
    case VJP_OP_ABS:
        mpq_abs(out->q, a->q);
        return true;
    default:
        return false;
    }
}

static bool apply_to_argument(const struct rationals *t, int64_t v, struct fraction *out)
{
    const struct vjp_node *node = &t->tape->node[v];
    const struct vjp_edge *edge;
    const int n = vjp_tape_edges(t->tape, v, &edge);
    const struct fraction *a = known(t, n > 0 ? edge[0].argument : node->constant);
    return a && apply((enum vjp_operation)node->operation, a, out);
}

static int compare_ratio(const void *key, const void *ratio)
{
    const int64_t a = *(const int64_t *)key, b = ((const struct vjp_ratio *)ratio)->node;
    return a < b ? -1 : a > b;
}

static bool find_ratio(const struct vjp_tape *tape, int64_t v, struct fraction *out)
{
    const struct vjp_ratio *r =
        tape->n_ratios == 0
            ? NULL
            : bsearch(&v, tape->ratio, (size_t)tape->n_ratios, sizeof *tape->ratio, compare_ratio);
    if (!r)
        return false;
    mpz_set_si(mpq_numref(out->q), r->a);
    mpz_set_si(mpq_denref(out->q), r->b);
    mpq_canonicalize(out->q);
    set_plain(out);
    return true;
}

static bool evaluate(const struct rationals *t, int64_t v, struct fraction *out)
{
    const struct vjp_node *node = &t->tape->node[v];
    const enum vjp_operation operation = (enum vjp_operation)node->operation;
    struct arguments args;
    set_plain(out);
    if (is_point(&node->value)) {
        mpfr_get_q(out->q, vjp_real_low(&node->value));
        return true;
    }
    if (node->value.kind != VJP_REAL_FINITE || node->value.set)
        return false;
    switch (operation) {
    case VJP_OP_NONE:
        return find_ratio(t->tape, v, out);
    case VJP_OP_ADD:
    case VJP_OP_SUB:
        args = arguments_of(t, v);
        if (args.complete)
            add(out, args.a, args.b, operation == VJP_OP_ADD ? 1 : -1);
        return args.complete;
    case VJP_OP_MUL:
    case VJP_OP_DIV:
        args = arguments_of(t, v);
        return args.complete && multiply(out, &args, operation == VJP_OP_DIV);
    case VJP_OP_SUM:
    case VJP_OP_CENTRED:
        return sum_terms(t, v, false, out);
    case VJP_OP_LOGSUMEXP:
        return sum_terms(t, v, true, out);
    case VJP_OP_MAX:
        return take_largest(t, v, out);
    default:
        return apply_to_argument(t, v, out);
    }
}

static void need(struct rationals *t, int64_t v)
{
    if (v != VJP_NO_NODE && t->state[v] == UNUSED)
        t->state[v] = NEEDED;
}

/* Marks what the needed nodes below count are made of. */
static void spread(struct rationals *t, int64_t count)
{
    for (int64_t v = count - 1; v >= 0; v--) {
        const struct vjp_edge *edge;
        if (t->state[v] != NEEDED || is_point(&t->tape->node[v].value))
            continue;
        const int n = vjp_tape_dependence(t->tape, v, &edge);
        for (int e = 0; e < n; e++)
            need(t, edge[e].argument);
        need(t, t->tape->node[v].constant);
    }
}

static void drop(struct fraction *f)
{
    if (!f)
        return;
    mpq_clears(f->q, f->r, (mpq_ptr)0);
    free(f);
}

/* False when memory ends. */
static bool evaluate_needed(struct rationals *t, int64_t count)
{
    for (int64_t v = 0; v < count; v++) {
        if (t->state[v] != NEEDED)
            continue;
        struct fraction *f = malloc(sizeof *f);
        if (!f)
            return false;
        mpq_inits(f->q, f->r, (mpq_ptr)0);
        const bool good = evaluate(t, v, f) && is_small(f->q) && is_small(f->r);
        t->state[v] = good ? KNOWN : OTHER;
        if (good)
            t->known[v] = f;
        else
            drop(f);
    }
    return true;
}

/* Bits of a number without its last zeros. */
static size_t significant_bits(mpz_srcptr z)
{
    return mpz_sgn(z) == 0 ? 0 : mpz_sizeinbase(z, 2) - mpz_scan1(z, 0);
}

/* Makes out the point f, if that is a number and fits. */
static void set_point(const struct fraction *f, struct vjp_real *out)
{
    mpz_srcptr denominator = mpq_denref(f->q);
    mpfr_ptr point = &out->ends->left;
    if (!is_plain(f) || significant_bits(denominator) != 1 ||
        significant_bits(mpq_numref(f->q)) > (size_t)mpfr_get_prec(point))
        return;
    mpfr_set_z_2exp(point, mpq_numref(f->q), -(mpfr_exp_t)mpz_scan1(denominator, 0), MPFR_RNDN);
    out->point = true;
}

static bool is_open(const struct vjp_real *value, mpfr_ptr scratch)
{
    return value->kind == VJP_REAL_FINITE && !value->point && !value->set &&
           !vjp_round_to_odd(scratch, value);
}

enum vjp_status vjp_rational_settle(const struct vjp_tape *tape, const int64_t *nodes,
                                    int64_t count, struct vjp_real *out, struct vjp_error *error)
{
    struct rationals t = {.tape = tape};
    int64_t last = -1; /* of the nodes that are open */
    mpfr_t scratch;
    mpfr_init2(scratch, VJP_ODD_PRECISION);
    for (int64_t i = 0; i < count; i++) {
        if (nodes[i] > last && is_open(&out[i], scratch))
            last = nodes[i];
    }
    bool complete = true;
    if (last >= 0) {
        t.state = calloc((size_t)last + 1, sizeof *t.state);
        t.known = calloc((size_t)last + 1, sizeof(struct fraction *));
        complete = t.state && t.known;
    }
    for (int64_t i = 0; complete && i < count && last >= 0; i++) {
        if (nodes[i] != VJP_NO_NODE && is_open(&out[i], scratch))
            t.state[nodes[i]] = NEEDED;
    }
    if (complete && last >= 0) {
        spread(&t, last + 1);
        complete = evaluate_needed(&t, last + 1);
    }
    for (int64_t i = 0; complete && i < count && last >= 0; i++) {
        if (is_open(&out[i], scratch) && known(&t, nodes[i]))
            set_point(known(&t, nodes[i]), &out[i]);
    }
    for (int64_t v = 0; t.known && v <= last; v++)
        drop(t.known[v]);
    free(t.known);
    free(t.state);
    mpfr_clear(scratch);
    return complete ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory for fractions");
}
