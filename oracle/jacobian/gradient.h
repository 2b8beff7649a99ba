/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_GRADIENT_H
#define VJP_ORACLE_JACOBIAN_GRADIENT_H

#include <mpfr.h>

#include "cases/base/status.h"
#include "oracle/num/real.h"

/* Bits of S: it enters error bounds, as a factor, and is rounded up. */
#define VJP_SCALE_PRECISION 64

/* lowest of an element with a term that is not known exactly. */
#define VJP_LOWEST_UNKNOWN INT64_MIN

/* One gradient, element by element, with what its error bound needs. Elements are sums of terms
 * t = J_ij dy_i (and, under accumulate, of what was there before). */
struct vjp_gradient {
    int64_t count;
    struct vjp_limbs limbs; /* of value and scale */
    struct vjp_real *value; /* the sum */
    __mpfr_struct *scale;   /* S = sum of |t| over the finite terms, rounded up */
    int64_t *terms;         /* k: terms that are not the number zero */
    int64_t *lowest; /* every finite term is a multiple of 2^lowest; INT64_MAX: all are zero */
};

/* All elements are empty sums. */
VJP_MUST_CHECK enum vjp_status vjp_gradient_init(struct vjp_gradient *out, int64_t count,
                                                 mpfr_prec_t precision, struct vjp_error *error);
void vjp_gradient_clear(struct vjp_gradient *gradient);

/* Adds a term to element j. */
void vjp_gradient_add(struct vjp_gradient *gradient, int64_t j, const struct vjp_real *term);

#endif
