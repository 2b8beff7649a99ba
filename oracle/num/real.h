/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_NUM_REAL_H
#define VJP_ORACLE_NUM_REAL_H

#include <stdbool.h>
#include <stdint.h>

#include <mpfi.h>

#include "cases/base/dtype.h"
#include "oracle/num/limbs.h"

/* A real number known through an enclosure, or what IEEE 754 has besides: the infinities and NaN,
 * with the rules of its arithmetic. Without UNKNOWN the rules for + are commutative and associative:
 * a sum has one kind whatever the order of its terms. The sign of a zero is not kept. */
enum vjp_real_kind {
    VJP_REAL_FINITE = 0,
    VJP_REAL_POS_INF,
    VJP_REAL_NEG_INF,
    VJP_REAL_NAN,
    VJP_REAL_UNKNOWN, /* infinity times an enclosure that holds zero and more: not determined */
};

/* Where the kind is FINITE and point is set, the number is exactly ends->left and ends->right is
 * not used; where point is not set it lies in [left, right]. Otherwise ends means nothing. Outside
 * of real.c use vjp_real_low and vjp_real_high. */
struct vjp_real {
    mpfi_t ends;
    enum vjp_real_kind kind;
    bool point;
};

/* Zero, with the precision in bits of every later result. */
void vjp_real_init(struct vjp_real *r, mpfr_prec_t precision);
void vjp_real_clear(struct vjp_real *r);

/* The same, in limbs: not to be cleared. False when memory ends. */
bool vjp_real_init_in(struct vjp_real *r, mpfr_prec_t precision, struct vjp_limbs *limbs);

/* An array of zeros for the heap, the elements in limbs; NULL when memory ends. Free it, and clear
 * limbs. */
struct vjp_real *vjp_reals_create(int64_t count, mpfr_prec_t precision, struct vjp_limbs *limbs);

void vjp_real_set(struct vjp_real *out, const struct vjp_real *a);

/* value must fit out's precision. */
void vjp_real_set_si(struct vjp_real *out, long value);

/* Exact at a precision of 53 bits or more: every value of the four formats is a double. */
void vjp_real_set_bits(struct vjp_real *out, enum vjp_dtype dtype, uint64_t bits);

/* Enclosures of a + b and a b, rounded outward to out's precision; out may be a or b. */
void vjp_real_add(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b);
void vjp_real_mul(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b);

/* The ends of the enclosure of a finite number. */
static inline mpfr_srcptr vjp_real_low(const struct vjp_real *r)
{
    return &r->ends->left;
}

static inline mpfr_srcptr vjp_real_high(const struct vjp_real *r)
{
    return r->point ? &r->ends->left : &r->ends->right;
}

static inline bool vjp_real_is_zero(const struct vjp_real *r)
{
    return r->kind == VJP_REAL_FINITE && r->point && mpfr_zero_p(&r->ends->left);
}

/* The same kind and, where finite, the same ends. */
bool vjp_real_is_identical(const struct vjp_real *a, const struct vjp_real *b);

/* Whether two enclosures of one number are consistent: of one kind and, where finite, with a point
 * in common. */
bool vjp_real_overlaps(const struct vjp_real *a, const struct vjp_real *b);

#endif
