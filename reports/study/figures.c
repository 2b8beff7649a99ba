/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/figures.h"

#include <math.h>
#include <stdlib.h>

void vjp_gather_visit(void *env, const struct vjp_deviation *deviation)
{
    struct vjp_gather *g = env;
    if (deviation->kind == VJP_DEVIATION_OPEN) {
        g->open++;
        return;
    }
    if (g->count == g->capacity) {
        const int64_t capacity = g->capacity > 0 ? 2 * g->capacity : 1024;
        struct vjp_deviation *more = realloc(g->element, (size_t)capacity * sizeof *more);
        g->failed = g->failed || !more;
        if (!more)
            return;
        g->element = more;
        g->capacity = capacity;
    }
    g->element[g->count++] = *deviation;
}

void vjp_gather_clear(struct vjp_gather *gather)
{
    free(gather->element);
    *gather = (struct vjp_gather){0};
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The element of rank ceil(share n), from 1. share n is exact enough: 0.999 n is a whole number or far from it. */
static double rank(int64_t n, const double *sorted, double share, int64_t least)
{
    const int64_t at = (int64_t)ceil(share * (double)n - 1e-6) - 1;
    return n >= least ? sorted[at < 0 ? 0 : at] : (double)NAN;
}

struct vjp_quantiles vjp_quantiles_find(int64_t n, double *values)
{
    qsort(values, (size_t)n, sizeof *values, compare);
    return (struct vjp_quantiles){.p50 = rank(n, values, 0.5, 1),
                                  .p99 = rank(n, values, 0.99, 100),
                                  .p999 = rank(n, values, 0.999, 1000),
                                  .max = rank(n, values, 1, 1)};
}

static double divide(double a, double b)
{
    return a == 0 ? 0 : fabs(a) / fabs(b);
}

static double error_of(const struct vjp_deviation *d)
{
    return d->kind == VJP_DEVIATION_LOST ? (double)INFINITY : d->error;
}

static double ulp_of(const struct vjp_deviation *d)
{
    return d->kind == VJP_DEVIATION_LOST ? (double)INFINITY : d->ulp;
}

static double omega_of(const struct vjp_deviation *d)
{
    return divide(error_of(d), d->scale);
}

static double relative_of(const struct vjp_deviation *d)
{
    return divide(error_of(d), d->exact);
}

static double condition_of(const struct vjp_deviation *d)
{
    return divide(2 * d->scale, d->exact);
}

static struct vjp_quantiles quantiles_of(const struct vjp_gather *g, double *values,
                                         double (*value)(const struct vjp_deviation *d))
{
    for (int64_t i = 0; i < g->count; i++)
        values[i] = value(&g->element[i]);
    return vjp_quantiles_find(g->count, values);
}

/* Counts, shares, means. */
static void add_up(const struct vjp_gather *g, double u, struct vjp_figures *f)
{
    struct vjp_bias_sums up = {0}, toward_zero = {0};
    double terms = 0, squares = 0;
    int64_t correct = 0, faithful = 0;
    for (int64_t i = 0; i < g->count; i++) {
        const struct vjp_deviation *d = &g->element[i];
        const double omega = omega_of(d);
        f->lost += d->kind == VJP_DEVIATION_LOST;
        f->terms_min = i == 0 || d->terms < f->terms_min ? d->terms : f->terms_min;
        f->terms_max = d->terms > f->terms_max ? d->terms : f->terms_max;
        terms += (double)d->terms;
        squares += omega * omega;
        correct += d->kind == VJP_DEVIATION_KNOWN && d->correct;
        faithful += d->kind == VJP_DEVIATION_KNOWN && d->faithful;
        if (d->kind == VJP_DEVIATION_LOST || d->scale == 0)
            continue;
        const double error = d->error / (u * d->scale);
        vjp_bias_add(&up, error);
        if (d->exact != 0)
            vjp_bias_add(&toward_zero, d->exact > 0 ? -error : error);
    }
    const double n = (double)g->count;
    f->terms_mean = terms / n;
    f->omega_rms = sqrt(squares / n);
    f->correct = (double)correct / n;
    f->faithful = (double)faithful / n;
    f->up = vjp_bias_find(&up);
    f->toward_zero = vjp_bias_find(&toward_zero);
}

bool vjp_figures_find(const struct vjp_gather *gather, double u, struct vjp_figures *out)
{
    static const struct vjp_quantiles none = {NAN, NAN, NAN, NAN};
    struct vjp_figures f = {.elements = gather->count,
                            .open = gather->open,
                            .ulp = none,
                            .omega = none,
                            .relative = none,
                            .condition = none,
                            .omega_rms = NAN,
                            .up = {.p = 1},
                            .toward_zero = {.p = 1}};
    double *values = malloc((size_t)(gather->count + 1) * sizeof *values);
    if (!values || gather->failed) {
        free(values);
        return false;
    }
    if (gather->count > 0) {
        add_up(gather, u, &f);
        f.ulp = quantiles_of(gather, values, ulp_of);
        f.omega = quantiles_of(gather, values, omega_of);
        f.relative = quantiles_of(gather, values, relative_of);
        f.condition = quantiles_of(gather, values, condition_of);
    }
    free(values);
    *out = f;
    return true;
}
