/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fill.h"

#include "tests/cases/gen/filled.h"

#include <math.h>
#include <stdlib.h>

#define ROWS    50
#define COLUMNS 100
#define COUNT   (ROWS * COLUMNS)

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The quantiles of exp of a normal deviate are exp of the normal ones: exp(-1) at 15.87 percent, 1 at
 * 50, exp(1) at 84.13. Of 5000 draws the share below each has a standard deviation of at most 0.7
 * percent; the piecewise linear exponential is off by 6 percent at most, which moves it by another
 * 2.4 percent. */
Test(positive, the_logarithm_is_about_normal_around_that_of_the_median)
{
    static const double medians[] = {1, 8, 0.25};
    for (int m = 0; m < 3; m++) {
        char text[32];
        double values[COUNT];
        snprintf(text, sizeof text, "positive:%g", medians[m]);
        struct vjp_data data = generate_sample(VJP_F64, ROWS, COLUMNS, SAMPLE_P, text, 7);
        for (int i = 0; i < COUNT; i++)
            values[i] = filled(&data, SAMPLE_P, i) / medians[m];
        qsort(values, COUNT, sizeof *values, compare);
        cr_expect_float_eq(log(values[COUNT * 1587 / 10000]), -1, 0.15);
        cr_expect_float_eq(log(values[COUNT / 2]), 0, 0.15);
        cr_expect_float_eq(log(values[COUNT * 8413 / 10000]), 1, 0.15);
        cr_expect(values[0] > 0.005 && values[COUNT - 1] < 100);
        vjp_data_clear(&data);
    }
}

Test(positive, values_are_normal_numbers_of_the_dtype_at_both_ends)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        const struct vjp_format *format = vjp_format((enum vjp_dtype)dtype);
        const int exponents[] = {format->emin, format->emax};
        for (int e = 0; e < 2; e++) {
            char text[64];
            snprintf(text, sizeof text, "positive:%a", ldexp(1, exponents[e]));
            struct vjp_data data =
                generate_sample((enum vjp_dtype)dtype, ROWS, COLUMNS, SAMPLE_P, text, 8);
            for (int i = 0; i < COUNT; i++) {
                const double value = filled(&data, SAMPLE_P, i);
                cr_assert(isfinite(value) && value >= ldexp(1, format->emin), "%s: %a", text,
                          value);
            }
            vjp_data_clear(&data);
        }
    }
}

/* Full significands: half of the last bits are ones. */
Test(positive, values_are_rounded)
{
    struct vjp_data data = generate_sample(VJP_F32, ROWS, COLUMNS, SAMPLE_P, "positive", 9);
    int odd = 0;
    for (int i = 0; i < COUNT; i++)
        odd += (int)(vjp_tensor_get(&data.slot[SAMPLE_P], i) & 1);
    cr_expect(abs(odd - COUNT / 2) < 300, "%d", odd);
    vjp_data_clear(&data);
}

/* An element is off by at most 2^-p of itself, so the sum of a row, which is 1, by 2^-p; f16 raises what
 * is below 2^-14, its smallest normal number, to that. */
Test(positive, rows_of_a_simplex_sum_to_1)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        const struct vjp_format *format = vjp_format((enum vjp_dtype)dtype);
        struct vjp_data data =
            generate_sample((enum vjp_dtype)dtype, ROWS, COLUMNS, SAMPLE_P, "simplex", 10);
        for (int row = 0; row < ROWS; row++) {
            double sum = 0;
            for (int k = 0; k < COLUMNS; k++) {
                const double value = filled(&data, SAMPLE_P, row * COLUMNS + k);
                cr_assert(value > 0 && value < 1);
                sum += value;
            }
            cr_expect_float_eq(sum, 1,
                               ldexp(1, -format->precision) +
                                   COLUMNS * 0x1p-14 * (dtype == VJP_F16) + 1e-13);
        }
        vjp_data_clear(&data);
    }
}

Test(positive, a_row_of_one_is_1)
{
    struct vjp_data data = generate_sample(VJP_BF16, 3, 1, SAMPLE_P, "simplex", 11);
    for (int row = 0; row < 3; row++)
        cr_expect_eq(filled(&data, SAMPLE_P, row), 1);
    vjp_data_clear(&data);
}
