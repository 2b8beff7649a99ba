/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/real.h"

#include "oracle/num/real_parts.h"

#include <math.h>

/* What a function has at an infinity. */
struct limit {
    enum vjp_real_kind kind;
    int value; /* of a finite limit */
};

#define LIMIT_NONE                                                                                 \
    {                                                                                              \
        VJP_REAL_NAN, 0                                                                            \
    }
#define LIMIT_INF                                                                                  \
    {                                                                                              \
        VJP_REAL_POS_INF, 0                                                                        \
    }
#define LIMIT(number)                                                                              \
    {                                                                                              \
        VJP_REAL_FINITE, number                                                                    \
    }

struct limits {
    struct limit at_minus_inf, at_plus_inf;
};

/* Whether the argument is not finite; then that is what out becomes. */
static bool is_special(struct vjp_real *out, const struct vjp_real *a, struct limits limits)
{
    if (a->kind == VJP_REAL_FINITE)
        return false;
    if (a->kind == VJP_REAL_NAN || a->kind == VJP_REAL_UNKNOWN) {
        vjp_real_make(out, a->kind);
        return true;
    }
    const struct limit limit =
        a->kind == VJP_REAL_POS_INF ? limits.at_plus_inf : limits.at_minus_inf;
    if (limit.kind == VJP_REAL_FINITE)
        vjp_real_set_si(out, limit.value);
    else
        vjp_real_make(out, limit.kind);
    return true;
}

/* Whether a finite argument reaches out of a domain that begins at 0; then that is what out becomes. A
 * function that has a limit at 0 and is no number there has its kind at_zero. */
static bool is_outside(struct vjp_real *out, const struct vjp_real *a, enum vjp_real_kind at_zero)
{
    const int low = mpfr_sgn(vjp_real_low(a));
    const int high = mpfr_sgn(vjp_real_high(a));
    if (low > 0 || (low == 0 && at_zero == VJP_REAL_FINITE))
        return false;
    if (high < 0)
        vjp_real_make(out, VJP_REAL_NAN);
    else if (low == 0 && high == 0)
        vjp_real_make(out, at_zero);
    else
        vjp_real_make(out, VJP_REAL_UNKNOWN);
    return true;
}

/* An increasing function takes ends to ends, and MPFR rounds it correctly. */
static void increasing(struct vjp_real *out, const struct vjp_real *a,
                       int (*function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t))
{
    if (a->point) {
        vjp_real_settle_rounded_down(out, function(&out->ends->left, &a->ends->left, MPFR_RNDD));
        return;
    }
    const bool set = a->set;
    function(&out->ends->left, &a->ends->left, MPFR_RNDD);
    function(&out->ends->right, &a->ends->right, MPFR_RNDU);
    vjp_real_settle(out, set);
}

void vjp_real_sqrt(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT_NONE, LIMIT_INF};
    if (!is_special(out, a, limits) && !is_outside(out, a, VJP_REAL_FINITE))
        increasing(out, a, mpfr_sqrt);
}

void vjp_real_rsqrt(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT_NONE, LIMIT(0)};
    if (is_special(out, a, limits) || is_outside(out, a, VJP_REAL_POS_INF))
        return;
    if (a->point) {
        vjp_real_settle_rounded_down(out,
                                     mpfr_rec_sqrt(&out->ends->left, &a->ends->left, MPFR_RNDD));
        return;
    }
    /* Decreasing: it exchanges the ends. Each is written over the one it came of. */
    const bool set = a->set;
    mpfr_rec_sqrt(&out->ends->left, &a->ends->left, MPFR_RNDU);
    mpfr_rec_sqrt(&out->ends->right, &a->ends->right, MPFR_RNDD);
    mpfr_swap(&out->ends->left, &out->ends->right); /* both are out's own */
    vjp_real_settle(out, set);
}

void vjp_real_exp(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT(0), LIMIT_INF};
    if (!is_special(out, a, limits))
        increasing(out, a, mpfr_exp);
}

void vjp_real_log(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT_NONE, LIMIT_INF};
    if (!is_special(out, a, limits) && !is_outside(out, a, VJP_REAL_NEG_INF))
        increasing(out, a, mpfr_log);
}

