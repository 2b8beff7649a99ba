/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/selftest/score.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static struct vjp_try caught(enum vjp_verdict verdict, int64_t cases, double seconds)
{
    return (struct vjp_try){
        .ran = true, .caught = true, .verdict = verdict, .cases = cases, .seconds = seconds};
}

static const struct vjp_try missed = {.ran = true, .cases = 1000, .seconds = 50};

Test(score, pairs_that_say_the_same_are_alike)
{
    cr_expect(vjp_verdict_is_alike(VJP_VERDICT_WRONG, VJP_VERDICT_WRONG));
    cr_expect(vjp_verdict_is_alike(VJP_VERDICT_WRONG, VJP_VERDICT_INACCURATE));
    cr_expect(vjp_verdict_is_alike(VJP_VERDICT_INACCURATE, VJP_VERDICT_WRONG));
    cr_expect(vjp_verdict_is_alike(VJP_VERDICT_CRASHED, VJP_VERDICT_OUT_OF_BOUNDS));
    cr_expect(vjp_verdict_is_alike(VJP_VERDICT_STATE_DEPENDENT, VJP_VERDICT_NONDETERMINISTIC));
    cr_expect_not(vjp_verdict_is_alike(VJP_VERDICT_WRONG, VJP_VERDICT_CRASHED));
    cr_expect_not(vjp_verdict_is_alike(VJP_VERDICT_UNWRITTEN, VJP_VERDICT_WRONG));
    cr_expect_not(vjp_verdict_is_alike(VJP_VERDICT_HUNG, VJP_VERDICT_CRASHED));
}

Test(score, a_plant_has_one_fate)
{
    struct vjp_kill kill = {.tries = 2};
    cr_expect_eq(vjp_kill_fate(&kill), VJP_FATE_NOT_RUN);
    cr_expect_eq(vjp_kill_verdict(&kill), VJP_VERDICT_UNSUPPORTED);
    kill.attempt[0] = missed;
    cr_expect_eq(vjp_kill_fate(&kill), VJP_FATE_MISSED);
    kill.has_other = true;
    kill.other = VJP_VERDICT_HUNG;
    cr_expect_eq(vjp_kill_fate(&kill), VJP_FATE_OTHER);
    cr_expect_eq(vjp_kill_verdict(&kill), VJP_VERDICT_HUNG);
    kill.pinned = true;
    kill.pinned_verdict = VJP_VERDICT_CRASHED;
    cr_expect_eq(vjp_kill_fate(&kill), VJP_FATE_PINNED);
    cr_expect_eq(vjp_kill_verdict(&kill), VJP_VERDICT_CRASHED);
    kill.attempt[1] = caught(VJP_VERDICT_WRONG, 3, 0.5);
    cr_expect_eq(vjp_kill_fate(&kill), VJP_FATE_CAUGHT);
    cr_expect_eq(vjp_kill_verdict(&kill), VJP_VERDICT_WRONG);
}

/* Over the campaigns that caught it: of 2, 4 and 30 the middle is 4, of two the mean. */
Test(score, the_middle_is_over_the_seeds)
{
    struct vjp_kill kill = {.tries = 4,
                            .attempt = {caught(VJP_VERDICT_WRONG, 30, 3), missed,
                                        caught(VJP_VERDICT_WRONG, 2, 1),
                                        caught(VJP_VERDICT_WRONG, 4, 2)}};
    cr_expect_eq(vjp_kill_cases(&kill), 4);
    cr_expect_eq(vjp_kill_seconds(&kill), 2);
    kill.tries = 3;
    cr_expect_eq(vjp_kill_cases(&kill), 16);
    kill.tries = 0;
    cr_expect(isnan(vjp_kill_cases(&kill)));
}

