/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/fit.h"

#include <criterion/criterion.h>
#include <math.h>

Test(fit, a_power_law_is_found)
{
    double x[8], y[8];
    for (int i = 0; i < 8; i++) {
        x[i] = ldexp(1, i);
        y[i] = 3 * sqrt(x[i]);
    }
    const struct vjp_fit fit = vjp_fit_power(8, x, y);
    cr_assert(fit.known);
    cr_expect_eq(fit.points, 8);
    cr_expect_float_eq(fit.slope, 0.5, 1e-9);
    cr_expect_float_eq(fit.intercept, log2(3), 1e-9);
    cr_expect(fit.low <= fit.slope && fit.slope <= fit.high && fit.high - fit.low < 1e-6);
}

/* On a line but for one point, which least squares would give a slope of 1.86. */
Test(fit, a_point_far_off_counts_for_little)
{
    double x[9], y[9];
    for (int i = 0; i < 9; i++) {
        x[i] = ldexp(1, i);
        y[i] = ldexp(1 + 0.01 * (i % 3), i);
    }
    y[8] = ldexp(1, 30);
    const struct vjp_fit fit = vjp_fit_power(9, x, y);
    cr_assert(fit.known);
    cr_expect_float_eq(fit.slope, 1, 0.02, "%g", fit.slope);
}

/* y alternates about x: with 4 points at log2 x = 0..3 and deviations +d -d -d +d the slope of least squares stays 1, the
 * residual variance is 4 d^2 / 2, the slope's variance that over sum (x - mean)^2 = 5, and t(0.975; 2) = 4.302653. The
 * robust fit weights points a little less, and estimates the variance its own way: by half as much or double. */
Test(fit, the_interval_is_as_wide_as_the_scatter)
{
    const double d = 0.1, x[] = {1, 2, 4, 8};
    const double y[] = {exp2(d), exp2(1 - d), exp2(2 - d), exp2(3 + d)};
    const double half = 4.302653 * sqrt(2 * d * d / 5);
    const struct vjp_fit fit = vjp_fit_power(4, x, y);
    cr_assert(fit.known);
    cr_expect_float_eq(fit.slope, 1, 1e-9);
    cr_expect(fit.high - fit.slope > half / 2 && fit.high - fit.slope < half * 2, "%g, not %g",
              fit.high - fit.slope, half);
}

Test(fit, nothing_is_made_of_too_little)
{
    const double x[] = {1, 2, 4, 4}, y[] = {1, 2, INFINITY, 4}, same[] = {2, 2, 2, 4};
    const double zero[] = {0, 0, 0, 0}, nan[] = {1, NAN, -1, 4};
    cr_expect_not(vjp_fit_power(0, x, y).known);
    cr_expect_not(vjp_fit_power(2, x, y).known);
    cr_expect_not(vjp_fit_power(4, same, x).known, "two different sizes");
    cr_expect_not(vjp_fit_power(4, x, zero).known);
    cr_expect_not(vjp_fit_power(4, x, nan).known);
    cr_expect(vjp_fit_power(4, x, y).known);
    cr_expect_eq(vjp_fit_power(4, x, y).points, 3);
}