void vjp_real_log1p(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT_NONE, LIMIT_INF};
    if (is_special(out, a, limits))
        return;
    if (mpfr_cmp_si(vjp_real_low(a), -1) > 0)
        increasing(out, a, mpfr_log1p);
    else if (mpfr_cmp_si(vjp_real_high(a), -1) < 0)
        vjp_real_make(out, VJP_REAL_NAN);
    else
        vjp_real_make(out, a->point ? VJP_REAL_NEG_INF : VJP_REAL_UNKNOWN);
}

void vjp_real_tanh(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT(-1), LIMIT(1)};
    if (!is_special(out, a, limits))
        increasing(out, a, mpfr_tanh);
}

/* From here on erf is computed as 1 - erfc: mpfr_erf takes milliseconds at 2048 bits for arguments
 * around 20, mpfr_erfc with a few bits takes none. */
#define ERF_LARGE 4

/* A bound of erf(a), |a| >= ERF_LARGE, from the side of rounding. With t = erfc(|a|), erf(|a|) = 1 - t,
 * which falls as t grows: t is rounded against the bound's side and the difference to it. Since
 * t < exp(-a^2), as many bits of t are enough as the result has below exp(-a^2): a relative error of
 * 2^-bits in t is less than one of 2^-(precision + 16) in 1 - t. out may be a. */
static void erf_bound(mpfr_ptr out, mpfr_srcptr a, mpfr_rnd_t rounding)
{
    const double size = fabs(mpfr_get_d(a, MPFR_RNDZ));
    const double below = size < 1e6 ? floor(size * size / log(2)) - 1 : 1e12;
    const double bits = (double)mpfr_get_prec(out) + 16 - below;
    const bool negative = mpfr_sgn(a) < 0;
    const bool outward = (rounding == MPFR_RNDU) != negative; /* the magnitude is rounded up */
    struct vjp_scratch argument, t;
    vjp_scratch_init(&argument, mpfr_get_prec(a));
    vjp_scratch_init(&t, bits > 32 ? (mpfr_prec_t)bits : 32);
    mpfr_abs(argument.x, a, MPFR_RNDN); /* exact */
    mpfr_erfc(t.x, argument.x, outward ? MPFR_RNDD : MPFR_RNDU);
    mpfr_ui_sub(out, 1, t.x, outward ? MPFR_RNDU : MPFR_RNDD);
    if (negative)
        mpfr_neg(out, out, MPFR_RNDN);
    vjp_scratch_clear(&t);
    vjp_scratch_clear(&argument);
}

/* erf increases. Where both ends are large the right one first: a point's only end is its left one. */
void vjp_real_erf(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT(-1), LIMIT(1)};
    if (is_special(out, a, limits))
        return;
    if (mpfr_cmp_si(vjp_real_low(a), ERF_LARGE) < 0 &&
        mpfr_cmp_si(vjp_real_high(a), -ERF_LARGE) > 0) {
        increasing(out, a, mpfr_erf);
        return;
    }
    const bool set = a->set;
    erf_bound(&out->ends->right, vjp_real_high(a), MPFR_RNDU);
    erf_bound(&out->ends->left, vjp_real_low(a), MPFR_RNDD);
    vjp_real_settle(out, set);
}

/* low <= exp(-|a|) <= high, neighbours or equal. An exponent too small for MPFR gives low = 0. */
struct decay {
    struct vjp_scratch low, high;
};

/* Sigmoid and softplus are made of exp(-|a|), which is at most 1: nothing overflows. With GUARD bits
 * more than the result has, the enclosure of exp(-|a|) is narrow beside one unit in the last place of
 * the result, and its ends are mostly the result's neighbours. */
#define GUARD 16

static void decay_init(struct decay *d, mpfr_srcptr a, mpfr_prec_t precision)
{
    struct vjp_scratch argument;
    vjp_scratch_init(&argument, mpfr_get_prec(a));
    vjp_scratch_init(&d->low, precision + GUARD);
    vjp_scratch_init(&d->high, precision + GUARD);
    mpfr_abs(argument.x, a, MPFR_RNDN); /* exact */
    mpfr_neg(argument.x, argument.x, MPFR_RNDN);
    const int inexact = mpfr_exp(d->low.x, argument.x, MPFR_RNDD);
    mpfr_set(d->high.x, d->low.x, MPFR_RNDU);
    if (inexact)
        mpfr_nextabove(d->high.x);
    vjp_scratch_clear(&argument);
}