Test(score, classes_are_counted)
{
    const struct vjp_plant plant[] = {{.classes = 1 << 1 | 1 << 2},
                                      {.classes = 1 << 1},
                                      {.classes = 1 << 2},
                                      {.classes = 1 << 1}};
    const struct vjp_kill kills[] = {
        {.plant = &plant[0],
         .tries = 1,
         .attempt = {caught(VJP_VERDICT_WRONG, 10, 1)},
         .has_size = true,
         .dims = 3,
         .elements = 5},
        {.plant = &plant[1],
         .tries = 1,
         .attempt = {caught(VJP_VERDICT_CRASHED, 20, 2.5)},
         .has_size = true,
         .dims = 5,
         .elements = 9},
        {.plant = &plant[2], .tries = 1, .attempt = {missed}},
        {.plant = &plant[3],
         .tries = 2,
         .attempt = {missed},
         .pinned = true,
         .pinned_verdict = VJP_VERDICT_WRONG},
    };
    struct vjp_score one, two, three, all;
    struct vjp_error error;
    cr_assert_eq(vjp_score_class(kills, 4, 1, &one, &error), VJP_OK);
    cr_expect(one.plants == 3 && one.fate[VJP_FATE_CAUGHT] == 2 && one.fate[VJP_FATE_PINNED] == 1);
    cr_expect(one.verdict[VJP_VERDICT_WRONG] == 2 && one.verdict[VJP_VERDICT_CRASHED] == 1);
    cr_expect(one.cases == 15 && one.seconds == 1.75 && one.dims == 4 && one.elements == 7);
    cr_expect(one.quick == 1 && one.tries == 4 && one.tries_not_run == 1);
    cr_assert_eq(vjp_score_class(kills, 4, 2, &two, &error), VJP_OK);
    cr_expect(two.plants == 2 && two.fate[VJP_FATE_MISSED] == 1 && two.cases == 10);
    cr_assert_eq(vjp_score_class(kills, 4, 3, &three, &error), VJP_OK);
    cr_expect(three.plants == 0 && isnan(three.cases));
    cr_assert_eq(vjp_score_class(kills, 4, 0, &all, &error), VJP_OK);
    cr_expect(all.plants == 4 && all.fate[VJP_FATE_CAUGHT] == 2 && all.tries == 5);
}

/* A comparison of nothing never passes. */
Test(score, perfect_is_all_of_it)
{
    const struct vjp_score good = {
        .plants = 3, .fate = {[VJP_FATE_CAUGHT] = 2, [VJP_FATE_PINNED] = 1}, .tries = 6};
    const struct vjp_alarms silent = {.wanted = 10, .conclusive = 12};
    struct vjp_score score = good;
    struct vjp_alarms alarms = silent;
    cr_expect(vjp_score_is_perfect(&good, &silent));
    score.fate[VJP_FATE_CAUGHT] = 1;
    score.fate[VJP_FATE_OTHER] = 1;
    cr_expect_not(vjp_score_is_perfect(&score, &silent));
    score = good;
    score.tries_not_run = 1;
    cr_expect_not(vjp_score_is_perfect(&score, &silent));
    alarms.conclusive = 9;
    cr_expect_not(vjp_score_is_perfect(&good, &alarms));
    alarms = silent;
    alarms.count = 1;
    cr_expect_not(vjp_score_is_perfect(&good, &alarms));
    cr_expect_not(vjp_score_is_perfect(&(struct vjp_score){0}, &silent));
    cr_expect_not(vjp_score_is_perfect(&good, &(struct vjp_alarms){0}));
}

Test(score, alarms_are_counted_and_the_first_are_kept)
{
    struct vjp_alarms alarms = {0};
    struct vjp_error error;
    for (int i = 0; i < VJP_ALARMS_KEPT + 2; i++)
        cr_assert_eq(vjp_alarms_add(&alarms, VJP_VERDICT_WRONG, i ? "a:b" : "first", "why",
                                    "vjpcheck run", &error),
                     VJP_OK);
    cr_assert_eq(vjp_alarms_note(&alarms, "all were asked", &error), VJP_OK);
    cr_expect(alarms.count == VJP_ALARMS_KEPT + 2 && alarms.n_kept == VJP_ALARMS_KEPT);
    cr_expect_str_eq(alarms.kept[0].target, "first");
    cr_expect_str_eq(alarms.kept[1].replay, "vjpcheck run");
    cr_expect_str_eq(alarms.note[0], "all were asked");
    vjp_alarms_clear(&alarms);
    cr_expect(alarms.count == 0 && !alarms.kept);
}
