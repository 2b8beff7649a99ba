/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/sample.h"

#include <criterion/criterion.h>
#include <math.h>

/* By hand, definition 7: the value at place p (n - 1), counted from 0. */
Test(sample, quartiles_are_interpolated)
{
    double five[] = {3, 1, 2, 5, 4};
    double four[] = {8, 2, 4, 1};
    struct vjp_sample s;
    vjp_sample_make(five, 5, &s);
    cr_expect(s.n == 5 && s.median == 3 && s.q1 == 2 && s.q3 == 4);
    cr_expect_eq(vjp_sample_spread(&s), 2.0 / 3.0);
    vjp_sample_make(four, 4, &s);
    cr_expect(s.median == 3 && s.q1 == 1.75 && s.q3 == 5, "%g %g %g", s.q1, s.median, s.q3);
    double one[] = {7};
    vjp_sample_make(one, 1, &s);
    cr_expect(s.median == 7 && s.q1 == 7 && s.q3 == 7 && isnan(s.low) && isnan(s.high));
    vjp_sample_make(NULL, 0, &s);
    cr_expect(s.n == 0 && isnan(s.median) && isnan(s.low) && isnan(vjp_sample_spread(&s)));
}

/* The ranks that tables of the sign test give for a median at 95 %. */
Test(sample, the_interval_of_the_median_is_that_of_the_sign_test)
{
    static const int64_t known[][2] = {{0, 0},  {1, 0},   {5, 0},   {6, 1},   {8, 1},   {9, 2},
                                       {11, 2}, {12, 3},  {15, 4},  {17, 5},  {18, 5},  {20, 6},
                                       {25, 8}, {30, 10}, {40, 14}, {50, 18}, {100, 40}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        cr_expect_eq(vjp_sample_rank(known[i][0]), known[i][1], "n = %d: %d", (int)known[i][0],
                     (int)vjp_sample_rank(known[i][0]));
    double values[9] = {9, 1, 8, 2, 7, 3, 6, 4, 5};
    struct vjp_sample s;
    vjp_sample_make(values, 9, &s);
    cr_expect(s.low == 2 && s.high == 8, "%g %g", s.low, s.high);
}

/* 2^-4096 is no double. About n/2 - 1.96 sqrt(n)/2, from the normal approximation. */
Test(sample, many_values_have_an_interval_too)
{
    const int64_t k = vjp_sample_rank(4096);
    cr_expect(k >= 1984 && k <= 1986, "%d", (int)k);
}
