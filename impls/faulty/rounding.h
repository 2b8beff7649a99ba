/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_FAULTY_ROUNDING_H
#define VJP_IMPLS_FAULTY_ROUNDING_H

#include <math.h>

/* value with its significand rounded to that many bits, ties to even. The exponent range stays that
 * of double: the defect is in the precision alone. */
static inline double faulty_round(double value, int bits)
{
    int exponent;
    if (value == 0 || !isfinite(value))
        return value;
    const double significand = ldexp(frexp(value, &exponent), bits);
    return ldexp(nearbyint(significand), exponent - bits);
}

/* The same but for what is below 2^-100, which stays: there the bound of a format with so few bits is
 * all underflow, and explains nothing. */
static inline double faulty_round_large(double value, int bits)
{
    return fabs(value) < 0x1p-100 ? value : faulty_round(value, bits);
}

#endif