static void decay_clear(struct decay *d)
{
    vjp_scratch_clear(&d->low);
    vjp_scratch_clear(&d->high);
}

/* A bound of the sigmoid of a from the side of rounding: below for MPFR_RNDD, above for MPFR_RNDU.
 * With e = exp(-|a|) it is
 *
 *     1 / (1 + e)  for a >= 0, which falls as e grows: a bound below takes e rounded up;
 *     e / (1 + e)  for a < 0, which grows with e: a bound below takes e rounded down.
 *
 * The divisor is rounded against the bound's side and the quotient to it, so every step moves the
 * bound outward. With w bits for e and for 1 + e, all positive, their relative errors are below
 * 2^(1-w) each, and both functions have a relative condition of at most 1 in e and 1 in the divisor:
 * before its last rounding the bound is off by less than 2^(2-w) of the value and a little. out may be
 * a. */
static void sigmoid_bound(mpfr_ptr out, mpfr_srcptr a, const struct decay *d, mpfr_rnd_t rounding)
{
    const bool below = rounding == MPFR_RNDD;
    const bool negative = mpfr_sgn(a) < 0;
    mpfr_srcptr e = below == negative ? d->low.x : d->high.x;
    struct vjp_scratch divisor;
    vjp_scratch_init(&divisor, mpfr_get_prec(e));
    mpfr_add_ui(divisor.x, e, 1, below ? MPFR_RNDU : MPFR_RNDD);
    if (negative)
        mpfr_div(out, e, divisor.x, rounding);
    else
        mpfr_ui_div(out, 1, divisor.x, rounding);
    vjp_scratch_clear(&divisor);
}

/* The same for softplus: with e = exp(-|a|) it is log(1 + e), for a > 0 with a added. All of it grows
 * with e, so every step is rounded to the bound's side. MPFR rounds log1p correctly; its relative
 * condition e / ((1 + e) log(1 + e)) is at most 1, and the sum is of positive numbers: before its last
 * rounding the bound is off by less than 2^(2-w) of the value and a little. out may be a. */
static void softplus_bound(mpfr_ptr out, mpfr_srcptr a, const struct decay *d, mpfr_rnd_t rounding)
{
    mpfr_srcptr e = rounding == MPFR_RNDD ? d->low.x : d->high.x;
    if (mpfr_sgn(a) <= 0) {
        mpfr_log1p(out, e, rounding);
        return;
    }
    struct vjp_scratch logarithm;
    vjp_scratch_init(&logarithm, mpfr_get_prec(e));
    mpfr_log1p(logarithm.x, e, rounding);
    mpfr_add(out, a, logarithm.x, rounding);
    vjp_scratch_clear(&logarithm);
}

/* An increasing function by its bounds. The right end first: a point's only end is its left one. */
static void by_bounds(struct vjp_real *out, const struct vjp_real *a,
                      void (*bound)(mpfr_ptr, mpfr_srcptr, const struct decay *, mpfr_rnd_t))
{
    const mpfr_prec_t precision = mpfr_get_prec(&out->ends->left);
    const bool set = a->set, point = a->point;
    struct decay d;
    decay_init(&d, vjp_real_high(a), precision);
    bound(&out->ends->right, vjp_real_high(a), &d, MPFR_RNDU);
    if (!point) {
        decay_clear(&d);
        decay_init(&d, vjp_real_low(a), precision);
    }
    bound(&out->ends->left, vjp_real_low(a), &d, MPFR_RNDD);
    decay_clear(&d);
    vjp_real_settle(out, set);
}

void vjp_real_sigmoid(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT(0), LIMIT(1)};
    if (!is_special(out, a, limits))
        by_bounds(out, a, sigmoid_bound);
}

void vjp_real_softplus(struct vjp_real *out, const struct vjp_real *a)
{
    const struct limits limits = {LIMIT(0), LIMIT_INF};
    if (!is_special(out, a, limits))
        by_bounds(out, a, softplus_bound);
}
