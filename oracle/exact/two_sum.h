/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_TWO_SUM_H
#define VJP_ORACLE_EXACT_TWO_SUM_H

/* x + y rounded to nearest, and in *rest what that lacks: x + y is the sum of the two exactly, unless it overflows (Knuth,
 * The Art of Computer Programming, volume 2, section 4.2.2, theorem B). */
static inline double vjp_two_sum(double x, double y, double *rest)
{
    const double sum = x + y;
    const double part = sum - x;
    *rest = (x - (sum - part)) + (y - part);
    return sum;
}

#endif
