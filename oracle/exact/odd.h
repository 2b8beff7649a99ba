/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_ODD_H
#define VJP_ORACLE_EXACT_ODD_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/base/dtype.h"

/* A real number rounded to odd with 64 bits, without MPFR: +-significand 2^exponent. The significand's
 * top bit is set; its lowest bit is set where anything below was lost, so that the number differs from
 * the one behind it by less than 2^exponent, and one more rounding, to any of the four formats, gives
 * what a single one would (Boldo and Melquiond, IEEE TC 57, 2008: two bits more than the format has are
 * enough). Zero is significand 0, exponent 0, not negative, and always exact. */
struct vjp_odd {
    uint64_t significand;
    int32_t exponent;
    bool negative;
};

/* A finite x as m 2^exponent, exactly; returns m, |m| < 2^53. */
static inline int64_t vjp_odd_take_apart(double x, int *exponent)
{
    const uint64_t bits = vjp_double_bits(x);
    const int biased = (int)(bits >> 52 & 0x7ff);
    const int normal = biased != 0;
    const int64_t m = (int64_t)(bits & ((UINT64_C(1) << 52) - 1)) | (int64_t)normal << 52;
    const int64_t negative = bits >> 63 != 0;
    assert(biased < 0x7ff);
    *exponent = biased + !normal - 1075;
    return (m ^ -negative) + negative; /* no branch: signs cannot be predicted */
}

/* Rounds +-(high 2^64 + low) 2^exponent to odd. Where bits below low are lost already, low's last bit
 * must say so, and high must not be 0. */
void vjp_odd_set(struct vjp_odd *out, bool negative, uint64_t high, uint64_t low, int exponent);

/* The bits of the number behind x rounded once to nearest even in the format, with subnormals and
 * overflow to infinity as IEEE 754 has them. A negative number that rounds to zero gives -0; the number
 * zero gives +0. */
uint64_t vjp_odd_round(const struct vjp_odd *x, enum vjp_dtype dtype);

/* x - value(bits), rounded once to nearest; bits is any number of the format or an infinity, which
 * gives the opposite one. With X the number behind x and t the result:
 *     |t - (X - value(bits))| <= 2^-53 |t| + 2^-1075 + 2^-63 |X|,
 * the last term only where x's lowest bit is set. */
double vjp_odd_tail(const struct vjp_odd *x, enum vjp_dtype dtype, uint64_t bits);

#endif
