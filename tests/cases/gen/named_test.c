/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/domain.h"
#include "tests/cases/lines.h"
#include "tests/cases/spec/sample.h"

#include <math.h>
#include <stdio.h>

static const char *const dtypes[] = {"f16", "bf16", "f32", "f64"};
static const int precisions[] = {11, 8, 24, 53};
static const int emins[] = {-14, -126, -126, -1022};

#define COUNT 5000

/* x with COUNT elements from a generator. */
static struct vjp_data generate_x(const char *dtype, const char *generator, int seed)
{
    char line[256];
    snprintf(line, sizeof line, "linear dtype=%s N=50 D=100 M=1 x=%s seed=%d", dtype, generator,
             seed);
    return generate_line(line);
}

/* Whether value has at most p significant bits. */
static bool has_precision(double value, int p)
{
    int exponent;
    const double m = ldexp(frexp(value, &exponent), p);
    return m == floor(m);
}

Test(named, uniform_stays_in_its_bound_and_is_full)
{
    for (int t = 0; t < 4; t++) {
        struct vjp_data data = generate_x(dtypes[t], "uniform:4", t);
        double largest = 0;
        int odd = 0;
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            cr_assert(value > -4 && value < 4);
            cr_assert(has_precision(value, precisions[t]));
            largest = fmax(largest, fabs(value));
            odd += !has_precision(value, precisions[t] - 1);
        }
        cr_expect_gt(largest, 3.9);
        cr_expect(abs(odd - COUNT / 2) < 300, "%s: %d", dtypes[t], odd);
        vjp_data_clear(&data);
    }
}

Test(named, normal_scales_with_its_parameter)
{
    for (int t = 0; t < 4; t++) {
        struct vjp_data one = generate_x(dtypes[t], "normal", t);
        struct vjp_data four = generate_x(dtypes[t], "normal:4", t);
        double square = 0;
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&one, X, i);
            if (fabs(value) > 1e-3) /* a subnormal f16 loses bits */
                cr_assert_eq(element(&four, X, i), 4 * value);
            square += value * value;
        }
        cr_expect_float_eq(square / COUNT, 1, 0.15);
        vjp_data_clear(&one);
        vjp_data_clear(&four);
    }
}

Test(named, integers_are_integers_in_their_range)
{
    for (int t = 0; t < 4; t++) {
        struct vjp_data data = generate_x(dtypes[t], "integers:3", t);
        int seen[7] = {0};
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            cr_assert(value == floor(value) && fabs(value) <= 3, "%g", value);
            seen[(int)value + 3]++;
        }
        for (int v = 0; v < 7; v++) /* expectation 714, standard deviation 25 */
            cr_expect(abs(seen[v] - COUNT / 7) < 180, "%d: %d", v - 3, seen[v]);
        vjp_data_clear(&data);
    }
}

Test(named, pow2_gives_every_power_in_its_range_with_both_signs)
{
    for (int t = 0; t < 4; t++) {
        struct vjp_data data = generate_x(dtypes[t], "pow2:2", t);
        int seen[2][5] = {{0}};
        for (int i = 0; i < COUNT; i++) {
            int exponent;
            const double value = element(&data, X, i);
            cr_assert_eq(fabs(frexp(value, &exponent)), 0.5);
            cr_assert(exponent >= -1 && exponent <= 3, "%g", value);
            seen[value < 0][exponent + 1]++;
        }
        for (int k = 0; k < 10; k++)
            cr_expect_gt(seen[k / 5][k % 5], 400);
        vjp_data_clear(&data);
    }
}

Test(named, onehot_has_one_one)
{
    static const struct {
        const char *values;
        int64_t at; /* -1: anywhere */
    } rows[] = {{"onehot", -1}, {"onehot:0", 0}, {"onehot:4999", 4999}, {"onehot:1234", 1234}};
    int64_t places[2] = {0};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct vjp_data data = generate_x("bf16", rows[r].values, 5);
        int ones = 0;
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            cr_assert(value == 0 || value == 1);
            ones += value == 1;
            cr_expect(rows[r].at < 0 || (value == 1) == (i == rows[r].at));
        }
        cr_expect_eq(ones, 1);
        vjp_data_clear(&data);
    }
    for (int seed = 0; seed < 2; seed++) {
        struct vjp_data data = generate_x("f32", "onehot", seed);
        while (element(&data, X, places[seed]) == 0)
            places[seed]++;
        vjp_data_clear(&data);
    }
    cr_expect_neq(places[0], places[1]);
}

