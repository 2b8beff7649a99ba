/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cases/gen/exact_sum.h"

#include <stdio.h>

static const struct {
    const char *name;
    int precision;
} dtypes[] = {{"bf16", 8}, {"f16", 11}, {"f32", 24}, {"f64", 53}};

static void expect_exact(const char *dtype, int precision, int n, int d, int m, int accumulate,
                         int seed)
{
    char line[256];
    snprintf(line, sizeof line,
             "linear dtype=%s bias=1 N=%d D=%d M=%d x=exact w=exact b=exact dy=exact%s seed=%d",
             dtype, n, d, m, accumulate ? " accumulate=1 dx=exact dw=exact db=exact" : "", seed);
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    cr_expect_leq(largest_sum(&c, &data), INT64_C(1) << precision, "%s", line);
    vjp_case_clear(&c);
    vjp_data_clear(&data);
}

Test(exact, every_partial_sum_is_representable)
{
    static const int sizes[][3] = {{1, 1, 1},  {2, 3, 4}, {7, 9, 5}, {16, 1, 33},
                                   {40, 2, 3}, {0, 3, 4}, {3, 4, 0}, {5, 0, 4}};
    for (size_t t = 0; t < sizeof dtypes / sizeof *dtypes; t++) {
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            for (int seed = 0; seed < 6; seed++)
                expect_exact(dtypes[t].name, dtypes[t].precision, sizes[s][0], sizes[s][1],
                             sizes[s][2], seed % 2, seed);
        }
    }
}

/* 254, 255 and 256 terms of bf16, with the old value: where A = 1 is just enough, and where dy has
 * to be sparse. */
Test(exact, sums_too_long_for_the_format_are_made_sparse)
{
    static const int lengths[] = {254, 255, 256, 257, 511, 512, 1000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (int accumulate = 0; accumulate < 2; accumulate++) {
            expect_exact("bf16", 8, lengths[i], 1, 2, accumulate, 1);
            expect_exact("bf16", 8, 2, 1, lengths[i], accumulate, 2);
            expect_exact("bf16", 8, lengths[i], 1, lengths[i] / 2, accumulate, 3);
        }
    }
    expect_exact("f16", 11, 1, 1, 5000, 1, 1);
}

Test(exact, sparse_data_still_say_something)
{
    struct vjp_data data =
        generate_line("linear dtype=bf16 N=1000 D=1 M=3 x=exact dy=exact seed=4");
    for (int m = 0; m < 3; m++) {
        int terms = 0;
        for (int n = 0; n < 1000; n++)
            terms += element(&data, DY, 3 * n + m) != 0;
        cr_expect(terms >= 200 && terms <= 255, "column %d: %d", m, terms);
    }
    for (int n = 0; n < 1000; n++)
        cr_expect_neq(element(&data, X, n), 0, "only dy is sparse");
    vjp_data_clear(&data);
    data = generate_line("linear dtype=bf16 N=1 D=1 M=1 dy=exact");
    cr_expect_neq(element(&data, DY, 0), 0);
    vjp_data_clear(&data);
}

/* The bound is not only kept but used: a longer significand gives larger integers. */
Test(exact, no_element_is_zero_and_the_range_is_used)
{
    /* floor(sqrt(2^p / (K + 1))) with K = 32 */
    static const double bound[] = {2, 7, 713, 16521156};
    for (size_t t = 0; t < sizeof dtypes / sizeof *dtypes; t++) {
        char line[256];
        double largest = 0;
        double largest_old = 0;
        snprintf(line, sizeof line, "linear dtype=%s N=32 D=100 M=32 x=exact dw=exact accumulate=1",
                 dtypes[t].name);
        struct vjp_data data = generate_line(line);
        for (int i = 0; i < 3200; i++) {
            const double x = fabs(element(&data, X, i));
            const double old = fabs(element(&data, DW, i));
            cr_assert(x >= 1 && x <= bound[t] && x == floor(x), "%g", x);
            cr_assert_gt(old, 0);
            largest = fmax(largest, x);
            largest_old = fmax(largest_old, old);
        }
        cr_expect_gt(largest, 0.99 * bound[t]);
        cr_expect_gt(largest_old, 0.9 * bound[t] * bound[t] / 8);
        vjp_data_clear(&data);
    }
}

Test(exact, the_scale_varies_from_case_to_case)
{
    int seen[7] = {0};
    for (int seed = 0; seed < 200; seed++) {
        char line[256];
        snprintf(line, sizeof line, "linear dtype=f32 N=8 D=1 M=64 dy=exact seed=%d", seed);
        struct vjp_data data = generate_line(line);
        const int unit = common_unit(&data, DY, 20);
        cr_assert(unit >= -3 && unit <= 3, "%d", unit);
        seen[unit + 3]++;
        vjp_data_clear(&data);
    }
    for (int k = 0; k < 7; k++)
        cr_expect_gt(seen[k], 5, "2^%d: %d", k - 3, seen[k]);
}
