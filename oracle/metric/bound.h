/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_BOUND_H
#define VJP_ORACLE_METRIC_BOUND_H

#include <stdbool.h>
#include <stdint.h>

#include <mpfr.h>

#include "cases/base/model.h"
#include "oracle/jacobian/gradient.h"

/* The error that a kernel of a given model may make in one gradient element, derived from the
 * element's terms; the derivation is in bound.c. */

/* How the element is computed. */
struct vjp_arithmetic {
    enum vjp_dtype format; /* of products and sums, as declared */
    int precision;         /* of products and sums: u = 2^-precision */
    int emin, emax;        /* their exponent range */
    bool flushes;          /* results below 2^emin may become zero */
    bool
        narrow_operands; /* of inner products, computed ones: they are rounded to the output's dtype */
    bool rounds_operands; /* to precision, before they are multiplied */
    bool probable;        /* the error that is to be expected at most, not the one that can be */
    const struct vjp_format *output; /* the dtype of the result */
    bool accumulate;                 /* the result is added to what was there */
    int ulps;                        /* of elementary functions */
    uint32_t wants_saved;            /* bit k: works with saved value k, rounded once */
};

/* The arithmetic that a model declares for operands of a dtype. */
struct vjp_arithmetic vjp_arithmetic_of_model(const struct vjp_model *model, enum vjp_dtype dtype,
                                              bool accumulate);

/* The same with fewer bits in products and sums and the declared exponent range: what may explain
 * an answer that is too inaccurate for the model. Its bound is the probable one. */
struct vjp_arithmetic vjp_arithmetic_narrowed(const struct vjp_arithmetic *arithmetic,
                                              enum vjp_dtype narrower, enum vjp_dtype dtype);

/* Numbers of VJP_SCALE_PRECISION bits, rounded up. */
struct vjp_bound {
    mpfr_t total;         /* |got - exact| is at most this */
    mpfr_t before;        /* the part of it that was there before the last rounding to the dtype */
    mpfr_t underflow;     /* the part of it that underflow can cost */
    mpfr_t magnitude;     /* |exact|; 0 where it is not finite */
    bool exact_sum;       /* every partial sum is representable: no rounding before the last one */
    bool must_be_nearest; /* exact_sum, and the last rounding is the only one: got is the correctly
                             rounded result, and total is not set */
    bool
        loses_itself; /* the recorded backward pass may meet an infinity, and make a finite number of it, which
                                may be anything: 1 / infinity is 0 */
    bool may_reach_positive; /* in some order, a partial sum of the finite terms may become */
    bool may_reach_negative; /* infinity, or minus infinity */
    mpfr_t spare[2];
};

void vjp_bound_init(struct vjp_bound *bound);
void vjp_bound_clear(struct vjp_bound *bound);

/* Whether x reaches (2 - 2^-precision) 2^emax, from which on rounding to nearest gives infinity. */
bool vjp_bound_overflows(mpfr_srcptr x, int precision, int emax);

/* The k of k u S in a probable bound: the smaller of k and a small multiple of sqrt(k), rounded up. */
int64_t vjp_bound_probable_terms(int64_t k);

/* The bound of element j; old is what the output held before (0 without accumulate). */
void vjp_bound_element(struct vjp_bound *out, const struct vjp_arithmetic *arithmetic,
                       const struct vjp_gradient *gradient, int64_t j, double old);

#endif
