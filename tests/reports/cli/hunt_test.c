/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/hunt.h"

#include "cases/line/parse.h"
#include "tests/reports/cli/planted.h"

/* A target, a corpus of its own, and a report without files. */
struct setup {
    struct planted planted;
    char corpus_path[64];
    struct vjp_report report;
    struct vjp_corpus_folder corpus;
    struct vjp_case_list replays;
    struct vjp_hunt hunt;
};

static void open_setup(struct setup *s, const char *act)
{
    struct vjp_error error = {""};
    memset(s, 0, sizeof *s);
    strcpy(s->corpus_path, "/tmp/vjpcheck-hunt-XXXXXX");
    cr_assert_not_null(mkdtemp(s->corpus_path));
    planted_open(&s->planted, act, "", 0);
    cr_assert_eq(vjp_corpus_open(s->corpus_path, &s->corpus, &s->replays, &error), VJP_OK, "%s",
                 error.text);
}

static void close_setup(struct setup *s)
{
    char command[128];
    vjp_hunt_clear(&s->hunt);
    vjp_report_clear(&s->report);
    vjp_case_list_clear(&s->replays);
    vjp_corpus_close(&s->corpus);
    snprintf(command, sizeof command, "rm -r %s", s->corpus_path);
    cr_assert_eq(system(command), 0);
    planted_close(&s->planted);
}

static const struct vjp_hunt_plan small = {
    .campaign = {.seed = 7, .dim_max = 6}, .dtype = -1, .shards = 1, .cases = 60, .jobs = 2};

static enum vjp_status hunt(struct setup *s, const struct vjp_hunt_plan *plan,
                            struct vjp_error *error)
{
    return vjp_hunt_run(plan, &s->planted.targets, &s->replays, &s->corpus, &s->report, &s->hunt,
                        error);
}

