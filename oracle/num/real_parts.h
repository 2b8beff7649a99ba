/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_NUM_REAL_PARTS_H
#define VJP_ORACLE_NUM_REAL_PARTS_H

#include <stdbool.h>

#include "oracle/num/real.h"

/* What operations on reals are made of: for the files of this folder only.
 *
 * A number that lies in limbs cannot be given other memory, so results are written in place. MPFR lets
 * the result of an operation be one of its operands; what is left to care for is that neither end of
 * out is written while the other end still needs it. */

/* A number for the time of a function: on the stack up to the highest precision of Ziv's loop and a
 * few guard bits, else on the heap. */
#define VJP_SCRATCH_PRECISION (8192 + 64)
struct vjp_scratch {
    mpfr_t x;
    bool on_heap;
    mp_limb_t limb[VJP_SCRATCH_PRECISION / GMP_NUMB_BITS];
};

static inline void vjp_scratch_init(struct vjp_scratch *s, mpfr_prec_t precision)
{
    s->on_heap = precision > VJP_SCRATCH_PRECISION;
    if (s->on_heap) {
        mpfr_init2(s->x, precision);
    } else {
        mpfr_custom_init(s->limb, precision);
        mpfr_custom_init_set(s->x, MPFR_ZERO_KIND, 0, precision, s->limb);
    }
}

static inline void vjp_scratch_clear(struct vjp_scratch *s)
{
    if (s->on_heap)
        mpfr_clear(s->x);
}

/* Gives out a kind other than FINITE. No such thing is a set. */
static inline void vjp_real_make(struct vjp_real *out, enum vjp_real_kind kind)
{
    out->kind = kind;
    out->point = false;
    out->set = false;
}

/* Completes out, whose ends are written. An end that left MPFR's exponents (they reach 2^30) is an
 * infinity, which says nothing of a finite number. A set of one element is a number. */
static inline void vjp_real_settle(struct vjp_real *out, bool set)
{
    if (mpfr_inf_p(&out->ends->left) || mpfr_inf_p(&out->ends->right)) {
        vjp_real_make(out, VJP_REAL_UNKNOWN);
        return;
    }
    out->kind = VJP_REAL_FINITE;
    out->point = mpfr_equal_p(&out->ends->left, &out->ends->right) != 0;
    out->set = set && !out->point;
}

/* Completes out, whose left end is the number rounded down, with MPFR's ternary value: where that was
 * inexact, the number rounded up is the next one, for nothing representable lies between the two. */
static inline void vjp_real_settle_rounded_down(struct vjp_real *out, int inexact)
{
    out->kind = VJP_REAL_FINITE;
    out->point = inexact == 0;
    out->set = false;
    if (inexact == 0)
        return;
    mpfr_set(&out->ends->right, &out->ends->left, MPFR_RNDU);
    mpfr_nextabove(&out->ends->right);
    if (mpfr_inf_p(&out->ends->left) || mpfr_inf_p(&out->ends->right))
        vjp_real_make(out, VJP_REAL_UNKNOWN);
}

#endif
