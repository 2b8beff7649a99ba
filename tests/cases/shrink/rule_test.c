/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/rule.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct vjp_points observe(bool (*fails)(int64_t a), int64_t first, int64_t last)
{
    struct vjp_points points = {0};
    for (int64_t a = last; a >= first; a--)
        vjp_points_add(&points, a, 0, fails(a));
    return points;
}

static void expect_rule(bool (*fails)(int64_t a), int64_t first, int64_t last, const char *expected)
{
    const struct vjp_points points = observe(fails, first, last);
    const struct vjp_rule rule = vjp_rule_of_one(&points);
    struct vjp_text text = {0};
    vjp_text_add(&text, "%s", "");
    vjp_rule_print(rule, "M", "D", &text);
    cr_expect_str_eq(text.data, expected);
    cr_expect_eq(vjp_rule_fits(rule, &points), rule.kind != VJP_RULE_NONE);
    vjp_text_clear(&text);
}

#define FAILS(name, condition)                                                                     \
    static bool name(int64_t a)                                                                    \
    {                                                                                              \
        return (condition);                                                                        \
    }
FAILS(above_7, a > 7)
FAILS(below_3, a < 3)
FAILS(only_5, a == 5)
FAILS(but_5, a != 5)
FAILS(odd, a % 2 != 0)
FAILS(even, a % 2 == 0)
FAILS(by_3, a % 3 == 0)
FAILS(not_by_6, a % 6 != 0)
FAILS(not_by_32, a % 32 != 0)
FAILS(tail_8, a > 8 && a % 8 != 0)
FAILS(whole_4, a > 0 && a % 4 == 0)
FAILS(whole_4_above_12, a > 12 && a % 4 == 0)
FAILS(one_more_than_4, a % 4 == 1)
FAILS(by_5, a % 5 == 0)

Test(rule, the_simplest_that_fits_is_found)
{
    expect_rule(above_7, 0, 40, "M > 7");
    expect_rule(below_3, 0, 40, "M < 3");
    expect_rule(only_5, 0, 40, "M = 5");
    expect_rule(but_5, 0, 40, "M != 5");
    expect_rule(odd, 0, 40, "M % 2 != 0");
    expect_rule(even, 0, 40, "M % 2 = 0");
    expect_rule(by_3, 0, 40, "M % 3 = 0");
    expect_rule(not_by_6, 0, 40, "M % 6 != 0");
    expect_rule(not_by_32, 0, 70, "M % 32 != 0");
    expect_rule(tail_8, 0, 40, "M > 7 and M % 8 != 0");
    expect_rule(whole_4, 0, 40, "M > 0 and M % 4 = 0");
    expect_rule(whole_4_above_12, 0, 40, "M > 12 and M % 4 = 0");
    expect_rule(one_more_than_4, 0, 40, "M % 4 = 1");
    expect_rule(one_more_than_4, 2, 40, "M % 4 = 1");
    expect_rule(by_5, 0, 40, "");
}

/* From 0 and 1 alone an odd number is one above 0; negative numbers have remainders as well. */
Test(rule, a_simple_rule_is_preferred_where_both_fit)
{
    expect_rule(odd, 0, 1, "M > 0");
    expect_rule(odd, 0, 2, "M = 1");
    expect_rule(odd, -3, 3, "M % 2 != 0");
}

Test(rule, nothing_is_claimed_from_one_side)
{
    expect_rule(above_7, 8, 40, "");
    expect_rule(above_7, 0, 7, "");
    struct vjp_points points = observe(above_7, 8, 40);
    cr_expect_eq(vjp_rule_of_one(&points).kind, VJP_RULE_ALWAYS);
    points = observe(above_7, 0, 7);
    cr_expect_eq(vjp_rule_of_one(&points).kind, VJP_RULE_NONE);
    points = (struct vjp_points){0};
    cr_expect_eq(vjp_rule_of_one(&points).kind, VJP_RULE_NONE);
    cr_expect_eq(vjp_rule_of_two(&points).kind, VJP_RULE_NONE);
}

Test(rule, a_threshold_knows_both_of_its_neighbours)
{
    struct vjp_points points = {0};
    vjp_points_add(&points, 3, 0, false);
    vjp_points_add(&points, 40, 0, false);
    vjp_points_add(&points, 100, 0, true);
    struct vjp_rule rule = vjp_rule_of_one(&points);
    cr_expect_eq(rule.kind, VJP_RULE_ABOVE);
    cr_expect_eq(rule.c, 40);
    cr_expect_eq(rule.seen, 100);
    points = (struct vjp_points){0};
    vjp_points_add(&points, 5, 0, true);
    vjp_points_add(&points, 9, 0, false);
    rule = vjp_rule_of_one(&points);
    cr_expect_eq(rule.kind, VJP_RULE_BELOW);
    cr_expect_eq(rule.c, 9);
    cr_expect_eq(rule.seen, 5);
}

static bool by_sign(int sign, int64_t a, int64_t b)
{
    const bool fails[] = {a == b, a != b, a<b, a> b, a <= b, a >= b, a == b && a > 1};
    return fails[sign];
}

Test(rule, two_fields_are_compared)
{
    static const char *const expected[] = {"D = M",  "D != M", "D < M",          "D > M",
                                           "D <= M", "D >= M", "D = M and D > 1"};
    for (int sign = 0; sign < 7; sign++) {
        struct vjp_points points = {0};
        struct vjp_text text = {0};
        for (int64_t i = 0; i < 36; i++)
            vjp_points_add(&points, i / 6, i % 6, by_sign(sign, i / 6, i % 6));
        vjp_rule_print(vjp_rule_of_two(&points), "D", "M", &text);
        cr_expect_str_eq(text.data, expected[sign]);
        vjp_text_clear(&text);
        points.at[17].failed = !points.at[17].failed;
        cr_expect_eq(vjp_rule_of_two(&points).kind, VJP_RULE_NONE, "all of them must fit");
    }
}

Test(rule, an_observation_counts_once)
{
    struct vjp_points points = {0};
    vjp_points_add(&points, 1, 2, true);
    vjp_points_add(&points, 1, 2, true);
    vjp_points_add(&points, 1, 3, false);
    cr_expect_eq(points.count, 2);
    cr_expect_eq(points.failed, 1);
    for (int i = 0; i < 2 * VJP_POINTS_MAX; i++)
        vjp_points_add(&points, i, 9, true);
    cr_expect_eq(points.count, VJP_POINTS_MAX);
}

static void expect_listed(const struct vjp_points *points, bool failed, int max, const char *text)
{
    struct vjp_text out = {0};
    vjp_points_print(points, failed, max, &out);
    cr_expect_str_eq(out.data, text);
    vjp_text_clear(&out);
}

Test(rule, values_are_listed_in_order_as_ranges)
{
    const struct vjp_points points = observe(tail_8, 0, 19);
    expect_listed(&points, true, 8, "9-15, 17-19");
    expect_listed(&points, false, 8, "0-8, 16");
    expect_listed(&points, false, 2, "0-8, 16");
    expect_listed(&points, false, 1, "0-8, ...");
    const struct vjp_points fives = observe(by_5, 3, 16);
    expect_listed(&fives, true, 8, "5, 10, 15");
    expect_listed(&fives, false, 8, "3-4, 6-9, 11-14, 16");
}
