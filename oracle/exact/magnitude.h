/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_MAGNITUDE_H
#define VJP_ORACLE_EXACT_MAGNITUDE_H

#include <stdint.h>

/* Of one element old + sum of a[k] b[k] over n terms: what a block does not know, or not as a double. */

/* S = |old| + sum of |a[k] b[k]| over the terms that are numbers: at least that, and at most 2^-37 of itself
 * or 2^-1074 more, for n up to 2^24; infinite where it is above all doubles. */
double vjp_magnitude_of(const double *a, const double *b, int64_t n, double old);

/* What IEEE 754 makes of the sum where a term or old is no number, in any order: NaN or an infinity. */
double vjp_magnitude_special(const double *a, const double *b, int64_t n, double old);

/* s 2^i 2^j, and 2^-1074 more at most where that is subnormal; s is 0 or in 2^-800 .. 2^100. */
double vjp_magnitude_unscale(double s, int i, int j);

#endif
