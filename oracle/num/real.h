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
 * of this folder use vjp_real_low and vjp_real_high.
 *
 * Where set is set it is no number but a set of them, every one of which is meant: what comes of a
 * derivative at a kink. [left, right] is then the set's hull, each end rounded outward. A result is a
 * set where an operand is one, but for a single number (a product with the point zero, a maximum that
 * another operand decides) and for kinds other than FINITE: a set times infinity may be UNKNOWN, and
 * is no set. */
struct vjp_real {
    mpfi_t ends;
    enum vjp_real_kind kind;
    bool point;
    bool set;
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

/* The numbers that a kink's derivative ranges over: [low, high], as a set. */
void vjp_real_set_range(struct vjp_real *out, long low, long high);

/* Exactly a / b where that fits, else an enclosure of it. b is not 0. */
void vjp_real_set_ratio(struct vjp_real *out, long a, long b);

/* Enclosures as above of the other operations; out may be an operand. Where the number may lie outside
 * the domain (division by an enclosure that holds zero, the root or logarithm of one that reaches
 * below), the result is UNKNOWN, but where it is a point or surely outside, IEEE 754's answer: 1/0 is
 * infinite (a zero counts as +0), sqrt(-1) NaN. Infinities as IEEE 754 has them: exp(-inf) = 0,
 * erf(inf) = 1; NaN gives NaN, in the maximum too.
 *
 * A result too large for MPFR, above 2^(2^30), is UNKNOWN: of finite doubles, only exp of numbers from
 * 7.4e8 on leads there. One too small is enclosed by 0 and the smallest number.
 *
 * Every function is monotone, but for abs: an end of the result is the correctly rounded function of
 * an end of the argument. That is so for all but sigmoid and softplus, which MPFR has not: their ends
 * are at most 2 units in the last place from there. */
void vjp_real_sub(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b);
void vjp_real_div(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b);
void vjp_real_neg(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_abs(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_max(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b);
void vjp_real_sqrt(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_rsqrt(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_exp(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_log(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_log1p(struct vjp_real *out, const struct vjp_real *a); /* log(1 + a) */
void vjp_real_tanh(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_erf(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_sigmoid(struct vjp_real *out, const struct vjp_real *a);
void vjp_real_softplus(struct vjp_real *out, const struct vjp_real *a);

/* The middle of a finite enclosure, rounded to nearest, or what IEEE 754 has in its place (NaN for
 * UNKNOWN): for error analysis. An x87 long double has the exponents for products of any f64; what is
 * beyond them is infinite or 0. */
long double vjp_real_get_ld(const struct vjp_real *r);

/* The ends of the enclosure of a finite number. */
static inline mpfr_srcptr vjp_real_low(const struct vjp_real *r)
{
    return &r->ends->left;
}

static inline mpfr_srcptr vjp_real_high(const struct vjp_real *r)
{
    return r->point ? &r->ends->left : &r->ends->right;
}

/* Whether the enclosure of a finite number holds 0. */
static inline bool vjp_real_holds_zero(const struct vjp_real *r)
{
    return mpfr_sgn(vjp_real_low(r)) <= 0 && mpfr_sgn(vjp_real_high(r)) >= 0;
}

static inline bool vjp_real_is_zero(const struct vjp_real *r)
{
    return r->kind == VJP_REAL_FINITE && r->point && mpfr_zero_p(&r->ends->left);
}

/* The same kind and, where finite, the same ends, both sets or neither. */
bool vjp_real_is_identical(const struct vjp_real *a, const struct vjp_real *b);

/* Whether two enclosures of one number, or of one set, are consistent: of one kind and, where finite,
 * with a point in common. A set and a number may be: s (a - a) is the number 0, s a - s a is a set
 * that holds it. */
bool vjp_real_overlaps(const struct vjp_real *a, const struct vjp_real *b);

#endif
