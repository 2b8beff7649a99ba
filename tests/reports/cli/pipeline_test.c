/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/pipeline.h"

#include "cases/line/parse.h"
#include "tests/reports/cli/planted.h"

/* Kernels of which no process is needed: one for f32 and f64, and two for f32, one of them not
 * selected. */
static const struct vjp_plugin_info one = {
    .name = "one",
    .n_kernels = 1,
    .kernel = {
        {.name = "k", .layer = "linear", .has_model = {[VJP_F32] = true, [VJP_F64] = true}}}};
static const struct vjp_plugin_info two = {
    .name = "two",
    .n_kernels = 2,
    .kernel = {{.name = "k", .layer = "linear", .has_model = {[VJP_F32] = true}},
               {.name = "h", .layer = "linear", .has_model = {[VJP_F32] = true}}}};
static struct vjp_target both[] = {{.info = &one, .selected = {true}},
                                   {.info = &two, .selected = {true, false}}};
static const struct vjp_targets idle = {.target = both, .count = 2};

static struct vjp_case_list read_cases(const char *const *lines, int count)
{
    struct vjp_case_list list = {.cases = calloc((size_t)count, sizeof *list.cases),
                                 .count = (size_t)count};
    struct vjp_error error = {""};
    for (int i = 0; i < count; i++)
        cr_assert_eq(vjp_case_parse(lines[i], &list.cases[i], &error), VJP_OK, "%s", error.text);
    return list;
}

Test(pipeline, cases_and_pairs_are_counted)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=1 D=1 M=1", "linear dtype=f64 N=1 D=1 M=1",
        "linear dtype=f16 N=1 D=1 M=1", "linear dtype=f32 N=2 D=1 M=1"};
    struct vjp_case_list cases = read_cases(lines, 4);
    int64_t served = -1;
    int64_t checks = -1;
    vjp_pipeline_count(&cases, &idle, &served, &checks);
    cr_expect_eq(served, 3);
    cr_expect_eq(checks, 2 + 1 + 2);
    vjp_case_list_clear(&cases);
    vjp_pipeline_count(&cases, &idle, &served, &checks);
    cr_expect(served == 0 && checks == 0);
}

Test(pipeline, a_case_that_is_too_large_is_named_if_it_is_served)
{
    static const char *const lines[] = {"linear dtype=f32 N=1 D=1 M=1",
                                        "linear dtype=f16 N=4000 D=2000 M=1",
                                        "linear dtype=f64 N=4000 D=3000 M=1"};
    struct vjp_case_list cases = read_cases(lines, 3);
    struct vjp_error error = {""};
    cr_expect_eq(vjp_pipeline_check(&cases, &idle, VJP_ORACLE_AUTO, &error), VJP_OK, "%s",
                 error.text);
    cr_expect_eq(vjp_pipeline_check(&cases, &idle, VJP_ORACLE_EXPLICIT, &error), VJP_ERR_LIMIT);
    cr_expect_eq(strncmp(error.text, "linear dtype=f64 N=4000 D=3000 M=1 ", 35), 0, "%s",
                 error.text);
    vjp_case_clear(&cases.cases[2]);
    cases.count = 2;
    cr_expect_eq(vjp_pipeline_check(&cases, &idle, VJP_ORACLE_EXPLICIT, &error), VJP_OK, "%s",
                 error.text);
    vjp_case_list_clear(&cases);
}

/* A target, and a report without files. */
struct setup {
    struct planted planted;
    struct vjp_report report;
};

static void open_setup(struct setup *s, const char *act, const char *flags, double seconds)
{
    planted_open(&s->planted, act, flags, seconds);
    s->report = (struct vjp_report){0};
}

static void close_setup(struct setup *s)
{
    vjp_report_clear(&s->report);
    planted_close(&s->planted);
}

static enum vjp_status run_watched(struct setup *s, const char *const *lines, int count,
                                   const struct vjp_pipeline_watch *watch, struct vjp_error *error)
{
    struct vjp_case_list cases = read_cases(lines, count);
    const struct vjp_pipeline pipeline = {.cases = &cases,
                                          .targets = &s->planted.targets,
                                          .jobs = 2,
                                          .report = &s->report,
                                          .watch = watch};
    const enum vjp_status status = vjp_pipeline_run(&pipeline, error);
    vjp_case_list_clear(&cases);
    return status;
}

