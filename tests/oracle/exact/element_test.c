/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/element.h"

#include <criterion/criterion.h>
#include <math.h>

static struct vjp_solved solve(enum vjp_dtype dtype, const double *a, const double *b, int64_t n,
                               double old)
{
    struct vjp_accumulator *accumulator;
    struct vjp_error error = {""};
    struct vjp_solved out;
    cr_assert_eq(vjp_accumulator_create(dtype, false, &accumulator, &error), VJP_OK);
    vjp_element_solve(accumulator, dtype, a, b, n, old, &out);
    vjp_accumulator_destroy(accumulator);
    return out;
}

/* 2^24 + 1 + 2^-30 lies just above the middle of two f32: it rounds up, by 1 - 2^-30. */
Test(element, is_the_sum_rounded_once)
{
    const double a[] = {0x1p12, 1, -3}, b[] = {0x1p12, 0x1p-30, 2};
    const struct vjp_solved s = solve(VJP_F32, a, b, 3, 7);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, s.bits), 0x1p24 + 2);
    cr_expect_eq(s.tail, -1 + 0x1p-30);
    cr_expect_not(s.is_special);
    const double S = 0x1p24 + 0x1p-30 + 6 + 7;
    cr_expect(s.scale >= S && s.scale <= S * (1 + 0x1p-40));
}

Test(element, of_no_terms_is_what_was_there)
{
    const struct vjp_solved s = solve(VJP_F64, NULL, NULL, 0, 0.1);
    cr_expect_eq(vjp_bits_to_double(VJP_F64, s.bits), 0.1);
    cr_expect_eq(s.tail, 0);
}

/* The same without what was there, and S is the caller's. */
Test(element, sum_is_rounded_once)
{
    const double a[] = {0x1p12, 1, -3}, b[] = {0x1p12, 0x1p-30, -2};
    struct vjp_accumulator *accumulator;
    struct vjp_error error = {""};
    struct vjp_solved s = {.scale = 5, .is_special = true};
    cr_assert_eq(vjp_accumulator_create(VJP_F32, false, &accumulator, &error), VJP_OK);
    vjp_element_sum(accumulator, VJP_F32, a, b, 3, &s);
    vjp_accumulator_destroy(accumulator);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, s.bits), 0x1p24 + 6);
    cr_expect_eq(s.tail, 0x1p-30);
    cr_expect_eq(s.scale, 5);
    cr_expect_not(s.is_special);
}

/* Infinities and NaN come out as IEEE 754 has them, whatever is finite. */
Test(element, special_operands)
{
    const double inf = (double)INFINITY;
    const double one[] = {1, 2}, mixed[] = {3, -inf}, zero[] = {5, 0};
    struct vjp_solved s = solve(VJP_F32, one, mixed, 2, 0);
    cr_expect(s.is_special);
    cr_expect_eq(s.bits, vjp_bits_infinity(VJP_F32, true));
    s = solve(VJP_F32, zero, mixed, 2, 0);
    cr_expect(vjp_bits_is_nan(VJP_F32, s.bits), "0 times infinity");
    s = solve(VJP_F32, one, mixed, 2, inf);
    cr_expect(vjp_bits_is_nan(VJP_F32, s.bits), "infinity less infinity");
    s = solve(VJP_F32, one, one, 2, inf);
    cr_expect_eq(s.bits, vjp_bits_infinity(VJP_F32, false));
    cr_expect(s.is_special);
    cr_expect(s.scale >= 5 && s.scale < 5.01, "of the finite terms");
}
