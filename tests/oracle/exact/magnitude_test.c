/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/magnitude.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

/* Never below S, which is exact in long double here, and hardly above. */
Test(magnitude, is_rounded_up)
{
    const double a[] = {1, -0x1p-30, 3}, b[] = {1, 0x1p-30, -0x1p-55};
    const double s = vjp_magnitude_of(a, b, 3, -2);
    cr_expect_gt(s, 3);
    cr_expect_leq(s, 3 + 0x1p-51);
    cr_expect_eq(vjp_magnitude_of(a, b, 0, 0), 0);
    cr_expect_geq(vjp_magnitude_of(a, b, 1, 0), 1);
}

/* Products that are no doubles: too small, too large. */
Test(magnitude, of_any_exponents)
{
    const double tiny[] = {0x1p-600}, small[] = {0x1p-500}, large[] = {0x1p1000};
    cr_expect_eq(vjp_magnitude_of(tiny, small, 1, 0), 0x1p-1074, "2^-1100 is more than 0");
    cr_expect_eq(vjp_magnitude_of(large, large, 1, 0), INFINITY);
    cr_expect_geq(vjp_magnitude_of(large, tiny, 1, 0), 0x1p400);
}

Test(magnitude, leaves_out_what_is_no_number)
{
    const double a[] = {NAN, 2, INFINITY, 1}, b[] = {1, 3, 0, -INFINITY};
    const double s = vjp_magnitude_of(a, b, 4, INFINITY);
    cr_expect(s >= 6 && s <= 6 * (1 + 2 * DBL_EPSILON), "%g", s);
}

Test(magnitude, special_sums)
{
    const double a[] = {1, INFINITY, 2}, b[] = {1, 1, 2}, minus[] = {1, -1, 2}, zero[] = {1, 0, 2};
    cr_expect_eq(vjp_magnitude_special(a, b, 3, 5), INFINITY);
    cr_expect_eq(vjp_magnitude_special(a, minus, 3, 5), -INFINITY);
    cr_expect(isnan(vjp_magnitude_special(a, zero, 3, 5)), "inf times 0");
    cr_expect(isnan(vjp_magnitude_special(a, b, 3, -INFINITY)), "inf - inf");
    cr_expect(isnan(vjp_magnitude_special(b, b, 3, NAN)));
    cr_expect_eq(vjp_magnitude_special(b, b, 3, -INFINITY), -INFINITY);
}

Test(magnitude, unscaled)
{
    cr_expect_eq(vjp_magnitude_unscale(1.5, 10, -20), 1.5 * 0x1p-10);
    cr_expect_eq(vjp_magnitude_unscale(1.5, 1000, -900), 1.5 * 0x1p100);
    cr_expect_eq(vjp_magnitude_unscale(1.5, 1000, 1000), INFINITY);
    cr_expect_gt(vjp_magnitude_unscale(1.5, -1000, -1000), 0);
    cr_expect_geq(vjp_magnitude_unscale(1.75, -573, -500), 1.75 * 0x1p-1073);
    cr_expect_eq(vjp_magnitude_unscale(0, -1000, -1000), 0);
}