static enum vjp_status run(struct setup *s, const char *const *lines, int count,
                           struct vjp_error *error)
{
    return run_watched(s, lines, count, NULL, error);
}

/* What a watch saw. */
struct sights {
    int before, after, exact;
    int end; /* before so many cases it ends the run */
};

static enum vjp_status before(void *env, const struct vjp_case *c, bool *go_on,
                              struct vjp_error *error)
{
    struct sights *s = env;
    cr_expect_eq(s->before, s->after);
    cr_expect_eq(c->dim[1], s->before + 1, "cases come in their order");
    *go_on = s->before < s->end;
    s->before++;
    return s->before < 9 ? VJP_OK : vjp_fail(error, VJP_ERR_IO, "full");
}

static enum vjp_status after(void *env, const struct vjp_case *c, struct vjp_target *target,
                             int kernel, const struct vjp_record *record, struct vjp_error *error)
{
    struct sights *s = env;
    (void)error;
    s->after++;
    s->exact += record->ran && record->verdict == VJP_VERDICT_EXACT;
    cr_expect_eq(c->dim[1], s->after);
    cr_expect(target && kernel == 0);
    return VJP_OK;
}

Test(pipeline, a_watch_sees_every_case_and_may_end_the_run)
{
    static const char *const lines[] = {"linear dtype=f32 N=1 D=1 M=1 x=[2] w=[3] dy=[1]",
                                        "linear dtype=f32 N=1 D=2 M=1 x=[1,2] w=[3,4] dy=[1]",
                                        "linear dtype=f32 N=1 D=3 M=1 x=[1,2,3] w=[3,4,5] dy=[1]"};
    struct setup s;
    struct vjp_error error = {""};
    struct sights sights = {.end = 9};
    const struct vjp_pipeline_watch watch = {before, after, &sights};
    open_setup(&s, "answer();", "", 0);
    cr_assert_eq(run_watched(&s, lines, 3, &watch, &error), VJP_OK, "%s", error.text);
    cr_expect(sights.before == 3 && sights.after == 3 && sights.exact == 3);
    sights = (struct sights){.end = 2};
    cr_assert_eq(run_watched(&s, lines, 3, &watch, &error), VJP_OK, "%s", error.text);
    cr_expect(sights.before == 3 && sights.after == 2);
    cr_expect_eq(s.report.summary.totals.checks, 5);
    close_setup(&s);
}

