/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/terms.h"

#include "oracle/tape/sweep.h"

#include <math.h>
#include <stdlib.h>

struct vjp_terms {
    const struct vjp_tape *tape;
    const long double *value;
    const bool *outside;
    bool *linear; /* by node: depends on such a leaf; sweeps go through nothing else */
    struct vjp_influence *influence;
    struct vjp_sweep *sweep; /* made when it is needed */
    mpfr_t term;
};

struct vjp_terms *vjp_terms_create(const struct vjp_tape *tape, const long double *value,
                                   const bool *outside)
{
    struct vjp_terms *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    *t = (struct vjp_terms){.tape = tape, .value = value, .outside = outside};
    mpfr_init2(t->term, VJP_SCALE_PRECISION);
    t->linear = calloc((size_t)vjp_tape_count(tape) + 1, sizeof *t->linear);
    for (int64_t v = 0; t->linear && v < vjp_tape_count(tape); v++) {
        const struct vjp_edge *edge;
        const int n = vjp_tape_edges(tape, v, &edge);
        t->linear[v] = outside[v];
        for (int e = 0; e < n && !t->linear[v]; e++)
            t->linear[v] = t->linear[edge[e].argument];
    }
    if (t->linear)
        t->influence = vjp_influence_create(tape, value, t->linear);
    if (!t->influence) {
        vjp_terms_destroy(t);
        return NULL;
    }
    return t;
}

void vjp_terms_destroy(struct vjp_terms *t)
{
    if (!t)
        return;
    mpfr_clear(t->term);
    free(t->linear);
    vjp_influence_destroy(t->influence);
    vjp_sweep_destroy(t->sweep);
    free(t);
}

/* A term of S, rounded up. */
static void add_term(struct vjp_terms *t, struct vjp_gradient *g, int64_t j, mpfr_srcptr entry,
                     int64_t leaf)
{
    mpfr_abs(t->term, entry, MPFR_RNDU);
    const struct vjp_real *value = vjp_tape_value(t->tape, leaf);
    if (value->kind != VJP_REAL_FINITE)
        return;
    if (mpfr_signbit(vjp_real_low(value)))
        mpfr_neg(t->term, t->term, MPFR_RNDU);
    mpfr_mul(t->term, t->term, vjp_real_low(value), MPFR_RNDU); /* a leaf is a point */
    mpfr_add(&g->scale[j], &g->scale[j], t->term, MPFR_RNDU);
}

/* S and k of element j, whose node is given, by enclosures: as narrow as the tape's precision has them. */
static enum vjp_status enclose_terms(struct vjp_terms *t, struct vjp_gradient *g, int64_t j,
                                     int64_t node, struct vjp_error *error)
{
    const int64_t *reached;
    if (!t->sweep)
        t->sweep = vjp_sweep_create(t->tape);
    if (!t->sweep)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for an error analysis");
    const enum vjp_status status = vjp_sweep_reverse(t->sweep, node, error);
    if (status != VJP_OK)
        return status;
    const int64_t count = vjp_sweep_reached(t->sweep, &reached);
    mpfr_set_zero(&g->scale[j], 1);
    g->terms[j] = 0;
    for (int64_t i = 0; i < count; i++) {
        const struct vjp_real *entry = vjp_sweep_derivative(t->sweep, reached[i]);
        if (!t->outside[reached[i]] || entry->kind != VJP_REAL_FINITE || vjp_real_is_zero(entry) ||
            t->value[reached[i]] == 0)
            continue;
        mpfr_srcptr low = vjp_real_low(entry), high = vjp_real_high(entry);
        add_term(t, g, j, mpfr_cmpabs(low, high) > 0 ? low : high, reached[i]);
        g->terms[j] += !vjp_real_holds_zero(entry);
    }
    return VJP_OK;
}

/* S of an element must be as good as this, or it is enclosed. */
#define SCALE_BITS 20

/* What is added up for S of an element in plain arithmetic. */
struct plain_sum {
    long double sum, error;
    int64_t terms;
};

/* S and k of the elements j[0] .. j[n - 1] of g, whose nodes are given: of all that a sweep from them
 * reaches the leaves that the program is linear in. A sum of k numbers >= 0, rounded to 64 bits in each of
 * its additions and products, is off by less than 2 k 2^-64 of itself, which is made good with the errors of
 * the entries. */
enum vjp_status vjp_terms_measure(struct vjp_terms *t, struct vjp_gradient *g, const int64_t *j,
                                  const int64_t *node, int n, struct vjp_error *error)
{
    const int64_t *reached;
    vjp_influence_sweep(t->influence, node, n);
    const int64_t count = vjp_influence_reached(t->influence, &reached);
    struct plain_sum plain[VJP_LANES] = {{0}};
    enum vjp_status status = VJP_OK;
    for (int64_t i = 0; i < count; i++) {
        const int64_t v = reached[i];
        if (!t->outside[v])
            continue;
        const unsigned lanes = vjp_influence_lanes(t->influence, v);
        const long double size = fabsl(t->value[v]);
        for (int l = 0; l < n; l++) {
            const long double term =
                lanes >> l & 1 ? vjp_influence_of(t->influence, l, v) * size : 0;
            if (!isfinite(term) || !(lanes >> l & 1))
                continue;
            plain[l].sum += term;
            plain[l].error += vjp_influence_error(t->influence, l, v) * size;
            plain[l].terms += term != 0;
        }
    }
    for (int l = 0; l < n && status == VJP_OK; l++) {
        const struct plain_sum *p = &plain[l];
        g->terms[j[l]] = p->terms;
        mpfr_set_ld(&g->scale[j[l]],
                    p->sum + p->error + p->sum * ldexpl((long double)p->terms, -62), MPFR_RNDU);
        if (!(p->error <= ldexpl(p->sum, -SCALE_BITS)))
            status = enclose_terms(t, g, j[l], node[l], error);
    }
    return status;
}
