/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/naive/half.h"

#include <math.h>

#include <criterion/criterion.h>

TestSuite(half);

/* The value of a format with the given fraction bits, from its definition: IEEE 754-2019, 3.4. */
static double value_of(uint16_t bits, int fraction_bits, int bias)
{
    const int exponent = (bits & 0x7fff) >> fraction_bits;
    const int fraction = bits & ((1 << fraction_bits) - 1);
    const int largest = 2 * bias + 1;
    double magnitude;
    if (exponent == largest)
        magnitude = fraction ? NAN : INFINITY;
    else if (exponent == 0)
        magnitude = ldexp(fraction, 1 - bias - fraction_bits);
    else
        magnitude = ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
    return bits & 0x8000 ? -magnitude : magnitude;
}

static void check_widening(float (*widen)(uint16_t), int fraction_bits, int bias)
{
    for (int i = 0; i < 0x10000; i++) {
        const double want = value_of((uint16_t)i, fraction_bits, bias);
        const double got = widen((uint16_t)i);
        cr_assert(isnan(want) ? isnan(got) : got == want, "%04x is %a, not %a", i, got, want);
        cr_assert_eq(signbit(got) != 0, i >= 0x8000, "%04x", i);
    }
}

Test(half, widens_every_number_exactly)
{
    check_widening(vjp_float_from_f16, 10, 15);
    check_widening(vjp_float_from_bf16, 7, 127);
}

static void check_one(uint16_t (*narrow)(float), float value, uint16_t want)
{
    cr_assert_eq(narrow(value), want, "%a gives %04x, not %04x", value, narrow(value), want);
    cr_assert_eq(narrow(-value), want | 0x8000, "%a", -value);
}

/* Rounding is monotonic, so it is settled by what it does at each number, at the midpoint between
 * neighbours, and at the floats next to the midpoint. The last neighbour is infinity, at twice the
 * power of two of the largest number. */
static void check_narrowing(uint16_t (*narrow)(float), int fraction_bits, int bias)
{
    const uint16_t infinity = (uint16_t)((2 * bias + 1) << fraction_bits);
    for (uint16_t low = 0; low < infinity; low++) {
        const uint16_t high = (uint16_t)(low + 1);
        const double a = value_of(low, fraction_bits, bias);
        const double b =
            high == infinity ? ldexp(1, bias + 1) : value_of(high, fraction_bits, bias);
        const float middle = (float)((a + b) / 2);
        cr_assert_eq((double)middle, (a + b) / 2);
        check_one(narrow, (float)a, low);
        check_one(narrow, nextafterf(middle, 0), low);
        check_one(narrow, middle, low % 2 == 0 ? low : high);
        check_one(narrow, nextafterf(middle, INFINITY), high);
    }
    check_one(narrow, INFINITY, infinity);
}

Test(half, narrows_to_nearest_even_everywhere)
{
    check_narrowing(vjp_f16_from_float, 10, 15);
    check_narrowing(vjp_bf16_from_float, 7, 127);
}

/* Also a NaN whose payload is only in the bits that are cut off. */
Test(half, keeps_a_nan_a_nan_with_its_sign)
{
    static const uint32_t nan[] = {0x7f800001, 0x7fc00000, 0x7fffffff, 0x7f801000};
    for (int i = 0; i < 4; i++) {
        for (int sign = 0; sign < 2; sign++) {
            const float value = vjp_half_float(nan[i] | (uint32_t)sign << 31);
            const uint16_t f16 = vjp_f16_from_float(value);
            const uint16_t bf16 = vjp_bf16_from_float(value);
            cr_assert((f16 & 0x7fff) > 0x7c00 && f16 >> 15 == sign, "%04x", f16);
            cr_assert((bf16 & 0x7fff) > 0x7f80 && bf16 >> 15 == sign, "%04x", bf16);
        }
    }
}