Test(named, wide_has_every_exponent_and_full_significands)
{
    static const int fallback[] = {4, 50, 50, 498};
    for (int t = 0; t < 4; t++) {
        struct vjp_data data = generate_x(dtypes[t], "wide", t);
        int lowest = 0;
        int highest = 0;
        int odd = 0;
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            const int exponent = ilogb(value);
            lowest = exponent < lowest ? exponent : lowest;
            highest = exponent > highest ? exponent : highest;
            odd += !has_precision(value, precisions[t] - 1);
        }
        cr_expect(lowest >= -fallback[t] && lowest <= -fallback[t] + 5, "%d", lowest);
        cr_expect(highest <= fallback[t] && highest >= fallback[t] - 5, "%d", highest);
        cr_expect(abs(odd - COUNT / 2) < 300, "%s: %d", dtypes[t], odd);
        vjp_data_clear(&data);
    }
}

Test(named, wide_with_the_widest_range_stays_finite_and_normal)
{
    static const char *const widest[] = {"wide:14", "wide:126", "wide:126", "wide:1022"};
    for (int t = 0; t < 4; t++) {
        struct vjp_data data = generate_x(dtypes[t], widest[t], t);
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            cr_assert(isfinite(value) && fabs(value) >= ldexp(1, emins[t]));
        }
        vjp_data_clear(&data);
    }
}

Test(named, subnormals_are_subnormal_and_not_zero)
{
    for (int t = 0; t < 4; t++) {
        struct vjp_data data = generate_x(dtypes[t], "subnormal", t);
        int negative = 0;
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            cr_assert(value != 0 && fabs(value) < ldexp(1, emins[t]));
            negative += value < 0;
        }
        cr_expect(abs(negative - COUNT / 2) < 300);
        vjp_data_clear(&data);
    }
}

Test(named, zeros_have_both_signs_and_their_share)
{
    static const struct {
        const char *values;
        int low, high;
    } rows[] = {
        {"zeros", 2200, 2800}, {"zeros:0.1", 380, 620}, {"zeros:0", 0, 0}, {"zeros:1", 5000, 5000}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct vjp_data data = generate_x("f32", rows[r].values, 3);
        int zeros = 0;
        int negative = 0;
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            zeros += value == 0;
            negative += value == 0 && signbit(value);
        }
        cr_expect(zeros >= rows[r].low && zeros <= rows[r].high, "%s: %d", rows[r].values, zeros);
        cr_expect(abs(2 * negative - zeros) <= 300, "%d of %d", negative, zeros);
        vjp_data_clear(&data);
    }
}

Test(named, special_values_are_of_three_kinds_and_at_least_one)
{
    for (int t = 0; t < 4; t++) {
        struct vjp_data data = generate_x(dtypes[t], "special", t);
        int kind[3] = {0};
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            kind[0] += isnan(value);
            kind[1] += isinf(value) && value > 0;
            kind[2] += isinf(value) && value < 0;
        }
        for (int k = 0; k < 3; k++) /* 500 in three kinds */
            cr_expect(kind[k] > 90 && kind[k] < 250, "%s: %d", dtypes[t], kind[k]);
        vjp_data_clear(&data);
    }
    for (int seed = 0; seed < 20; seed++) {
        struct vjp_data data = generate_x("f32", "special:0", seed);
        int special = 0;
        for (int i = 0; i < COUNT; i++)
            special += !isfinite(element(&data, X, i));
        cr_expect_eq(special, 1);
        vjp_data_clear(&data);
    }
}

Test(named, const_is_rounded_once_to_the_dtype)
{
    static const struct {
        const char *dtype, *values;
        uint64_t bits;
    } rows[] = {
        {"f32", "const", 0x3f800000},
        {"f16", "const:-2.5", 0xc100},
        {"f32", "const:0.1", 0x3dcccccd},
        {"f32", "const:-0", 0x80000000},
        {"f32", "const:-inf", 0xff800000},
        /* Just above a tie of f16: through f64 it would become the tie, and round down. */
        {"f16", "const:1.00048828125000000000000001", 0x3c01},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct vjp_data data = generate_x(rows[r].dtype, rows[r].values, 0);
        for (int i = 0; i < COUNT; i++)
            cr_assert_eq(vjp_tensor_get(&data.slot[X], i), rows[r].bits, "%s", rows[r].values);
        vjp_data_clear(&data);
    }
}

/* The same deviates as normal's, times 100. */
Test(named, large_is_normal_with_a_large_deviation)
{
    struct vjp_data large = generate_x("f32", "large", 6);
    struct vjp_data same = generate_x("f32", "normal:100", 6);
    for (int i = 0; i < COUNT; i++)
        cr_assert_eq(element(&large, X, i), element(&same, X, i));
    vjp_data_clear(&large);
    vjp_data_clear(&same);
}

/* The mean of n deviates of 1 has the standard error 1/sqrt(n), their mean square about the true mean
 * sqrt(2/n): the fourth moment is 3. Rounding to numbers that are h apart, where h is not above the
 * deviation, moves the mean by less than h/2 and adds h^2/12 to the mean square (Sheppard), here to within
 * a tenth. Five standard errors: one test in a million fails without a cause. */