Test(hunt, a_correct_kernel_is_asked_every_case)
{
    struct setup s;
    struct vjp_error error = {""};
    open_setup(&s, "answer();");
    cr_assert_eq(hunt(&s, &small, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(s.hunt.census.cases + s.hunt.discarded, 60);
    cr_expect_eq(s.report.summary.totals.checks, s.hunt.census.cases);
    cr_expect_eq(vjp_totals_failed(&s.report.summary.totals), 0);
    cr_expect(s.hunt.n_finds == 0 && s.hunt.replayed == 0 && !s.hunt.interrupted);
    close_setup(&s);
}

/* Each kind once, with the case that shows it, in the corpus as well. */
Test(hunt, the_first_failure_of_each_kind_is_kept)
{
    struct setup s;
    struct vjp_error error = {""};
    open_setup(&s, "answer(); if (OUT(\"dx\")->shape[0] == 2) put(OUT(\"dx\"), 0, 0, 1e9);"
                   "if (OUT(\"dx\")->shape[0] == 3) abort();");
    cr_assert_eq(hunt(&s, &small, &error), VJP_OK, "%s", error.text);
    const int64_t failed = vjp_totals_failed(&s.report.summary.totals);
    cr_expect_gt(failed, 2);
    cr_expect(s.hunt.n_finds >= 2 && s.hunt.n_finds < failed, "%d", s.hunt.n_finds);
    bool wrong = false, crashed = false;
    for (int i = 0; i < s.hunt.n_finds; i++) {
        const struct vjp_hunt_find *find = &s.hunt.find[i];
        wrong |= find->verdict == VJP_VERDICT_WRONG;
        crashed |= find->verdict == VJP_VERDICT_CRASHED;
        cr_expect_eq(find->c.dim[0], find->verdict == VJP_VERDICT_CRASHED ? 3 : 2);
        cr_expect(find->cases > 0 && find->cases <= 60 && find->reason[0]);
    }
    cr_expect(wrong && crashed);
    cr_expect_eq(s.corpus.n_known, (size_t)s.hunt.n_finds);
    close_setup(&s);
}

/* Shards are parts: no case twice, and none lost. */
Test(hunt, shards_are_a_partition)
{
    int64_t cases = 0;
    for (int shard = 0; shard < 2; shard++) {
        struct setup s;
        struct vjp_error error = {""};
        struct vjp_hunt_plan plan = small;
        plan.shards = 2;
        plan.shard = shard;
        open_setup(&s, "answer();");
        cr_assert_eq(hunt(&s, &plan, &error), VJP_OK, "%s", error.text);
        cases += s.hunt.census.cases + s.hunt.discarded;
        cr_expect_gt(s.hunt.census.cases, 20);
        close_setup(&s);
    }
    cr_expect_eq(cases, 60);
}

/* Cases of the corpus come first, and do not count among the campaign's. */
Test(hunt, the_corpus_is_asked_first)
{
    struct setup s;
    struct vjp_error error = {""};
    struct vjp_hunt_plan plan = small;
    struct vjp_case c = {0};
    plan.cases = 0;
    open_setup(&s, "put(OUT(\"dx\"), 0, 0, 5); put(OUT(\"dw\"), 0, 0, 6);");
    cr_assert_eq(vjp_case_parse("linear dtype=f32 N=1 D=1 M=1 x=[2] w=[3] dy=[1]", &c, &error),
                 VJP_OK);
    cr_assert_eq(vjp_case_list_add(&s.replays, &c, &error), VJP_OK);
    cr_assert_eq(hunt(&s, &plan, &error), VJP_OK, "%s", error.text);
    cr_expect(s.hunt.replayed == 1 && s.hunt.census.cases == 0);
    cr_assert_eq(s.hunt.n_finds, 1);
    cr_expect_eq(s.hunt.find[0].verdict, VJP_VERDICT_WRONG);
    close_setup(&s);
}

Test(hunt, a_kernel_that_always_fails_is_given_up)
{
    struct setup s;
    struct vjp_error error = {""};
    struct vjp_hunt_plan plan = small;
    plan.cases = 100000;
    plan.dtype = VJP_F32;
    open_setup(&s, "answer(); if (OUT(\"dx\")->shape[0] > 0 && OUT(\"dx\")->shape[1] > 0) "
                   "put(OUT(\"dx\"), 0, 0, 1e30);");
    cr_assert_eq(hunt(&s, &plan, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(s.hunt.n_given_up, 1);
    cr_expect_str_eq(s.hunt.given_up[0], "plant:plant");
    const int64_t failed = vjp_totals_failed(&s.report.summary.totals);
    cr_expect(failed >= VJP_HUNT_FAILURES_MAX && failed < 2 * VJP_HUNT_FAILURES_MAX + 256);
    close_setup(&s);
}

Test(hunt, time_ends_it)
{
    struct setup s;
    struct vjp_error error = {""};
    struct vjp_hunt_plan plan = small;
    plan.cases = -1;
    plan.seconds = 0.3;
    open_setup(&s, "answer();");
    cr_assert_eq(hunt(&s, &plan, &error), VJP_OK, "%s", error.text);
    cr_expect(s.hunt.census.cases > 0 && s.hunt.seconds >= 0.3);
    close_setup(&s);
}

/* Near the largest errors there are larger ones than a campaign of as many cases finds; how many cases climb is what
 * the plan says. */
Test(hunt, a_share_climbs_towards_larger_errors)
{
    struct setup s;
    struct vjp_error error = {""};
    struct vjp_hunt_plan plan = small;
    plan.cases = 256;
    plan.climb = 50;
    open_setup(&s, "answer();");
    cr_assert_eq(hunt(&s, &plan, &error), VJP_OK, "%s", error.text);
    cr_expect(s.hunt.climbed > 100 && s.hunt.climbed <= 128, "%d", (int)s.hunt.climbed);
    cr_assert_gt(s.hunt.worst.n_groups, 0);
    for (int i = 0; i < s.hunt.worst.n_groups; i++) {
        const struct vjp_pool_group *group = &s.hunt.worst.group[i];
        cr_expect(group->entry[0].ratio > 0 && group->entry[0].ratio <= 1);
        cr_expect_eq(group->entry[0].c.dtype, group->dtype);
    }
    close_setup(&s);
}

Test(hunt, what_no_kernel_serves_is_told)
{
    struct setup s;
    struct vjp_error error = {""};
    struct vjp_hunt_plan plan = small;
    plan.layer = vjp_spec_find("softmax");
    open_setup(&s, "answer();");
    cr_expect_eq(hunt(&s, &plan, &error), VJP_ERR_USAGE);
    cr_expect(strstr(error.text, "nothing to test"), "%s", error.text);
    close_setup(&s);
}

/* Where the corpus cannot be written, the run ends, and what was found before that is still told. */
Test(hunt, what_was_found_outlives_a_corpus_that_cannot_be_written)
{
    struct setup s;
    struct vjp_error error = {""};
    struct vjp_case c = {0};
    open_setup(&s, "put(OUT(\"dx\"), 0, 0, 5);");
    cr_assert_eq(vjp_case_parse("linear dtype=f32 N=1 D=1 M=1 x=[2] w=[3] dy=[1]", &c, &error),
                 VJP_OK);
    cr_assert_eq(vjp_case_list_add(&s.replays, &c, &error), VJP_OK);
    cr_assert_eq(hunt(&s, &small, &error), VJP_OK, "%s", error.text);
    const int before = s.hunt.n_finds;
    cr_assert_geq(before, 1);
    vjp_hunt_clear(&s.hunt);
    free(s.corpus.running_path);
    close(s.corpus.running);
    s.corpus.running = -1;
    s.corpus.running_path = strdup("/proc/none/running");
    cr_expect_eq(hunt(&s, &small, &error), VJP_ERR_IO);
    cr_expect(strstr(error.text, "/proc/none/running: cannot be made"), "%s", error.text);
    cr_expect_eq(s.hunt.census.cases, 0);
    s.corpus.running = -1;
    close_setup(&s);
}
