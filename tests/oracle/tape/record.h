/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_TAPE_RECORD_H
#define VJP_TESTS_ORACLE_TAPE_RECORD_H

#include "oracle/tape/sweep.h"
#include "tests/oracle/tally.h"

#include <stdlib.h>
#include <string.h>

/* Recording by hand: leaves from doubles, derivatives by a reverse sweep. */

static inline int64_t leaf(struct vjp_tape *tape, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return vjp_tape_leaf(tape, VJP_F64, bits);
}

/* r = the derivative of a node by another; false where there is none. r is initialized. */
static inline bool derivative(const struct vjp_tape *tape, int64_t node, int64_t by,
                              struct vjp_real *r)
{
    struct vjp_error error;
    struct vjp_sweep *sweep = vjp_sweep_create(tape);
    cr_assert_eq(vjp_sweep_reverse(sweep, node, &error), VJP_OK);
    const struct vjp_real *found = vjp_sweep_derivative(sweep, by);
    if (found)
        vjp_real_set(r, found);
    vjp_sweep_destroy(sweep);
    return found != NULL;
}

/* Whether r is exactly this number; whether it is the set low .. high. */
static inline bool is_number(const struct vjp_real *r, double value)
{
    return r->kind == VJP_REAL_FINITE && r->point && mpfr_cmp_d(vjp_real_low(r), value) == 0;
}

static inline bool is_set(const struct vjp_real *r, double low, double high)
{
    return r->kind == VJP_REAL_FINITE && r->set && mpfr_cmp_d(vjp_real_low(r), low) == 0 &&
           mpfr_cmp_d(vjp_real_high(r), high) == 0;
}

/* Whether the enclosure holds x, give or take tolerance, and is itself no wider than tolerance. */
static inline bool holds(const struct vjp_real *r, mpfr_srcptr x, mpfr_srcptr tolerance)
{
    if (r->kind != VJP_REAL_FINITE)
        return false;
    mpfr_t d;
    mpfr_init2(d, 64);
    mpfr_sub(d, vjp_real_low(r), x, MPFR_RNDU);
    bool inside = mpfr_cmp(d, tolerance) <= 0;
    mpfr_sub(d, x, vjp_real_high(r), MPFR_RNDU);
    inside = inside && mpfr_cmp(d, tolerance) <= 0;
    mpfr_sub(d, vjp_real_high(r), vjp_real_low(r), MPFR_RNDU);
    inside = inside && mpfr_cmp(d, tolerance) <= 0;
    mpfr_clear(d);
    return inside;
}

#endif
