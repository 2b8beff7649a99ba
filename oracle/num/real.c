/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/real.h"

#include "oracle/num/real_parts.h"

#include <math.h>
#include <stdlib.h>

void vjp_real_init(struct vjp_real *r, mpfr_prec_t precision)
{
    mpfi_init2(r->ends, precision);
    vjp_real_set_si(r, 0);
}

void vjp_real_clear(struct vjp_real *r)
{
    mpfi_clear(r->ends);
}

bool vjp_real_init_in(struct vjp_real *r, mpfr_prec_t precision, struct vjp_limbs *limbs)
{
    if (!vjp_limbs_init_number(limbs, &r->ends->left, precision) ||
        !vjp_limbs_init_number(limbs, &r->ends->right, precision))
        return false;
    r->kind = VJP_REAL_FINITE;
    r->point = true;
    r->set = false;
    return true;
}

struct vjp_real *vjp_reals_create(int64_t count, mpfr_prec_t precision, struct vjp_limbs *limbs)
{
    struct vjp_real *reals = calloc((size_t)(count > 0 ? count : 1), sizeof *reals);
    for (int64_t i = 0; reals && i < count; i++) {
        if (!vjp_real_init_in(&reals[i], precision, limbs)) {
            free(reals);
            return NULL;
        }
    }
    return reals;
}

void vjp_real_set(struct vjp_real *out, const struct vjp_real *a)
{
    if (a->kind != VJP_REAL_FINITE) {
        vjp_real_make(out, a->kind);
        return;
    }
    const bool set = a->set;
    const int low = mpfr_set(&out->ends->left, &a->ends->left, MPFR_RNDD);
    if (a->point) {
        vjp_real_settle_rounded_down(out, low); /* inexact where out has fewer bits than a */
        out->set = set;
        return;
    }
    mpfr_set(&out->ends->right, &a->ends->right, MPFR_RNDU);
    vjp_real_settle(out, set);
}

void vjp_real_set_si(struct vjp_real *out, long value)
{
    mpfr_set_si(&out->ends->left, value, MPFR_RNDN);
    out->kind = VJP_REAL_FINITE;
    out->point = true;
    out->set = false;
}

void vjp_real_set_bits(struct vjp_real *out, enum vjp_dtype dtype, uint64_t bits)
{
    vjp_real_set_si(out, 0);
    if (vjp_bits_is_nan(dtype, bits))
        vjp_real_make(out, VJP_REAL_NAN);
    else if (vjp_bits_is_inf(dtype, bits))
        vjp_real_make(out, vjp_bits_is_negative(dtype, bits) ? VJP_REAL_NEG_INF : VJP_REAL_POS_INF);
    else if (!vjp_bits_is_zero(dtype, bits))
        mpfr_set_d(&out->ends->left, vjp_bits_to_double(dtype, bits), MPFR_RNDN);
}

void vjp_real_set_range(struct vjp_real *out, long low, long high)
{
    mpfr_set_si(&out->ends->left, low, MPFR_RNDD);
    mpfr_set_si(&out->ends->right, high, MPFR_RNDU);
    vjp_real_settle(out, low != high);
}

void vjp_real_set_ratio(struct vjp_real *out, long a, long b)
{
    struct vjp_scratch numerator;
    vjp_scratch_init(&numerator, 64);
    mpfr_set_si(numerator.x, a, MPFR_RNDN); /* exact */
    vjp_real_settle_rounded_down(out, mpfr_div_si(&out->ends->left, numerator.x, b, MPFR_RNDD));
    vjp_scratch_clear(&numerator);
}

long double vjp_real_get_ld(const struct vjp_real *r)
{
    if (r->kind != VJP_REAL_FINITE)
        return r->kind == VJP_REAL_POS_INF   ? (long double)INFINITY
               : r->kind == VJP_REAL_NEG_INF ? -(long double)INFINITY
                                             : (long double)NAN;
    if (r->point)
        return mpfr_get_ld(&r->ends->left, MPFR_RNDN);
    struct vjp_scratch middle;
    vjp_scratch_init(&middle, 64); /* what a long double holds */
    mpfr_add(middle.x, &r->ends->left, &r->ends->right, MPFR_RNDN);
    mpfr_div_2ui(middle.x, middle.x, 1, MPFR_RNDN);
    const long double value = mpfr_get_ld(middle.x, MPFR_RNDN);
    vjp_scratch_clear(&middle);
    return value;
}

bool vjp_real_is_identical(const struct vjp_real *a, const struct vjp_real *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind != VJP_REAL_FINITE ||
           (a->set == b->set && mpfr_equal_p(vjp_real_low(a), vjp_real_low(b)) &&
            mpfr_equal_p(vjp_real_high(a), vjp_real_high(b)));
}

bool vjp_real_overlaps(const struct vjp_real *a, const struct vjp_real *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind != VJP_REAL_FINITE || (mpfr_lessequal_p(vjp_real_low(a), vjp_real_high(b)) &&
                                          mpfr_lessequal_p(vjp_real_low(b), vjp_real_high(a)));
}
