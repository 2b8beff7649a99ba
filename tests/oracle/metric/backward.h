/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_METRIC_BACKWARD_H
#define VJP_TESTS_ORACLE_METRIC_BACKWARD_H

#include "tests/oracle/metric/unit.h"

/* Backward passes in software arithmetic, as authors of kernels write them: every sum in an order of
 * its own, with and without FMA, by quotients or by reciprocals. Nothing of the oracle is used. */

#define ROW_MAX 24 /* elements of a row */

struct machine {
    struct unit u;
    int ulps; /* what its elementary functions are off by at most, in u */
    /* The planted fault: one intermediate, where the kernel has it, is rounded to this format. */
    bool narrows;
    struct unit narrow;
};

static inline bool choose(const struct machine *m)
{
    return next_random(m->u.state) % 2 != 0;
}

static inline double m_mul(const struct machine *m, double a, double b)
{
    return unit_mul(&m->u, a, b);
}

static inline double m_add(const struct machine *m, double a, double b)
{
    return unit_add(&m->u, a, b);
}

static inline double m_fma(const struct machine *m, double a, double b, double c)
{
    return choose(m) ? unit_fma(&m->u, a, b, c) : m_add(m, m_mul(m, a, b), c);
}

/* With p <= 24 rounding the double once more changes nothing (Figueroa, see bound.c). */
static inline double m_div(const struct machine *m, double a, double b)
{
    if (choose(m))
        return m_mul(m, a, unit_flush(&m->u, unit_round(&m->u, 1 / b)));
    return unit_flush(&m->u, unit_round(&m->u, a / b));
}

static inline double m_sqrt(const struct machine *m, double a)
{
    return unit_round(&m->u, sqrt(a));
}

/* An elementary function that is good for ulps u: its value in double, up to (ulps - 1) u beside it,
 * rounded. */
static inline double m_function(const struct machine *m, double value)
{
    const double off = (double)random_between(m->u.state, -1000, 1000) / 1000 * (m->ulps - 1);
    return unit_flush(&m->u, unit_round(&m->u, value * (1 + ldexp(off, -m->u.p))));
}

/* A number that the source has as a literal. */
static inline double m_number(const struct machine *m, double value)
{
    return unit_round(&m->u, value);
}

static inline double m_spoil(const struct machine *m, double value)
{
    return m->narrows ? unit_round(&m->narrow, value) : value;
}

/* sum of a[i] b[i sb], in any order; b NULL: of a[i]. */
static inline double m_dot(const struct machine *m, int n, const double *a, int sa, const double *b,
                           int sb)
{
    struct sum s = {.n = n};
    for (int i = 0; i < n; i++) {
        s.a[i] = a[i * sa];
        s.b[i] = b ? b[i * sb] : 1;
    }
    return unit_sum(&m->u, &s, (int)random_between(m->u.state, 0, 5));
}

/* y = softmax of z; by a quotient, or as exp(z - m - log of the sum). */
static inline void m_softmax(const struct machine *m, int n, const double *z, double *y)
{
    double power[ROW_MAX], largest = z[0];
    for (int i = 1; i < n; i++)
        largest = fmax(largest, z[i]);
    for (int i = 0; i < n; i++)
        power[i] = m_function(m, exp(m_add(m, z[i], -largest)));
    const double sum = m_dot(m, n, power, 1, NULL, 0);
    const bool logarithm = choose(m);
    const double l = m_function(m, log(sum));
    for (int i = 0; i < n; i++)
        y[i] = m_spoil(m, logarithm ? m_function(m, exp(m_add(m, m_add(m, z[i], -largest), -l)))
                                    : m_div(m, power[i], sum));
}

/* dz = y (dy - y . dy) */
static inline void m_softmax_back(const struct machine *m, int n, const double *y, const double *dy,
                                  double *dz)
{
    const double sum = m_dot(m, n, y, 1, dy, 1);
    const bool apart = next_random(m->u.state) % 4 == 0;
    for (int i = 0; i < n; i++)
        dz[i] = apart ? m_fma(m, y[i], dy[i], -m_mul(m, y[i], sum))
                      : m_mul(m, y[i], m_add(m, dy[i], -sum));
}

/* mean and 1 / sqrt(variance + eps), in two passes. */
static inline void m_moments(const struct machine *m, int n, const double *x, double eps,
                             double *mean, double *rstd)
{
    double from[ROW_MAX];
    *mean = m_div(m, m_dot(m, n, x, 1, NULL, 0), n);
    for (int i = 0; i < n; i++)
        from[i] = m_add(m, x[i], -*mean);
    const double variance = m_div(m, m_dot(m, n, from, 1, from, 1), n);
    *rstd = unit_round(&m->u, 1 / m_sqrt(m, m_add(m, variance, m_number(m, eps))));
}

/* One row of layernorm: dx = r (g - mean of g - z mean of (g z)), g = dy w; or with the factor n drawn
 * out, as many libraries have it. z is written, too. */
static inline void m_layernorm_back(const struct machine *m, int n, const double *x,
                                    const double *w, const double *dy, double mean, double rstd,
                                    double *z, double *dx)
{
    double g[ROW_MAX];
    for (int i = 0; i < n; i++) {
        z[i] = m_spoil(m, m_mul(m, m_add(m, x[i], -mean), rstd));
        g[i] = m_mul(m, dy[i], w[i]);
    }
    const double sum = m_dot(m, n, g, 1, NULL, 0), with_z = m_dot(m, n, g, 1, z, 1);
    const bool outside = choose(m);
    const double factor = m_div(m, rstd, n), mean_g = m_div(m, sum, n),
                 mean_gz = m_div(m, with_z, n);
    for (int i = 0; i < n; i++) {
        if (outside)
            dx[i] = m_mul(m, factor, m_fma(m, -z[i], with_z, m_add(m, m_mul(m, g[i], n), -sum)));
        else
            dx[i] = m_mul(m, rstd, m_fma(m, -z[i], mean_gz, m_add(m, g[i], -mean_g)));
    }
}

/* dy (Phi + x phi), with Phi = (1 + erf(x / sqrt 2)) / 2, phi = exp(-x x / 2) / sqrt(2 pi). */
static inline double m_gelu_back(const struct machine *m, double x, double dy)
{
    const double scaled = m_mul(m, x, m_number(m, 0.70710678118654752440));
    const double phi = m_mul(m, m_function(m, exp(m_mul(m, m_mul(m, -0.5, x), x))),
                             m_number(m, 0.39894228040143267794));
    const double cdf = m_mul(m, 0.5, m_add(m, 1, m_spoil(m, m_function(m, erf(scaled)))));
    return m_mul(m, dy, m_fma(m, x, phi, cdf));
}

/* t = tanh(a (x + b x^3)): dy ((1 + t) / 2 + x / 2 (1 - t t) a (1 + 3 b x x)). */
static inline double m_gelu_tanh_back(const struct machine *m, double x, double dy)
{
    const double a = m_number(m, 0.79788456080286535588), b = m_number(m, 0.044715);
    const double xx = m_mul(m, x, x);
    const double t = m_spoil(m, m_function(m, tanh(m_mul(m, a, m_fma(m, b, m_mul(m, xx, x), x)))));
    const double slope = m_mul(m, a, m_fma(m, m_number(m, 3 * 0.044715), xx, 1));
    const double bell = m_fma(m, -t, t, 1);
    const double left = m_mul(m, 0.5, m_add(m, 1, t));
    return m_mul(m, dy, m_fma(m, m_mul(m, 0.5, x), m_mul(m, bell, slope), left));
}

#endif
