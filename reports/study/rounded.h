/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_ROUNDED_H
#define VJP_REPORTS_STUDY_ROUNDED_H

#include "cases/base/dtype.h"

/* Sums and products of doubles, rounded once to a format in a direction that need not be the processor's, which is to
 * nearest all the while. */
enum vjp_rounding {
    VJP_ROUND_NEAREST = 0, /* ties to even */
    VJP_ROUND_ZERO,
    VJP_ROUND_UP,
    VJP_ROUND_DOWN,
};

/* Each is exact in every direction but to nearest, unless the double's result overflows, or an intermediate one is
 * subnormal: there the last bit may be another. To nearest, the double is rounded once more, which is harmless where the
 * operands are numbers of the format, or dtype is f64 (replay.c). */
double vjp_rounded(enum vjp_dtype dtype, enum vjp_rounding rounding, double value);
double vjp_rounded_sum(enum vjp_dtype dtype, enum vjp_rounding rounding, double a, double b);
double vjp_rounded_product(enum vjp_dtype dtype, enum vjp_rounding rounding, double a, double b);

/* a b + c */
double vjp_rounded_fma(enum vjp_dtype dtype, enum vjp_rounding rounding, double a, double b,
                       double c);

/* value + rest, where value is the double nearest to that, and nothing is known of rest but its sign. */
double vjp_rounded_rest(enum vjp_dtype dtype, enum vjp_rounding rounding, double value,
                        double rest);

#endif
