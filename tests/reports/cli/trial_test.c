/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/trial.h"

#include "tests/reports/cli/planted.h"

#include <string.h>

static const struct vjp_campaign campaign = {.seed = 5, .dim_max = 12};

struct setup {
    struct planted planted;
    struct vjp_trial trial;
    int heard;           /* witnesses */
    double heard_answer; /* dx[0,0] */
};

static enum vjp_status witness(void *env, int kernel, const struct vjp_question *question,
                               const struct vjp_finding *finding, struct vjp_error *error)
{
    struct setup *s = env;
    const struct vjp_tensor *dx = &finding->seen.answer[0][vjp_slot_gradient(question->c->spec, 0)];
    (void)error;
    cr_expect_eq(kernel, 0);
    s->heard++;
    s->heard_answer = dx->data ? vjp_bits_to_double(dx->dtype, vjp_tensor_get(dx, 0)) : -1;
    return VJP_OK;
}

static void open_setup(struct setup *s, const char *act, enum vjp_verdict named)
{
    planted_open(&s->planted, act, "", 0);
    s->heard = 0;
    s->trial = (struct vjp_trial){
        .targets = &s->planted.targets, .named = named, .witness = witness, .env = s};
}

static void close_setup(struct setup *s)
{
    vjp_trial_clear(&s->trial);
    planted_close(&s->planted);
}

static void try_campaign(struct setup *s, int64_t cases, double seconds)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_trial_campaign(&s->trial, &campaign, cases, seconds, &error), VJP_OK, "%s",
                 error.text);
}

#define WRONG "answer(); if (OUT(\"dx\")->shape[0] > 0 && OUT(\"dx\")->shape[1] > 0) "

Test(trial, the_failure_that_catches_it_is_kept)
{
    struct setup s;
    open_setup(&s, WRONG "put(OUT(\"dx\"), 0, 0, 1e30);", VJP_VERDICT_WRONG);
    try_campaign(&s, 100, 60);
    const struct vjp_try *result = &s.trial.result;
    cr_expect(result->ran && result->caught && result->verdict == VJP_VERDICT_WRONG);
    cr_expect(result->cases >= 1 && result->cases < 30 && result->seconds > 0);
    cr_assert_not_null(s.trial.c.spec);
    cr_expect(s.trial.c.dim[0] > 0 && s.trial.ratio > 1);
    cr_expect_eq(strncmp(s.trial.replay, "vjpcheck run 'linear dtype=", 27), 0, "%s",
                 s.trial.replay);
    cr_expect_eq(s.heard, 1);
    cr_expect_eq(s.heard_answer, (double)1e30f);
    close_setup(&s);
}

Test(trial, a_correct_kernel_is_not_caught)
{
    struct setup s;
    open_setup(&s, "answer();", VJP_VERDICT_WRONG);
    try_campaign(&s, 30, 60);
    cr_expect(s.trial.result.ran && !s.trial.result.caught && !s.trial.has_other);
    cr_expect(s.trial.result.cases > 20 && s.trial.result.cases <= 30);
    cr_expect(s.trial.c.spec == NULL && s.heard == 0);
    close_setup(&s);
}

/* A failure of another kind is noted, and the search goes on. */
Test(trial, another_verdict_does_not_catch_it)
{
    struct setup s;
    open_setup(&s, WRONG "put(OUT(\"dx\"), 0, 0, 1e30);", VJP_VERDICT_UNWRITTEN);
    try_campaign(&s, 15, 60);
    cr_expect(!s.trial.result.caught && s.trial.has_other);
    cr_expect_eq(s.trial.other, VJP_VERDICT_WRONG);
    cr_expect_gt(s.trial.result.cases, 10);
    close_setup(&s);
}

Test(trial, time_ends_it)
{
    struct setup s;
    open_setup(&s, "answer();", VJP_VERDICT_WRONG);
    try_campaign(&s, 1000000, 0.2);
    cr_expect(s.trial.result.seconds >= 0.2 && s.trial.result.seconds < 5);
    close_setup(&s);
}

/* Of a list the cases that the plant serves; one process sees them in their order. */
Test(trial, a_list_is_asked_in_one_process)
{
    static const char lines[] = "relu dtype=f32 N=1 M=1\n"
                                "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[2] dy=[3]\n"
                                "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[3] dy=[3]\n";
    struct setup s;
    struct vjp_case_list cases = {0};
    struct vjp_error error = {""};
    open_setup(&s, "static int calls; answer(); if (calls++ > 3) put(OUT(\"dx\"), 0, 0, 1e9);",
               VJP_VERDICT_STATE_DEPENDENT);
    cr_assert_eq(vjp_case_list_read_text(&cases, "lines", lines, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_trial_list(&s.trial, &cases, 60, &error), VJP_OK, "%s", error.text);
    cr_expect(s.trial.result.caught && s.trial.result.cases == 2);
    cr_expect(strstr(s.trial.replay, "--repeat 2"), "%s", s.trial.replay);
    vjp_case_list_clear(&cases);
    close_setup(&s);
}

/* What a kernel remembers of one trial is no help to the next. */
Test(trial, each_begins_in_a_fresh_process)
{
    struct setup s;
    struct vjp_case_list cases = {0};
    struct vjp_error error = {""};
    open_setup(&s, "static int calls; answer(); if (calls++ > 3) put(OUT(\"dx\"), 0, 0, 1e9);",
               VJP_VERDICT_STATE_DEPENDENT);
    cr_assert_eq(vjp_case_list_read_text(&cases, "lines", "linear dtype=f32 N=1 D=1 M=1\n", &error),
                 VJP_OK, "%s", error.text);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(vjp_trial_list(&s.trial, &cases, 60, &error), VJP_OK, "%s", error.text);
        cr_expect(s.trial.result.ran && !s.trial.result.caught);
    }
    vjp_case_list_clear(&cases);
    close_setup(&s);
}