Test(pipeline, every_served_case_gives_a_record)
{
    static const char *const lines[] = {"linear dtype=f32 N=1 D=2 M=1 x=[1,2] w=[3,4] dy=[1]",
                                        "linear dtype=f16 N=1 D=1 M=1",
                                        "linear dtype=f64 N=2 D=1 M=1 x=[1,2] w=[3] dy=[4,5]"};
    struct setup s;
    struct vjp_error error = {""};
    open_setup(&s, "answer();", "", 0);
    cr_assert_eq(run(&s, lines, 3, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(s.report.summary.totals.checks, 2);
    cr_expect_eq(s.report.summary.totals.verdict[VJP_VERDICT_EXACT], 2);
    cr_assert_eq(s.report.summary.n_rows, 2);
    cr_expect_str_eq(s.report.summary.rows[0].dtype, "f32");
    cr_expect_str_eq(s.report.summary.rows[1].dtype, "f64");
    cr_expect_str_eq(s.report.summary.rows[0].target, "plant:plant");
    close_setup(&s);
}

/* Each costs two calls that hang: one, and one in a fresh process. */
Test(pipeline, after_three_hung_cases_the_others_are_not_run)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=1 D=1 M=1", "linear dtype=f32 N=2 D=1 M=1",
        "linear dtype=f32 N=3 D=1 M=1", "linear dtype=f32 N=4 D=1 M=1",
        "linear dtype=f64 N=5 D=1 M=1"};
    struct setup s;
    struct vjp_error error = {""};
    open_setup(&s, "for (;;) pause();", "", 0.1);
    cr_assert_eq(run(&s, lines, 5, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(s.report.summary.totals.checks, 5);
    cr_expect_eq(s.report.summary.totals.verdict[VJP_VERDICT_HUNG], 3);
    cr_expect_eq(s.report.summary.totals.not_run, 2);
    cr_expect_eq(s.planted.target.hung[0], 3);
    close_setup(&s);
}

/* log(x w), of which only the second has a logarithm: dx = dy w / (x w). */
Test(pipeline, a_case_that_no_stage_takes_is_left_out_in_its_turn)
{
    static const char *const lines[] = {
        "linear | log dtype=f32 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[-3] dy=[1]",
        "linear | log dtype=f32 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[4] dy=[8]",
        "linear | log dtype=f32 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[0] dy=[1]"};
    struct setup s;
    struct vjp_error error = {""};
    open_setup(&s,
               "put(OUT(\"1.dx\"), 0, 0, get(IN(\"dy\"), 0, 0) / get(IN(\"1.x\"), 0, 0));"
               "put(OUT(\"1.dw\"), 0, 0, get(IN(\"dy\"), 0, 0) / get(IN(\"1.w\"), 0, 0));",
               "-DLAYER='\"linear | log\"'", 0);
    cr_assert_eq(run(&s, lines, 3, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(s.report.summary.totals.checks, 3);
    cr_expect_eq(s.report.summary.totals.left_out, 2);
    cr_expect_eq(s.report.summary.totals.verdict[VJP_VERDICT_EXACT], 1);
    cr_assert_not_null(s.report.summary.rows[0].left_out);
    cr_expect_str_eq(
        s.report.summary.rows[0].left_out,
        "2.x[0,0]=-6, the output of stage 1 (linear): expected a finite number greater than 0");
    close_setup(&s);
}

Test(pipeline, a_failure_of_ours_names_the_case)
{
    static const char *const lines[] = {"linear dtype=f32 N=1 D=1 M=1",
                                        "linear dtype=f32 N=1 D=2 M=1 x=@/nowhere/x.npy",
                                        "linear dtype=f32 N=1 D=3 M=1"};
    struct setup s;
    struct vjp_error error = {""};
    open_setup(&s, "answer();", "", 0);
    cr_expect_neq(run(&s, lines, 3, &error), VJP_OK);
    cr_expect_eq(strncmp(error.text, "linear dtype=f32 N=1 D=2 M=1 x=@/nowhere/x.npy ", 47), 0,
                 "%s", error.text);
    cr_expect_eq(s.report.summary.totals.checks, 1, "what was asked before is kept, no more runs");
    close_setup(&s);
}

Test(pipeline, a_gap_gives_a_record_with_its_reason)
{
    struct setup s;
    struct vjp_gap gap[] = {{.why = {"4 of 5 generated cases: so"}}, {.why = {"not served"}}};
    const struct vjp_gaps gaps = {.gap = gap, .count = 2};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_init(&gap[0].c, vjp_spec_find("linear"), VJP_F32, &error), VJP_OK);
    cr_assert_eq(vjp_case_init(&gap[1].c, vjp_spec_find("relu"), VJP_F32, &error), VJP_OK);
    open_setup(&s, "answer();", "", 0);
    cr_expect_eq(vjp_pipeline_count_gaps(&gaps, &s.planted.targets), 1);
    cr_assert_eq(vjp_pipeline_leave_gaps(&gaps, &s.planted.targets, &s.report, &error), VJP_OK,
                 "%s", error.text);
    cr_expect_eq(s.report.summary.totals.checks, 1);
    cr_expect_eq(s.report.summary.totals.left_out, 1);
    cr_assert_eq(s.report.summary.n_rows, 1);
    cr_expect_str_eq(s.report.summary.rows[0].left_out, "4 of 5 generated cases: so");
    close_setup(&s);
    vjp_case_clear(&gap[0].c);
    vjp_case_clear(&gap[1].c);
}
