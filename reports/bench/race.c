/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/race.h"

#include <stddef.h>
#include <stdlib.h>

#include "reports/bench/clock.h"

/* A block is so long that waking the worker, some 50 us, and refilling the first caches after the other
 * runner had them, are small beside it. */
#define BLOCK_SECONDS 1e-3

/* Of shorter calls, a block has three or more: its median is a call whose operands are where the call
 * before left them. One that takes longer streams more than the caches that others share with it hold. */
#define LONG_SECONDS 20e-3

/* What the interval of the median needs; for calls so slow that this takes long, what quartiles need. */
#define ROUNDS_MIN   VJP_SAMPLE_INTERVAL_MIN
#define ROUNDS_SLOW  3
#define SLOW_SECONDS 3.0

#define ROUNDS_MAX 4096

struct race {
    const struct vjp_runner *runner;
    int count;
    const struct vjp_race_plan *plan;
    int block[2];     /* calls */
    double *value[4]; /* times of either, ratios, spins: ROUNDS_MAX of each */
    int64_t rounds;
    double slowest; /* seconds of a call */
};

enum { RATIO = 2, SPIN = 3 };

/* Asks for a block. *seconds is the median of its calls: of several, one more goes before them and does not count. It
 * finds caches that whoever looked at the block before has used, and of three calls it would push the median up. */
static bool ask(const struct race *race, int i, int calls, double *seconds)
{
    int64_t nanoseconds[VJP_RACE_CALLS_MAX];
    double values[VJP_RACE_CALLS_MAX];
    struct vjp_sample sample;
    const int first = calls > 1 ? 1 : 0;
    if (!race->runner[i].block(race->runner[i].env, first + calls, nanoseconds))
        return false;
    for (int j = 0; j < calls; j++)
        values[j] = 1e-9 * (double)nanoseconds[first + j];
    vjp_sample_make(values, calls, &sample);
    *seconds = sample.median;
    return true;
}

static int choose_block(double seconds)
{
    const int least = seconds < LONG_SECONDS ? 3 : 1;
    const double wanted = BLOCK_SECONDS / (seconds > 1e-9 ? seconds : 1e-9);
    if (wanted >= VJP_RACE_CALLS_MAX - 1)
        return VJP_RACE_CALLS_MAX - 1;
    return wanted < least ? least : (int)wanted + 1;
}

/* Blocks of one call, which are not measured. */
static bool ask_singles(struct race *race, int i, double *seconds)
{
    for (int n = 0; n < VJP_RACE_SINGLES; n++) {
        if (!ask(race, i, 1, seconds))
            return false;
    }
    return true;
}

/* The first call of all pays for what is made once (threads, scratch memory, pages); those after it, for a
 * tenth of the time that there is, let frequencies and caches settle. */
static bool warm_up(struct race *race, int i)
{
    double seconds;
    const double end = vjp_clock_now() + 0.1 * race->plan->seconds;
    if (!ask(race, i, 1, &seconds))
        return false;
    /* A call by itself finds caches that others have used: a block tells how long it takes in one. */
    if (seconds < LONG_SECONDS &&
        (!ask_singles(race, i, &seconds) || !ask(race, i, choose_block(seconds), &seconds)))
        return false;
    while (vjp_clock_now() < end) {
        if (!ask(race, i, choose_block(seconds), &seconds))
            return false;
    }
    race->block[i] = choose_block(seconds);
    if (seconds > race->slowest)
        race->slowest = seconds;
    return true;
}

static bool take_round(struct race *race, struct vjp_race *out)
{
    const int64_t r = race->rounds;
    for (int step = 0; step < race->count; step++) {
        const int i = race->count == 2 && r % 2 ? 1 - step : step;
        out->completed[i] = ask(race, i, race->block[i], &race->value[i][r]);
        if (!out->completed[i])
            return false;
        out->calls[i] += race->block[i];
    }
    if (race->count == 2)
        race->value[RATIO][r] = race->value[1][r] / race->value[0][r];
    if (race->plan->spin)
        race->value[SPIN][r] = race->plan->spin(race->plan->spin_env);
    race->rounds++;
    return true;
}

static bool take_rounds(struct race *race, struct vjp_race *out)
{
    const struct vjp_race_plan *plan = race->plan;
    const int64_t least = race->slowest > SLOW_SECONDS ? ROUNDS_SLOW : ROUNDS_MIN;
    const double end = vjp_clock_now() + race->count * plan->seconds;
    while (race->rounds < least || (race->rounds < ROUNDS_MAX && vjp_clock_now() < end)) {
        if (!take_round(race, out))
            return false;
    }
    return true;
}

static bool finish(struct race *race, int i)
{
    double seconds;
    return race->block[i] == 1 || ask_singles(race, i, &seconds);
}

enum vjp_status vjp_race_run(const struct vjp_runner *runner, int count,
                             const struct vjp_race_plan *plan, struct vjp_race *out,
                             struct vjp_error *error)
{
    struct race race = {.runner = runner, .count = count, .plan = plan};
    struct vjp_race result = {.completed = {true, true}};
    double *memory = malloc((size_t)4 * ROUNDS_MAX * sizeof *memory);
    if (!memory)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the times of a race");
    for (int v = 0; v < 4; v++)
        race.value[v] = memory + (ptrdiff_t)v * ROUNDS_MAX;
    bool whole = true;
    for (int i = 0; i < count && whole; i++)
        whole = result.completed[i] = warm_up(&race, i);
    whole = whole && take_rounds(&race, &result);
    for (int i = 0; i < count && whole; i++)
        whole = result.completed[i] = finish(&race, i);
    const int64_t rounds = whole ? race.rounds : 0;
    for (int i = 0; i < 2; i++)
        vjp_sample_make(race.value[i], i < count ? rounds : 0, &result.time[i]);
    vjp_sample_make(race.value[RATIO], count == 2 ? rounds : 0, &result.ratio);
    vjp_sample_make(race.value[SPIN], plan->spin ? rounds : 0, &result.spin);
    free(memory);
    *out = result;
    return VJP_OK;
}