Test(named, shifted_has_one_mean_and_deviation_1)
{
    static const struct {
        const char *dtype, *values;
        double mean, step;
    } rows[] = {{"f16", "shifted:100", 100, 0x1p-4},  {"f16", "shifted", 1000, 0.5},
                {"bf16", "shifted:10", 10, 0x1p-4},   {"bf16", "shifted:100", 100, 0.5},
                {"f32", "shifted:1e4", 1e4, 0x1p-10}, {"f32", "shifted:0", 0, 0},
                {"f64", "shifted:1e6", 1e6, 0x1p-33}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        int negative = 0;
        for (int seed = 0; seed < 16; seed++) {
            struct vjp_data data = generate_x(rows[r].dtype, rows[r].values, seed);
            const double sign = element(&data, X, 0) < 0 ? -1 : 1;
            double sum = 0;
            double square = 0;
            for (int i = 0; i < COUNT; i++) {
                const double z = rows[r].mean > 0 ? sign * element(&data, X, i) - rows[r].mean
                                                  : element(&data, X, i);
                cr_assert_lt(fabs(z), 16, "%s: %g", rows[r].values, z);
                sum += z;
                square += z * z;
            }
            const double step = rows[r].step;
            cr_expect_lt(fabs(sum / COUNT), 5 / sqrt(COUNT) + step / 2, "%s: mean %g",
                         rows[r].values, sum / COUNT);
            cr_expect_lt(fabs(square / COUNT - 1 - step * step / 12),
                         5 * sqrt(2.0 / COUNT) + step * step / 120, "%s: mean square %g",
                         rows[r].values, square / COUNT);
            negative += sign < 0;
            vjp_data_clear(&data);
        }
        cr_expect(negative > 0 && negative < 16, "%d", negative); /* all alike: 2 in 2^16 */
    }
}

/* The largest ratio: no element is infinite. */
Test(named, shifted_stays_finite)
{
    static const char *const largest[] = {"shifted:32768", "shifted:0x1p127", "shifted:0x1p127",
                                          "shifted:0x1p1023"};
    for (int t = 0; t < 4; t++) {
        struct vjp_data data = generate_x(dtypes[t], largest[t], t);
        for (int i = 0; i < COUNT; i++)
            cr_assert(isfinite(element(&data, X, i)));
        vjp_data_clear(&data);
    }
}

Test(named, ties_are_of_so_many_values_around_0)
{
    static const struct {
        const char *values;
        int low, high;
    } rows[] = {{"ties", -1, 1}, {"ties:1", 0, 0}, {"ties:2", 0, 1}, {"ties:5", -2, 2}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct vjp_data data = generate_x("bf16", rows[r].values, 7);
        const int kinds = rows[r].high - rows[r].low + 1;
        int seen[5] = {0};
        for (int i = 0; i < COUNT; i++) {
            const double value = element(&data, X, i);
            cr_assert(value == floor(value) && value >= rows[r].low && value <= rows[r].high);
            seen[(int)value - rows[r].low]++;
        }
        for (int k = 0; k < kinds; k++) /* a standard deviation is below 36 */
            cr_expect(abs(seen[k] - COUNT / kinds) < 180, "%s: %d", rows[r].values, seen[k]);
        vjp_data_clear(&data);
    }
}

/* A list and @file are the only other sources: const is an integer where the operand is. */
Test(named, every_name_can_be_filled)
{
    for (int g = 0; g < VJP_GEN_NAMED; g++) {
        struct vjp_case c = sample_case(4, 3, g == VJP_GEN_LABELS ? "labels" : "index");
        const char *name = vjp_generator_info((enum vjp_generator)g)->name;
        int filled_in = 0;
        for (int slot = SAMPLE_X; slot <= SAMPLE_DY; slot++) {
            struct vjp_data data = {0};
            struct vjp_error error = {""};
            if (!vjp_case_has_slot(&c, slot) || !vjp_domain_takes(&c, slot, (enum vjp_generator)g))
                continue;
            struct vjp_case copy = {0};
            cr_assert_eq(vjp_case_copy(&copy, &c, NULL), VJP_OK);
            cr_assert_eq(vjp_case_set_values(&copy, slot, name, NULL), VJP_OK);
            cr_expect_eq(vjp_data_generate(&copy, &data, &error), VJP_OK, "%s", error.text);
            filled_in++;
            vjp_data_clear(&data);
            vjp_case_clear(&copy);
        }
        cr_expect(filled_in > 0 || g == VJP_GEN_CANCEL, "%s", name); /* nothing cancels there */
        vjp_case_clear(&c);
    }
}
