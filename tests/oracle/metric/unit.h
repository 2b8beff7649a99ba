/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_METRIC_UNIT_H
#define VJP_TESTS_ORACLE_METRIC_UNIT_H

#include "cases/base/dtype.h"
#include "tests/oracle/tally.h"

#include <string.h>

/* Kernels in software: arithmetic of any small format, and random ways to sum. Nothing of the oracle
 * is used. */

struct unit {
    int p, emin, emax;
    bool flushes;    /* some or all results below 2^emin become zero */
    uint64_t *state; /* of the random decisions */
};

static inline struct unit unit_of(enum vjp_dtype dtype, bool flushes, uint64_t *state)
{
    const struct vjp_format *f = vjp_format(dtype);
    return (struct unit){f->precision, f->emin, f->emax, flushes, state};
}

/* x rounded to nearest even in the unit's format. For p < 53, x may be a number of 53 bits that was
 * rounded to odd. The scaling by powers of two is exact, for emin - p >= -1022. */
static inline double unit_round(const struct unit *u, double x)
{
    int exponent;
    if (u->p >= 53 || x == 0 || !isfinite(x))
        return x;
    frexp(x, &exponent);
    const int quantum = (exponent - 1 > u->emin ? exponent - 1 : u->emin) - u->p + 1;
    const double rounded = ldexp(nearbyint(ldexp(x, -quantum)), quantum);
    return fabs(rounded) >= ldexp(1, u->emax + 1) ? copysign(INFINITY, x) : rounded;
}

static inline double unit_flush(const struct unit *u, double x)
{
    if (!u->flushes || !(fabs(x) < ldexp(1, u->emin)) || next_random(u->state) % 4 == 0)
        return x;
    return copysign(0.0, x);
}

/* a + b of doubles rounded to odd, by the error-free sum of Knuth; a double that is exact stays. */
static inline double add_to_odd(double a, double b)
{
    const double sum = a + b;
    if (!isfinite(sum))
        return sum;
    const double from_b = sum - a;
    const double error = (a - (sum - from_b)) + (b - from_b);
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if (error == 0 || bits % 2 == 1)
        return sum;
    return nextafter(sum, error > 0 ? (double)INFINITY : -(double)INFINITY);
}

/* For p <= 24 the product of two numbers is a double, and so is that of two operands. */
static inline double unit_mul(const struct unit *u, double a, double b)
{
    return unit_flush(u, unit_round(u, a * b));
}

static inline double unit_add(const struct unit *u, double a, double b)
{
    return unit_flush(u, u->p >= 53 ? a + b : unit_round(u, add_to_odd(a, b)));
}

static inline double unit_fma(const struct unit *u, double a, double b, double c)
{
    return unit_flush(u, u->p >= 53 ? fma(a, b, c) : unit_round(u, add_to_odd(a * b, c)));
}

/* One element: products a[i] b[i], and what was there before. */
#define SUM_MAX 80

struct sum {
    int64_t n;
    double a[SUM_MAX], b[SUM_MAX];
    bool has_old;
    double old;
};

/* The same kernel, whatever it is, would not take another way for each element: but any way is
 * allowed, so every element draws its own. style 0: products and sums in order; 1: a chain of FMA; 2
 * and above: a random tree over randomly chosen products and FMA. */
static inline double unit_sum(const struct unit *u, const struct sum *s, int style)
{
    double value[SUM_MAX + 1];
    int64_t pending[SUM_MAX], n = 0, left = s->n;
    if (s->has_old)
        value[n++] = s->old;
    for (int64_t i = 0; i < s->n; i++)
        pending[i] = s->n - 1 - i;
    while (left > 0 || n > 1) {
        const bool multiply = left > 0 && (style < 2 ? n < 2 : n < 2 || next_random(u->state) % 3);
        if (!multiply) {
            const int64_t to = style < 2 ? 0 : random_between(u->state, 0, n - 2);
            value[to] = unit_add(u, value[to], value[n - 1]);
            n--;
            continue;
        }
        const int64_t at = style < 2 ? left - 1 : random_between(u->state, 0, left - 1);
        const double a = s->a[pending[at]], b = s->b[pending[at]];
        pending[at] = pending[--left];
        if (n > 0 && (style == 1 || (style > 1 && next_random(u->state) % 2))) {
            const int64_t to = random_between(u->state, 0, n - 1);
            value[to] = unit_fma(u, a, b, value[to]);
        } else {
            value[n++] = unit_mul(u, a, b);
        }
    }
    return n > 0 ? value[0] : 0;
}

#endif
