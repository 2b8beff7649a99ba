/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/oracle_result.h"

#include <criterion/criterion.h>
#include <math.h>

static enum vjp_goal_state state(enum vjp_goal sense, double median, double goal)
{
    const struct vjp_oracle_ratio r = {
        .measured = true, .sense = sense, .ratio = {.n = 1, .median = median}, .goal = goal};
    return vjp_oracle_ratio_state(&r);
}

Test(oracle_result, a_goal_is_met_from_one_side)
{
    cr_expect_eq(state(VJP_GOAL_AT_MOST, 3, 3), VJP_GOAL_MET);
    cr_expect_eq(state(VJP_GOAL_AT_MOST, 3.01, 3), VJP_GOAL_MISSED);
    cr_expect_eq(state(VJP_GOAL_AT_LEAST, 400, 400), VJP_GOAL_MET);
    cr_expect_eq(state(VJP_GOAL_AT_LEAST, 399, 400), VJP_GOAL_MISSED);
    cr_expect_eq(state(VJP_GOAL_AT_MOST, NAN, 3), VJP_GOAL_MISSED);
    cr_expect_eq(state(VJP_GOAL_AT_LEAST, NAN, 3), VJP_GOAL_MISSED);
    cr_expect_eq(state(VJP_GOAL_AT_MOST, 1, NAN), VJP_GOAL_NONE);
    const struct vjp_oracle_ratio none = {.goal = 3};
    cr_expect_eq(vjp_oracle_ratio_state(&none), VJP_GOAL_NONE);
}

static void expect_note(double spread, double noise, const char *expected)
{
    char text[160];
    const struct vjp_oracle_ratio r = {.measured = true, .spread = spread, .noise = noise};
    cr_expect_str_eq(vjp_oracle_ratio_note(&r, text, sizeof text), expected);
}

Test(oracle_result, noise_is_told)
{
    expect_note(0.1, 0.1, "");
    expect_note(0.11, 0.1, "machine too noisy: the times spread by 11.0 % (limit 10 %)");
    expect_note(0.5, 0.2, "machine too noisy: times of fixed work spread by 20.0 % (limit 10 %)");
    expect_note(0, NAN, "machine too noisy: times of fixed work spread by nan % (limit 10 %)");
    expect_note(NAN, 0, "machine too noisy: the times spread by nan % (limit 10 %)");
}

/* 2 s for half of the one and 3 s for a quarter of the other: 4 s and 12 s. */
Test(oracle_result, a_part_counts_as_the_whole)
{
    const struct vjp_race race = {
        .time = {{.median = 2, .q1 = 2, .q3 = 2.5}, {.median = 3, .q1 = 2.625, .q3 = 3}},
        .ratio = {.n = 9, .median = 1.5, .q1 = 1.25, .q3 = 1.75, .low = 1, .high = 2},
        .spin = {.median = 1, .q1 = 1, .q3 = 1.125}};
    struct vjp_oracle_ratio r = {.sense = VJP_GOAL_AT_LEAST};
    vjp_oracle_ratio_take(&r, &race, 0.5, 0.25);
    cr_expect(r.measured);
    cr_expect_eq(r.own_amount, 4);
    cr_expect_eq(r.other_amount, 12);
    cr_expect_eq(r.share, 0.25);
    cr_expect_eq(r.ratio.n, 9);
    cr_expect_eq(r.ratio.median, 3);
    cr_expect_eq(r.ratio.q1, 2.5);
    cr_expect_eq(r.ratio.q3, 3.5);
    cr_expect_eq(r.ratio.low, 2);
    cr_expect_eq(r.ratio.high, 4);
    cr_expect_eq(r.spread, 0.25);
    cr_expect_eq(r.noise, 0.125);
    /* The other way round: the first is the other. */
    r = (struct vjp_oracle_ratio){.sense = VJP_GOAL_AT_MOST};
    vjp_oracle_ratio_take(&r, &race, 0.25, 0.5);
    cr_expect_eq(r.own_amount, 12);
    cr_expect_eq(r.other_amount, 4);
    cr_expect_eq(r.share, 0.5);
    cr_expect_eq(r.ratio.median, 3);
}
