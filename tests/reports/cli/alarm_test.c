/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/alarm.h"

#include "reports/bench/clock.h"
#include "tests/impls/host/plant.h"
#include "tests/reports/cli/beside.h"

#include <string.h>

static int64_t told; /* of verdicts */
static int64_t told_alarms;

static enum vjp_status count(void *env, const struct vjp_alarms *alarms, bool is_alarm,
                             struct vjp_error *error)
{
    (void)env, (void)error;
    told++;
    told_alarms += is_alarm;
    cr_expect_eq(alarms->conclusive + alarms->inconclusive, told);
    cr_expect_eq(alarms->count, told_alarms);
    return VJP_OK;
}

static struct vjp_alarms run(int64_t wanted, double seconds)
{
    struct vjp_alarms alarms = {0};
    struct vjp_error error = {""};
    const struct vjp_alarm_plan plan = {.campaign = {.seed = 11, .dim_max = 6},
                                        .wanted = wanted,
                                        .end = vjp_clock_now() + seconds,
                                        .jobs = 2,
                                        .watch = count};
    told = told_alarms = 0;
    cr_assert_eq(vjp_alarm_run(&plan, &alarms, &error), VJP_OK, "%s", error.text);
    cr_expect_gt(told, 0);
    return alarms;
}

static bool has_note(const struct vjp_alarms *alarms, const char *text)
{
    for (int i = 0; i < alarms->n_notes; i++) {
        if (strstr(alarms->note[i], text))
            return true;
    }
    return false;
}

Test(alarm, correct_kernels_give_none)
{
    find_parts();
    struct vjp_alarms alarms = run(150, 60);
    cr_expect(alarms.wanted == 150 && alarms.conclusive >= 150 && alarms.conclusive < 160);
    cr_expect_eq(alarms.count, 0, "%s", alarms.n_kept ? alarms.kept[0].replay : "");
    cr_expect(has_note(&alarms, "naive, blocked, avx2"));
    cr_expect(has_note(&alarms, "blis, onednn: not asked; what is known to go wrong"));
    vjp_alarms_clear(&alarms);
}

Test(alarm, time_ends_it)
{
    find_parts();
    struct vjp_alarms alarms = run(1000000, 0.5);
    cr_expect(alarms.conclusive < 1000000 && alarms.seconds < 10);
    vjp_alarms_clear(&alarms);
}

/* A folder of plug-ins in which what is called naive is wrong, and nothing else is there. */
Test(alarm, a_kernel_that_fails_is_one)
{
    struct plant plant;
    char name[128];
    find_parts();
    plant_kernel(&plant, "answer(); if (OUT(\"dx\")->shape[0] > 2) abort();", "");
    snprintf(name, sizeof name, "%s/naive.so", plant.folder);
    cr_assert_eq(rename(plant.path, name), 0);
    setenv("VJPCHECK_PLUGIN_PATH", plant.folder, 1);
    struct vjp_alarms alarms = run(20, 60);
    cr_assert(alarms.count > 0 && alarms.n_kept > 0);
    cr_expect_eq(alarms.kept[0].verdict, VJP_VERDICT_CRASHED);
    cr_expect_str_eq(alarms.kept[0].target, "naive:plant");
    cr_expect(strstr(alarms.kept[0].replay, "vjpcheck run 'linear "), "%s", alarms.kept[0].replay);
    cr_expect(has_note(&alarms, "blocked: not asked; not built"));
    vjp_alarms_clear(&alarms);
    plant_remove(&plant);
}
