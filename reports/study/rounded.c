/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/rounded.h"

#include <math.h>

static double to_nearest(enum vjp_dtype dtype, double value)
{
    if (dtype == VJP_F64)
        return value;
    if (dtype == VJP_F32)
        return (double)(float)value;
    return vjp_bits_to_double(dtype, vjp_bits_from_double(dtype, value));
}

/* The next number of the format; value is one, and not the last in that direction. */
static double step(enum vjp_dtype dtype, double value, bool up)
{
    const uint64_t bits = vjp_bits_from_double(dtype, value);
    if (value == 0)
        return (up ? 1 : -1) * vjp_bits_to_double(dtype, 1);
    return vjp_bits_to_double(dtype, (value > 0) == up ? bits + 1 : bits - 1);
}

double vjp_rounded_rest(enum vjp_dtype dtype, enum vjp_rounding rounding, double value, double rest)
{
    const double near = to_nearest(dtype, value);
    /* Where the exact number is, seen from near. Nothing is where there is a NaN. */
    const bool above = near < value || (near == value && rest > 0);
    const bool below = near > value || (near == value && rest < 0);
    if (above && (rounding == VJP_ROUND_UP || (rounding == VJP_ROUND_ZERO && value < 0)))
        return step(dtype, near, true);
    if (below && (rounding == VJP_ROUND_DOWN || (rounding == VJP_ROUND_ZERO && value > 0)))
        return step(dtype, near, false);
    return near;
}

double vjp_rounded(enum vjp_dtype dtype, enum vjp_rounding rounding, double value)
{
    return vjp_rounded_rest(dtype, rounding, value, 0);
}

/* a + b - sum, exactly (2Sum: Knuth, The Art of Computer Programming 2, 4.2.2, theorem B). */
static double rest_of_sum(double a, double b, double sum)
{
    const double of_b = sum - a;
    return (a - (sum - of_b)) + (b - of_b);
}

/* Downward an exact 0 is -0, unless both were +0 (IEEE 754-2019, 6.3). */
static double signed_zero(enum vjp_rounding rounding, double a, double b, double sum)
{
    return sum == 0 && rounding == VJP_ROUND_DOWN && (signbit(a) || signbit(b)) ? -0.0 : sum;
}

double vjp_rounded_sum(enum vjp_dtype dtype, enum vjp_rounding rounding, double a, double b)
{
    const double sum = a + b;
    return vjp_rounded_rest(dtype, rounding, signed_zero(rounding, a, b, sum),
                            rest_of_sum(a, b, sum));
}

double vjp_rounded_product(enum vjp_dtype dtype, enum vjp_rounding rounding, double a, double b)
{
    const double product = a * b;
    return vjp_rounded_rest(dtype, rounding, product, fma(a, b, -product));
}

/* The sign of a b + c - fma is that of the first part of its error, which is two numbers (algorithm ErrFma of Boldo and
 * Muller, "Exact and approximated error of the FMA", IEEE Trans. Comput. 60 (2011)). */
double vjp_rounded_fma(enum vjp_dtype dtype, enum vjp_rounding rounding, double a, double b,
                       double c)
{
    if (dtype == VJP_F32 && rounding == VJP_ROUND_NEAREST)
        return (double)fmaf((float)a, (float)b, (float)c);
    const double result = fma(a, b, c);
    const double high = a * b;
    const double low = fma(a, b, -high);
    const double small = c + low;
    const double smaller = rest_of_sum(c, low, small);
    const double large = high + small;
    const double rest = (large - result) + rest_of_sum(high, small, large);
    return vjp_rounded_rest(dtype, rounding, signed_zero(rounding, high, c, result),
                            rest + smaller);
}
