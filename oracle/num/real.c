/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/real.h"

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
    out->kind = a->kind;
    out->point = a->point;
    if (a->kind != VJP_REAL_FINITE)
        return;
    const int low = mpfr_set(&out->ends->left, &a->ends->left, MPFR_RNDD);
    if (a->point && low != 0) { /* out has fewer bits than a */
        mpfr_set(&out->ends->right, &a->ends->left, MPFR_RNDU);
        out->point = false;
    } else if (!a->point) {
        mpfr_set(&out->ends->right, &a->ends->right, MPFR_RNDU);
    }
}

void vjp_real_set_si(struct vjp_real *out, long value)
{
    mpfr_set_si(&out->ends->left, value, MPFR_RNDN);
    out->kind = VJP_REAL_FINITE;
    out->point = true;
}

void vjp_real_set_bits(struct vjp_real *out, enum vjp_dtype dtype, uint64_t bits)
{
    vjp_real_set_si(out, 0);
    if (vjp_bits_is_nan(dtype, bits))
        out->kind = VJP_REAL_NAN;
    else if (vjp_bits_is_inf(dtype, bits))
        out->kind = vjp_bits_is_negative(dtype, bits) ? VJP_REAL_NEG_INF : VJP_REAL_POS_INF;
    else if (!vjp_bits_is_zero(dtype, bits))
        mpfr_set_d(&out->ends->left, vjp_bits_to_double(dtype, bits), MPFR_RNDN);
}

/* Gives a point both ends, as MPFI's functions want them. */
static void expand(const struct vjp_real *r, mpfi_ptr out)
{
    mpfr_set(&out->left, vjp_real_low(r), MPFR_RNDD);
    mpfr_set(&out->right, vjp_real_high(r), MPFR_RNDU);
}

/* The general case of a binary operation, through MPFI. The result takes a detour: MPFI may give a
 * number other memory, which one that lies in limbs does not allow. */
static void through_mpfi(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b,
                         int (*operation)(mpfi_ptr, mpfi_srcptr, mpfi_srcptr))
{
    mpfi_t u, v, result;
    mpfi_init2(u, mpfr_get_prec(vjp_real_low(a)));
    mpfi_init2(v, mpfr_get_prec(vjp_real_low(b)));
    mpfi_init2(result, mpfr_get_prec(&out->ends->left));
    expand(a, u);
    expand(b, v);
    operation(result, u, v);
    mpfr_set(&out->ends->left, &result->left, MPFR_RNDD);
    mpfr_set(&out->ends->right, &result->right, MPFR_RNDU);
    out->kind = VJP_REAL_FINITE;
    out->point = mpfr_equal_p(&out->ends->left, &out->ends->right) != 0;
    mpfi_clear(u);
    mpfi_clear(v);
    mpfi_clear(result);
}

/* The case of two points: one operation, and a second one only where the first was inexact. */
static void through_mpfr(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b,
                         int (*operation)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t))
{
    /* The upper end first: out may be a or b, and their right ends are not in use. */
    const int inexact = operation(&out->ends->right, &a->ends->left, &b->ends->left, MPFR_RNDU);
    if (inexact)
        operation(&out->ends->left, &a->ends->left, &b->ends->left, MPFR_RNDD);
    else
        mpfr_swap(&out->ends->left, &out->ends->right);
    out->kind = VJP_REAL_FINITE;
    out->point = inexact == 0;
}

static bool is_infinite(const struct vjp_real *r)
{
    return r->kind == VJP_REAL_POS_INF || r->kind == VJP_REAL_NEG_INF;
}

void vjp_real_add(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    if (a->kind == VJP_REAL_FINITE && b->kind == VJP_REAL_FINITE) {
        if (a->point && b->point)
            through_mpfr(out, a, b, mpfr_add);
        else
            through_mpfi(out, a, b, mpfi_add);
    } else if (a->kind == VJP_REAL_NAN || b->kind == VJP_REAL_NAN) {
        out->kind = VJP_REAL_NAN;
    } else if (a->kind == VJP_REAL_UNKNOWN || b->kind == VJP_REAL_UNKNOWN) {
        out->kind = VJP_REAL_UNKNOWN;
    } else if (is_infinite(a) && is_infinite(b)) {
        out->kind = a->kind == b->kind ? a->kind : VJP_REAL_NAN;
    } else {
        out->kind = is_infinite(a) ? a->kind : b->kind;
    }
}

/* 1 or -1 where every number of the enclosure has that sign, 0 for the point zero, 2 otherwise. */
static int sign(const struct vjp_real *r)
{
    if (r->kind != VJP_REAL_FINITE)
        return r->kind == VJP_REAL_POS_INF ? 1 : -1;
    const int low = mpfr_sgn(vjp_real_low(r));
    const int high = mpfr_sgn(vjp_real_high(r));
    return low == high ? low : 2;
}

void vjp_real_mul(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    if (a->kind == VJP_REAL_FINITE && b->kind == VJP_REAL_FINITE) {
        if (a->point && b->point)
            through_mpfr(out, a, b, mpfr_mul);
        else
            through_mpfi(out, a, b, mpfi_mul);
    } else if (a->kind == VJP_REAL_NAN || b->kind == VJP_REAL_NAN) {
        out->kind = VJP_REAL_NAN;
    } else if (a->kind == VJP_REAL_UNKNOWN || b->kind == VJP_REAL_UNKNOWN) {
        out->kind = VJP_REAL_UNKNOWN;
    } else if (sign(a) == 2 || sign(b) == 2) {
        out->kind = VJP_REAL_UNKNOWN;
    } else if (sign(a) == 0 || sign(b) == 0) {
        out->kind = VJP_REAL_NAN; /* 0 * infinity */
    } else {
        out->kind = sign(a) == sign(b) ? VJP_REAL_POS_INF : VJP_REAL_NEG_INF;
    }
}

bool vjp_real_is_identical(const struct vjp_real *a, const struct vjp_real *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind != VJP_REAL_FINITE || (mpfr_equal_p(vjp_real_low(a), vjp_real_low(b)) &&
                                          mpfr_equal_p(vjp_real_high(a), vjp_real_high(b)));
}

bool vjp_real_overlaps(const struct vjp_real *a, const struct vjp_real *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind != VJP_REAL_FINITE || (mpfr_lessequal_p(vjp_real_low(a), vjp_real_high(b)) &&
                                          mpfr_lessequal_p(vjp_real_low(b), vjp_real_high(a)));
}
