/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_RACE_H
#define VJP_REPORTS_BENCH_RACE_H

#include <stdbool.h>

#include "cases/base/status.h"
#include "reports/bench/sample.h"

/* One or two runners, timed in turns. A runner is asked for blocks of calls; it need not be a kernel, so
 * that what is concluded can be tested without a clock. */
struct vjp_runner {
    /* Makes calls and writes the nanoseconds of each; false: one did not complete. */
    bool (*block)(void *env, int calls, int64_t *nanoseconds);
    void *env;
};

/* As many calls as a block can have. */
#define VJP_RACE_CALLS_MAX 1024

struct vjp_race_plan {
    double seconds; /* to be spent on each runner, about */
    /* Fixed work, in seconds; NULL: none. */
    double (*spin)(void *env);
    void *spin_env;
};

struct vjp_race {
    bool completed[2];
    int64_t calls[2]; /* that were measured */
    struct vjp_sample
        time[2]; /* seconds of a call: one value for each block, the median of its calls */
    struct vjp_sample
        ratio; /* time[1] / time[0], round by round: above 1 where the first is faster */
    struct vjp_sample spin;
};

/* So many blocks of one call are asked for before the rounds and again after them. */
#define VJP_RACE_SINGLES 8

/* Warms both up, then takes rounds: a block of the one, a block of the other, a spin; the one that goes first
 * changes from round to round (A B, B A, A B), so that what changes with time, and what either leaves in the
 * caches, falls on both alike. Where a block has more than one call, VJP_RACE_SINGLES blocks of one call go before
 * and after: who looks at what a block left sees only its last call, and of these each. count: 1 or 2 runners. Ends
 * after a block that did not complete: then nothing is known of either's times. */
VJP_MUST_CHECK enum vjp_status vjp_race_run(const struct vjp_runner *runner, int count,
                                            const struct vjp_race_plan *plan, struct vjp_race *out,
                                            struct vjp_error *error);

#endif
