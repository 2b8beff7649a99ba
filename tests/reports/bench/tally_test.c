/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/tally.h"

#include <criterion/criterion.h>
#include <math.h>

static void add(struct vjp_tally *tally, const char *group, const char *target, const char *line,
                double speed, double low, double high)
{
    struct vjp_error error = {""};
    const struct vjp_bench_result result = {
        .line = line,
        .target = target,
        .timed = true,
        .against = "peer",
        .ratio = {.n = 9, .median = speed, .low = low, .high = high}};
    cr_assert_eq(vjp_tally_add(tally, group, &result, &error), VJP_OK, "%s", error.text);
}

/* The geometric mean of 2, 4 and 1/64 is (1/8)^(1/3). */
Test(tally, each_kernel_and_group_has_a_row)
{
    struct vjp_tally tally = {0};
    add(&tally, "f32", "a:k", "first", 2, 1.5, 3);
    add(&tally, "f32", "b:k", "first", 3, 0.5, 4);
    add(&tally, "f64", "a:k", "second", 7, 6, 8);
    add(&tally, "f32", "a:k", "third", 4, 0.9, 5);
    add(&tally, "f32", "a:k", "fourth", 1.0 / 64, 0.01, 0.02);
    cr_assert_eq(tally.count, 3);
    cr_expect_str_eq(tally.row[0].kernel, "a:k");
    cr_expect_str_eq(tally.row[0].group, "f32");
    cr_expect_eq(tally.row[0].cases, 3);
    cr_expect_float_eq(vjp_tally_mean(&tally.row[0]), 0.5, 1e-15);
    cr_expect_eq(tally.row[0].faster, 1);
    cr_expect_eq(tally.row[0].slower, 1);
    cr_expect_eq(tally.row[0].least, 1.0 / 64);
    cr_expect_str_eq(tally.row[0].least_line, "fourth");
    cr_expect_str_eq(tally.row[1].kernel, "b:k");
    cr_expect(tally.row[1].faster == 0 && tally.row[1].slower == 0);
    cr_expect_str_eq(tally.row[2].group, "f64");
    cr_expect_float_eq(vjp_tally_mean(&tally.row[2]), 7, 1e-14);
    vjp_tally_clear(&tally);
    cr_expect(tally.count == 0 && !tally.row);
}

Test(tally, what_has_no_speed_does_not_count)
{
    struct vjp_tally tally = {0};
    struct vjp_error error = {""};
    struct vjp_bench_result result = {.line = "l", .target = "t", .ratio = {.median = 2}};
    cr_assert_eq(vjp_tally_add(&tally, "g", &result, &error), VJP_OK);
    result.timed = true;
    cr_assert_eq(vjp_tally_add(&tally, "g", &result, &error), VJP_OK);
    result.against = "peer";
    result.ratio.median = NAN;
    cr_assert_eq(vjp_tally_add(&tally, "g", &result, &error), VJP_OK);
    result.ratio.median = 0;
    cr_assert_eq(vjp_tally_add(&tally, "g", &result, &error), VJP_OK);
    cr_expect_eq(tally.count, 0);
    vjp_tally_clear(&tally);
}
