/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/bias.h"

#include <criterion/criterion.h>
#include <math.h>

static struct vjp_bias find(int n, const double *errors)
{
    struct vjp_bias_sums sums = {0};
    for (int i = 0; i < n; i++)
        vjp_bias_add(&sums, errors[i]);
    return vjp_bias_find(&sums);
}

/* 1 2 3 4: mean 2.5, s^2 = 5/3, t = 2.5 / sqrt(5/3 / 4) = sqrt 15; with 3 degrees of freedom the tail of t is
 * 1/2 - (x / (1 + x^2) + atan x) / pi, x = t / sqrt 3 = sqrt 5. */
Test(bias, students_t)
{
    const struct vjp_bias bias = find(4, (const double[]){1, 2, 3, 4});
    const double x = sqrt(5), p = 1 - 2 / M_PI * (x / (1 + x * x) + atan(x));
    cr_expect_eq(bias.n, 4);
    cr_expect_float_eq(bias.mean, 2.5, 1e-15);
    cr_expect_float_eq(bias.share, 6.25 / 7.5, 1e-15);
    cr_expect_float_eq(bias.t, sqrt(15), 1e-12);
    cr_expect_float_eq(bias.p, p, 1e-12);
}

Test(bias, errors_that_cancel_have_none)
{
    const struct vjp_bias bias = find(4, (const double[]){1, -1, 3, -3});
    cr_expect_eq(bias.mean, 0);
    cr_expect_eq(bias.t, 0);
    cr_expect_float_eq(bias.p, 1, 1e-12);
}

Test(bias, errors_that_are_all_alike_have_nothing_else)
{
    const struct vjp_bias bias = find(5, (const double[]){-2, -2, -2, -2, -2});
    cr_expect_eq(bias.share, 1);
    cr_expect(bias.t < -1e6 && bias.p < 1e-12);
}

Test(bias, nothing_is_known_of_nothing)
{
    const double one[] = {1}, none[] = {0, 0, 0}, lost[] = {1, INFINITY, 1}, nan[] = {1, NAN, 1};
    cr_expect_eq(find(0, one).p, 1);
    cr_expect_eq(find(1, one).p, 1);
    cr_expect_eq(find(3, none).p, 1);
    cr_expect_eq(find(3, lost).p, 1);
    cr_expect_eq(find(3, nan).p, 1);
}

Test(bias, samples_join)
{
    struct vjp_bias_sums a = {0}, b = {0};
    vjp_bias_add(&a, 1);
    vjp_bias_add(&a, 2);
    vjp_bias_add(&b, 3);
    vjp_bias_add(&b, 4);
    vjp_bias_join(&a, &b);
    cr_expect_float_eq(vjp_bias_find(&a).t, sqrt(15), 1e-12);
}
