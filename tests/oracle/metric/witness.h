/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_METRIC_WITNESS_H
#define VJP_TESTS_ORACLE_METRIC_WITNESS_H

#include "oracle/metric/reference.h"
#include "tests/oracle/support.h"

#include <mpfr.h>

/* The slots of the linear layer by their definition, dx = dy w^T, dw = x^T dy, db = sum of dy over the
 * batch, summed by MPFR with so many bits that nothing is rounded: products of f64 have bits from
 * 2^-2148 up to 2^2048, and no test has 2^60 terms. */
#define EXACT_BITS 4300

/* Term i of an element: false past the last. */
static inline bool witness_term(const struct fixture *f, int slot, int64_t e, int64_t i, double *a,
                                double *b)
{
    const int64_t N = f->c.dim[0], D = f->c.dim[1], M = f->c.dim[2];
    if (i >= (slot == DX ? M : N))
        return false;
    if (slot == DX) {
        *a = value_of(f, DY, e / D * M + i);
        *b = value_of(f, W, e % D * M + i);
    } else if (slot == DW) {
        *a = value_of(f, X, i * D + e / M);
        *b = value_of(f, DY, i * M + e % M);
    } else {
        *a = value_of(f, DY, i * M + e);
        *b = 1;
    }
    return true;
}

/* out, of EXACT_BITS bits, is the element's exact value, and magnitude, where it is not NULL, the sum
 * of |terms|. False where a term is not finite: then *special is what IEEE 754 makes of it. */
static inline bool witness_sum(const struct fixture *f, int slot, int64_t e, mpfr_ptr out,
                               mpfr_ptr magnitude, double *special)
{
    double a, b;
    bool finite = true;
    mpfr_t term;
    mpfr_init2(term, 106);
    mpfr_set_zero(out, 1);
    if (magnitude)
        mpfr_set_zero(magnitude, 1);
    *special = 0;
    for (int64_t i = -1; i < 0 || witness_term(f, slot, e, i, &a, &b); i++) {
        if (i < 0) {
            a = f->c.accumulate ? value_of(f, slot, e) : 0;
            b = 1;
        }
        if (!isfinite(a) || !isfinite(b)) {
            finite = false;
            *special += a * b;
            continue;
        }
        mpfr_set_d(term, a, MPFR_RNDN);
        mpfr_mul_d(term, term, b, MPFR_RNDN);
        mpfr_add(out, out, term, MPFR_RNDN);
        mpfr_abs(term, term, MPFR_RNDN);
        if (magnitude)
            mpfr_add(magnitude, magnitude, term, MPFR_RNDN);
    }
    mpfr_clear(term);
    return finite;
}

/* The number behind a pattern without its sign; for infinity the next number that the format would
 * have. */
static inline void magnitude_of(mpfr_t out, enum vjp_dtype dtype, uint64_t bits)
{
    if (vjp_bits_is_inf(dtype, bits))
        mpfr_set_ui_2exp(out, 1, vjp_format(dtype)->emax + 1, MPFR_RNDN);
    else
        mpfr_set_d(out, vjp_bits_to_double(dtype, bits), MPFR_RNDN);
}

/* Whether bits is x rounded to nearest even, by what that means: x lies between the midpoints to both
 * neighbours, and on one of them only where the last bit is 0. Patterns without their sign are
 * ordered as the numbers are. */
static inline bool is_nearest(enum vjp_dtype dtype, uint64_t bits, mpfr_srcptr x)
{
    const uint64_t sign = UINT64_C(1) << (8 * vjp_format(dtype)->bytes - 1);
    const uint64_t own = bits & ~sign;
    if (vjp_bits_is_nan(dtype, bits) || (own != 0 && !(bits & sign) != !mpfr_signbit(x)))
        return false;
    mpfr_t number, other;
    mpfr_inits2(EXACT_BITS, number, other, (mpfr_ptr)0);
    magnitude_of(number, dtype, own);
    bool holds = true;
    for (int side = -1; side <= 1 && holds; side += 2) {
        if ((side < 0 && own == 0) || (side > 0 && vjp_bits_is_inf(dtype, own)))
            continue;
        magnitude_of(other, dtype, side < 0 ? own - 1 : own + 1);
        mpfr_add(other, other, number, MPFR_RNDN);
        mpfr_div_2ui(other, other, 1, MPFR_RNDN);
        const int order = side * mpfr_cmpabs(x, other);
        holds = order < 0 || (order == 0 && own % 2 == 0);
    }
    mpfr_clears(number, other, (mpfr_ptr)0);
    return holds;
}

static inline struct vjp_reference *reference_of(const struct fixture *f)
{
    struct vjp_error error = {""};
    struct vjp_reference *reference = NULL;
    cr_assert_eq(vjp_reference_create(&f->c, &f->data, ANY_SIDE, &reference, &error), VJP_OK, "%s",
                 error.text);
    return reference;
}

#endif
