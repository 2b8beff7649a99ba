/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/race.h"

#include <criterion/criterion.h>
#include <math.h>

/* A runner that says what its calls took, and keeps who was asked for how many. */
struct fake {
    char name;
    int64_t nanoseconds;
    int64_t fails_at; /* the block that does not complete; -1: none */
    int64_t blocks;
    int most_calls;
};

static char order[64];
static int ordered;

static bool block(void *env, int calls, int64_t *nanoseconds)
{
    struct fake *fake = env;
    if (fake->blocks++ == fake->fails_at)
        return false;
    if (calls > fake->most_calls)
        fake->most_calls = calls;
    for (int i = 0; i < calls; i++)
        nanoseconds[i] = fake->nanoseconds;
    /* The first does not count, and one of the others that is far off makes no difference to a median. */
    if (calls > 2)
        nanoseconds[0] = nanoseconds[1] = 1000 * fake->nanoseconds;
    if (ordered < 63)
        order[ordered++] = fake->name;
    return true;
}

static int spins;

static double spin(void *env)
{
    return ++spins % 2 ? 1.0 : *(double *)env;
}

/* Ends after the fewest rounds: there is no time. */
static const struct vjp_race_plan brief = {.seconds = 1e-9};

static struct vjp_race run(struct fake *a, struct fake *b, const struct vjp_race_plan *plan)
{
    const struct vjp_runner runner[] = {{block, a}, {block, b}};
    struct vjp_race race;
    struct vjp_error error;
    ordered = 0;
    cr_assert_eq(vjp_race_run(runner, b ? 2 : 1, plan, &race, &error), VJP_OK);
    order[ordered] = '\0';
    return race;
}

Test(race, runners_take_turns_and_either_begins_as_often)
{
    struct fake a = {.name = 'a', .nanoseconds = 2000000, .fails_at = -1};
    struct fake b = {.name = 'b', .nanoseconds = 6000000, .fails_at = -1};
    const struct vjp_race race = run(&a, &b, &brief);
    /* Each warms up with the first call, eight by themselves and a block. Then six rounds, and eight again. */
    cr_expect_str_eq(order, "aaaaaaaaaabbbbbbbbbbabbaabbaabbaaaaaaaaabbbbbbbb", "%s", order);
    cr_expect(race.completed[0] && race.completed[1]);
    cr_expect_eq(race.ratio.n, 6);
    cr_expect_float_eq(race.ratio.median, 3, 1e-12);
    cr_expect_float_eq(race.ratio.low, 3, 1e-12);
    cr_expect_float_eq(race.time[0].median, 2e-3, 1e-15);
    cr_expect_float_eq(race.time[1].median, 6e-3, 1e-15);
    cr_expect_eq(race.calls[0], 18);
    cr_expect_eq(race.spin.n, 0);
}

Test(race, one_runner_has_no_ratio)
{
    struct fake a = {.name = 'a', .nanoseconds = 1000, .fails_at = -1};
    const struct vjp_race race = run(&a, NULL, &brief);
    cr_expect_eq(race.time[0].n, 6);
    cr_expect_eq(race.time[1].n, 0);
    cr_expect_eq(race.ratio.n, 0);
    cr_expect(isnan(race.ratio.median));
}

/* A millisecond or more, three calls or more unless they are long, and one that does not count; no more than a block
 * can have. */
Test(race, blocks_are_long_enough_for_a_time_that_means_something)
{
    static const struct {
        int64_t nanoseconds;
        int calls;
    } cases[] = {{0, 1024},    {100, 1024},   {10000, 102},  {400000, 4},
                 {5000000, 4}, {19000000, 4}, {21000000, 1}, {900000000, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake a = {.name = 'a', .nanoseconds = cases[i].nanoseconds, .fails_at = -1};
        run(&a, NULL, &brief);
        cr_expect_eq(a.most_calls, cases[i].calls, "%d ns: %d calls", (int)cases[i].nanoseconds,
                     a.most_calls);
    }
}

/* Where blocks have one call, every call is by itself as it is. */
Test(race, calls_by_themselves_are_not_made_where_all_are)
{
    struct fake a = {.name = 'a', .nanoseconds = 30000000, .fails_at = -1};
    run(&a, NULL, &brief);
    cr_expect_str_eq(order, "aaaaaaa", "%s", order);
}

Test(race, slow_calls_are_few_and_have_no_interval)
{
    struct fake a = {.name = 'a', .nanoseconds = 4000000000, .fails_at = -1};
    const struct vjp_race race = run(&a, NULL, &brief);
    cr_expect_eq(race.time[0].n, 3);
    cr_expect_eq(race.calls[0], 3);
    cr_expect_eq(race.time[0].median, 4);
    cr_expect(isnan(race.time[0].low));
}

Test(race, fixed_work_is_done_between_the_blocks)
{
    struct fake a = {.name = 'a', .nanoseconds = 1000, .fails_at = -1};
    double other = 3;
    const struct vjp_race_plan plan = {.seconds = 1e-9, .spin = spin, .spin_env = &other};
    const struct vjp_race race = run(&a, NULL, &plan);
    cr_expect_eq(race.spin.n, 6);
    cr_expect_eq(race.spin.median, 2); /* 1 3 1 3 1 3 */
    cr_expect_eq(vjp_sample_spread(&race.spin), 1);
}

Test(race, a_block_that_does_not_complete_leaves_no_times)
{
    /* 10 to warm up, 6 rounds, 8 at the end. */
    for (int64_t at = 0; at < 24; at++) {
        struct fake a = {.name = 'a', .nanoseconds = 1000000, .fails_at = -1};
        struct fake b = {.name = 'b', .nanoseconds = 1000000, .fails_at = at};
        const struct vjp_race race = run(&a, &b, &brief);
        cr_expect(race.completed[0] && !race.completed[1], "block %d", (int)at);
        cr_expect_eq(b.blocks, at + 1, "asked again after block %d", (int)at);
        cr_expect_eq(race.time[0].n, 0);
        cr_expect_eq(race.ratio.n, 0);
        cr_expect(isnan(race.time[0].median));
    }
}
