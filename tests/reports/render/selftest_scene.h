/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_SELFTEST_SCENE_H
#define VJP_TESTS_REPORTS_RENDER_SELFTEST_SCENE_H

#include "reports/render/selftest.h"

#include <criterion/criterion.h>

/* A run by hand: of four plants one was caught, one is pinned, one was missed and one got another verdict; a correct
 * kernel was refused once. */
struct selftest_scene {
    struct vjp_plant plant[4];
    struct vjp_kill kill[4];
    struct vjp_ballot ballot;
    struct vjp_alarms alarms;
    struct vjp_selftest_record record;
};

static inline void selftest_scene_open(struct selftest_scene *s)
{
    struct vjp_error error;
    *s = (struct selftest_scene){
        .plant = {{.name = "one", .verdict = VJP_VERDICT_WRONG, .classes = 1 << 1 | 1 << 5},
                  {.name = "two", .verdict = VJP_VERDICT_CRASHED, .classes = 1 << 5},
                  {.name = "three", .verdict = VJP_VERDICT_WRONG, .classes = 1 << 7},
                  {.name = "four", .verdict = VJP_VERDICT_HUNG, .classes = 1 << 7}},
        .kill = {{.tries = 2,
                  .attempt = {{true, true, VJP_VERDICT_INACCURATE, 12, 0.25},
                              {true, true, VJP_VERDICT_WRONG, 14, 0.75}},
                  .has_size = true,
                  .dims = 3,
                  .elements = 7,
                  .replay = "vjpcheck run 'one'"},
                 {.tries = 2,
                  .attempt = {{.ran = true, .cases = 900, .seconds = 8}},
                  .pinned = true,
                  .pinned_verdict = VJP_VERDICT_CRASHED},
                 {.tries = 2,
                  .attempt = {{.ran = true}, {.ran = true}},
                  .replay = "vjpcheck fuzz three.so --seed 0x1"},
                 {.tries = 2,
                  .attempt = {{.ran = true}, {.ran = true}},
                  .has_other = true,
                  .other = VJP_VERDICT_WRONG,
                  .replay = "vjpcheck fuzz four.so"}},
        .ballot = {.defects = {{5, 1234, 2}}, .correct = {{90, 8, 1}}, .silent = 6},
        .alarms = {.wanted = 2000, .conclusive = 1500, .inconclusive = 30, .seconds = 2.5},
    };
    for (int i = 0; i < 4; i++)
        s->kill[i].plant = &s->plant[i];
    cr_assert_eq(vjp_alarms_add(&s->alarms, VJP_VERDICT_WRONG, "naive:linear", "dx is off",
                                "vjpcheck run 'linear'", &error),
                 VJP_OK);
    cr_assert_eq(vjp_alarms_note(&s->alarms, "naive: asked", &error), VJP_OK);
    s->record = (struct vjp_selftest_record){.version = "0.1.0",
                                             .seed = 0x1f,
                                             .seeds = 2,
                                             .dim_max = 64,
                                             .kills = s->kill,
                                             .n_kills = 4,
                                             .ballot = &s->ballot,
                                             .alarms = &s->alarms,
                                             .seconds = 12.5};
    cr_assert_eq(vjp_score_class(s->kill, 4, 0, &s->record.all, &error), VJP_OK);
}

/* The lines that the run leaves behind: of the first plant also what was known after one campaign, in which it was
 * missed. */
static inline void selftest_scene_write(const struct selftest_scene *s, struct vjp_sink *sink)
{
    struct vjp_error error = {""};
    struct vjp_kill before = {
        .plant = &s->plant[0], .tries = 1, .attempt = {{.ran = true, .cases = 60, .seconds = 2}}};
    enum vjp_status status = vjp_selftest_write_plant(sink, s->record.seed, &before, false, &error);
    for (int i = 0; i < 4 && status == VJP_OK; i++)
        status = vjp_selftest_write_plant(sink, s->record.seed, &s->kill[i], true, &error);
    if (status == VJP_OK)
        status = vjp_selftest_write_rules(sink, &s->ballot, &error);
    if (status == VJP_OK)
        status = vjp_selftest_write_correct(sink, &s->alarms, &error);
    if (status == VJP_OK)
        status = vjp_selftest_write_alarm(sink, &s->alarms.kept[0], &error);
    if (status == VJP_OK)
        status = vjp_selftest_write_summary(sink, &s->record, &error);
    cr_assert_eq(status, VJP_OK, "%s", error.text);
}

static inline void selftest_scene_close(struct selftest_scene *s)
{
    vjp_alarms_clear(&s->alarms);
}

#endif
