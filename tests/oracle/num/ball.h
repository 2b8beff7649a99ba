/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_NUM_BALL_H
#define VJP_TESTS_ORACLE_NUM_BALL_H

#include <stdbool.h>

#include <mpfr.h>

#include <arb.h>

/* FLINT's balls as witnesses: they hold the exact number, and are made without MPFR. */

static inline void ball_set(arb_ptr out, mpfr_srcptr x)
{
    arf_set_mpfr(arb_midref(out), x); /* exact */
    mag_zero(arb_radref(out));
}

/* The sign of bound - x, where bound is the lowest (side < 0) or highest number of the ball, itself
 * rounded outward. */
static inline int ball_compare(arb_srcptr ball, int side, mpfr_srcptr x)
{
    arf_t bound, other;
    arf_init(bound);
    arf_init(other);
    arf_set_mpfr(other, x);
    if (side < 0)
        arb_get_lbound_arf(bound, ball, 6000);
    else
        arb_get_ubound_arf(bound, ball, 6000);
    const int order = arf_cmp(bound, other);
    arf_clear(bound);
    arf_clear(other);
    return order;
}

/* Whether [low, high] and the ball have a number in common. */
static inline bool ball_meets(arb_srcptr ball, mpfr_srcptr low, mpfr_srcptr high)
{
    return ball_compare(ball, 1, low) >= 0 && ball_compare(ball, -1, high) <= 0;
}

#endif
