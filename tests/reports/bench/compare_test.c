/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/compare.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct vjp_bench_result make(const char *line, const char *target, double low, double median,
                                    double high)
{
    return (struct vjp_bench_result){
        .line = line,
        .target = target,
        .threads = 1,
        .timed = true,
        .flops = 12,
        .peak = 24,
        .time = {.n = 9, .q1 = low, .median = median, .q3 = high, .low = low, .high = high}};
}

static struct vjp_comparison *compare(const struct vjp_bench_result *before, size_t n_before,
                                      const struct vjp_bench_result *after, size_t n_after,
                                      size_t expected)
{
    struct vjp_comparison *all = NULL;
    size_t count = 0;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_compare(before, n_before, after, n_after, &all, &count, &error), VJP_OK, "%s",
                 error.text);
    cr_assert_eq(count, expected);
    return all;
}

static struct vjp_comparison compare_one(struct vjp_bench_result before,
                                         struct vjp_bench_result after)
{
    struct vjp_comparison *all = compare(&before, 1, &after, 1, 1);
    const struct vjp_comparison c = *all;
    free(all);
    return c;
}

Test(compare, the_interval_of_a_ratio_is_from_end_to_end)
{
    const struct vjp_comparison c =
        compare_one(make("l", "k", 2, 3, 4), make("l", "k", 1, 1.5, 1.6));
    cr_expect_eq(c.ratio, 2);
    cr_expect_eq(c.low, 2 / 1.6);
    cr_expect_eq(c.high, 4);
    cr_expect_eq(c.peak_ratio, 2);
    cr_expect_eq(c.change, VJP_CHANGE_FASTER);
}

Test(compare, a_change_is_one_where_the_interval_leaves_1_out)
{
    struct vjp_bench_result old = make("l", "k", 0.9, 1, 1.1);
    cr_expect_eq(compare_one(old, make("l", "k", 1.2, 1.3, 1.4)).change, VJP_CHANGE_SLOWER);
    cr_expect_eq(compare_one(old, make("l", "k", 1.05, 1.2, 1.4)).change, VJP_CHANGE_NONE);
    cr_expect_eq(compare_one(old, make("l", "k", 0.7, 0.8, 0.95)).change, VJP_CHANGE_NONE);
    cr_expect_eq(compare_one(old, make("l", "k", 0.5, 0.6, 0.7)).change, VJP_CHANGE_FASTER);
    cr_expect_eq(compare_one(old, make("l", "k", NAN, 0.1, NAN)).change, VJP_CHANGE_NONE);
}

/* Twice as slow on a machine that did half as much: the frequency, not the kernel. */
Test(compare, a_slower_machine_is_no_slower_kernel)
{
    const struct vjp_bench_result old = make("l", "k", 0.99, 1, 1.01);
    struct vjp_bench_result new = make("l", "k", 1.99, 2, 2.01);
    new.peak = 12;
    struct vjp_comparison c = compare_one(old, new);
    cr_expect_eq(c.ratio, 0.5);
    cr_expect_eq(c.peak_ratio, 1);
    cr_expect_eq(c.change, VJP_CHANGE_NONE);
    cr_expect_not(vjp_comparison_is_below(&c, 0.9));
    new.flops = 0; /* then the clock is all that there is */
    c = compare_one(old, new);
    cr_expect(isnan(c.peak_ratio));
    cr_expect_eq(c.change, VJP_CHANGE_SLOWER);
    cr_expect(vjp_comparison_is_below(&c, 0.9));
    cr_expect_not(vjp_comparison_is_below(&c, 0.5));
}

Test(compare, results_are_paired_by_case_kernel_and_threads)
{
    struct vjp_bench_result old[] = {make("l", "a", 1, 1, 1), make("l", "b", 1, 1, 1),
                                     make("m", "a", 1, 1, 1), make("l", "a", 1, 1, 1)};
    struct vjp_bench_result new[] = {make("m", "a", 1, 1, 1), make("l", "c", 1, 1, 1),
                                     make("l", "a", 1, 1, 1)};
    old[3].threads = 2;
    new[2].threads = 2;
    struct vjp_comparison *c = compare(old, 4, new, 3, 5);
    cr_expect(c[0].before == &old[2] && c[0].after == &new[0] && c[0].change == VJP_CHANGE_NONE);
    cr_expect(!c[1].before && c[1].after == &new[1] && c[1].change == VJP_CHANGE_GAINED);
    cr_expect(c[2].before == &old[3] && c[2].after == &new[2]);
    cr_expect(c[3].before == &old[0] && !c[3].after && c[3].change == VJP_CHANGE_LOST);
    cr_expect(c[4].before == &old[1] && !c[4].after);
    free(c);
}

Test(compare, a_number_that_was_lost_is_below_any_ratio)
{
    const struct vjp_bench_result old = make("l", "k", 1, 1, 1);
    struct vjp_bench_result wrong = make("l", "k", 0, 0, 0);
    wrong.timed = false;
    struct vjp_comparison c = compare_one(old, wrong);
    cr_expect_eq(c.change, VJP_CHANGE_LOST);
    cr_expect(isnan(c.ratio));
    cr_expect(vjp_comparison_is_below(&c, 0.01));
    c = compare_one(wrong, old);
    cr_expect_eq(c.change, VJP_CHANGE_GAINED);
    cr_expect_not(vjp_comparison_is_below(&c, 0.01));
    c = compare_one(wrong, wrong);
    cr_expect_eq(c.change, VJP_CHANGE_NONE);
}

Test(compare, two_results_of_the_same_are_refused)
{
    const struct vjp_bench_result twice[] = {make("l", "k", 1, 1, 1), make("l", "k", 2, 2, 2)};
    struct vjp_comparison *all;
    size_t count;
    struct vjp_error error;
    cr_expect_eq(vjp_compare(twice, 1, twice, 2, &all, &count, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "the new file has two results of k on l");
    cr_expect_eq(vjp_compare(twice, 2, twice, 1, &all, &count, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "the old file has two results of k on l");
}
