/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_NUM_BALL_H
#define VJP_TESTS_ORACLE_NUM_BALL_H

#include <stdbool.h>

#include <mpfr.h>

#include <arb.h>
#include <arb_hypgeom.h>

/* FLINT's balls as witnesses: they hold the exact number, and are made without MPFR. */

static inline void ball_set(arb_ptr out, mpfr_srcptr x)
{
    arf_set_mpfr(arb_midref(out), x); /* exact */
    mag_zero(arb_radref(out));
}

/* The sign of bound - x, where bound is the lowest (side < 0) or highest number of the ball, itself
 * rounded outward. */
static inline int ball_compare(arb_srcptr ball, int side, mpfr_srcptr x)
{
    arf_t bound, other;
    arf_init(bound);
    arf_init(other);
    arf_set_mpfr(other, x);
    if (side < 0)
        arb_get_lbound_arf(bound, ball, 6000);
    else
        arb_get_ubound_arf(bound, ball, 6000);
    const int order = arf_cmp(bound, other);
    arf_clear(bound);
    arf_clear(other);
    return order;
}

/* Whether [low, high] and the ball have a number in common. */
static inline bool ball_meets(arb_srcptr ball, mpfr_srcptr low, mpfr_srcptr high)
{
    return ball_compare(ball, 1, low) >= 0 && ball_compare(ball, -1, high) <= 0;
}

/* The functions that FLINT has not, or not under that name. */

static inline void ball_rsqrt(arb_t out, const arb_t x, slong bits)
{
    arb_rsqrt(out, x, bits);
}

static inline void ball_erf(arb_t out, const arb_t x, slong bits)
{
    arb_hypgeom_erf(out, x, bits);
}

/* Where exp(-|x|) is so small that FLINT's hyperbolic cosine and logarithm run out of exponents. */
static inline bool ball_is_large(const arb_t x)
{
    return arf_cmpabs_2exp_si(arb_midref(x), 13) > 0;
}

static inline void ball_decay(arb_t out, const arb_t x, slong bits)
{
    arb_abs(out, x);
    arb_neg(out, out);
    arb_exp(out, out, bits);
}

/* exp(x / 2) / (2 cosh(x / 2)); for large x by e = exp(-|x|). */
static inline void ball_sigmoid(arb_t out, const arb_t x, slong bits)
{
    const bool negative = arf_sgn(arb_midref(x)) < 0;
    arb_t numerator, divisor;
    arb_init(numerator);
    arb_init(divisor);
    if (ball_is_large(x)) {
        ball_decay(numerator, x, bits);
        arb_add_si(divisor, numerator, 1, bits);
        if (!negative)
            arb_one(numerator);
    } else {
        arb_mul_2exp_si(numerator, x, -1);
        arb_cosh(divisor, numerator, bits);
        arb_mul_2exp_si(divisor, divisor, 1);
        arb_exp(numerator, numerator, bits);
    }
    arb_div(out, numerator, divisor, bits);
    arb_clear(numerator);
    arb_clear(divisor);
}

/* (x + |x|) / 2 + log(1 + e), e = exp(-|x|); for large x the logarithm is e, less at most e e / 2. */
static inline void ball_softplus(arb_t out, const arb_t x, slong bits)
{
    arb_t e, error;
    arb_init(e);
    arb_init(error);
    ball_decay(e, x, bits);
    if (ball_is_large(x)) {
        arb_mul(error, e, e, bits);
        arb_add_error(e, error);
    } else {
        arb_log1p(e, e, bits);
    }
    if (arf_sgn(arb_midref(x)) > 0)
        arb_add(out, x, e, bits);
    else
        arb_set(out, e);
    arb_clear(e);
    arb_clear(error);
}

#endif
