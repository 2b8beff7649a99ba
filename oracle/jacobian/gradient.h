/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_GRADIENT_H
#define VJP_ORACLE_JACOBIAN_GRADIENT_H

#include <mpfr.h>

#include "cases/base/status.h"
#include "cases/spec/spec.h"
#include "oracle/num/real.h"
#include "oracle/tape/special.h"

/* Bits of S: it enters error bounds, as a factor, and is rounded up. */
#define VJP_SCALE_PRECISION 64

/* lowest of an element with a term that is not known exactly. */
#define VJP_LOWEST_UNKNOWN INT64_MIN

/* Of one gradient element, as the recorded backward pass computes it. */
struct vjp_sensitivity {
    long double probable;  /* units of u: independent errors (oracle/tape/probable.h) */
    long double operands;  /* units of u: what rounding every operand once adds, at most */
    long double peak;      /* the largest number on the way to it (oracle/tape/landscape.h) */
    long double swallowed; /* the largest that an operation may make a finite number of */
    uint8_t overflowed; /* bit k: a saved value k that it depends on is infinite where it is kept */
    enum vjp_special special; /* of an operand that is NaN or infinite: then no precision helps */
};

/* One gradient, element by element, with what its error bound needs. Elements are sums of terms
 * t = J_ij dy_i (and, under accumulate, of what was there before). */
struct vjp_gradient {
    int64_t count;
    struct vjp_limbs limbs; /* of value and scale */
    struct vjp_real *value; /* the sum */
    __mpfr_struct *scale;   /* S = sum of |t| over the finite terms, rounded up */
    int64_t *terms;         /* k: terms that are not the number zero */
    int64_t *lowest; /* every finite term is a multiple of 2^lowest; INT64_MAX: all are zero */
    struct vjp_sensitivity *sensitivity; /* by element; NULL where every element is the sum of
                                            products of operands and dy that terms and scale tell of,
                                            and k u S holds */

    /* Error bounds of elements with a sensitivity, absolute (oracle/jacobian/ways.h): of element j for way w
     * at running[j * ways + w], see vjp_gradient_way. */
    long double *running;
    int ways;
    enum vjp_dtype dtype; /* of operands and results */
    int n_saved;
};

/* A way to compute a gradient: what a kernel declares of itself (cases/base/model.h) and what it is given. */
struct vjp_way {
    enum vjp_dtype accumulate; /* no narrower than the dtype of the operands */
    bool narrow_operands;      /* nothing where that is accumulate */
    bool flushes;
    bool coarse;    /* elementary functions are off by VJP_ULPS_MAX, not VJP_ULPS_DEFAULT */
    uint32_t saved; /* bit k: saved value k is given */
};

/* Its number, from 0 to ways - 1. */
int vjp_gradient_way(const struct vjp_gradient *gradient, const struct vjp_way *way);

/* All elements are empty sums. */
VJP_MUST_CHECK enum vjp_status vjp_gradient_init(struct vjp_gradient *out, int64_t count,
                                                 mpfr_prec_t precision, struct vjp_error *error);
void vjp_gradient_clear(struct vjp_gradient *gradient);

/* Whether all of the error analysis could be made, or cannot be made with more precision either. */
bool vjp_gradient_is_analysed(const struct vjp_gradient *gradient);

/* Takes S, k, the lowest bits and the sensitivities from another gradient of as many elements: what does
 * not change when the same gradient is derived once more with more precision. Elements with an operand
 * that is no number are as vjp_gradient_set_special has them. from is left without sensitivities. */
void vjp_gradient_adopt(struct vjp_gradient *gradient, struct vjp_gradient *from);

/* Sets the value of every element that depends on an operand which is NaN or infinite: NaN where nothing
 * else can come of it, else UNKNOWN. */
void vjp_gradient_set_special(struct vjp_gradient *gradient);

/* Adds a term to element j. */
void vjp_gradient_add(struct vjp_gradient *gradient, int64_t j, const struct vjp_real *term);

#endif
