/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/jury.h"

#include "reports/bench/clock.h"
#include "reports/cli/inquiry.h"
#include "tests/cases/lines.h"
#include "tests/reports/cli/beside.h"
#include "tests/reports/cli/planted.h"

#include <string.h>

/* A kernel, a case, and what the rules say of its answer. */
struct setup {
    struct planted planted;
    struct vjp_case c;
    struct vjp_inquiry inquiry;
    struct vjp_finding finding;
    enum vjp_opinion opinion[VJP_BALLOT_RULES];
};

static void open_setup(struct setup *s, const char *act, const char *line)
{
    struct vjp_error error = {""};
    planted_open(&s->planted, act, "", 0);
    s->c = parse_case(line);
    s->finding = (struct vjp_finding){0};
    cr_assert_eq(
        vjp_inquiry_make(&s->c, VJP_ORACLE_AUTO, (struct vjp_kinks){0}, &s->inquiry, &error),
        VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_examine(&s->planted.targets, &s->planted.target, 0, &s->inquiry.question,
                             &s->finding, &error),
                 VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_jury_ask(&s->planted.target, 0, &s->inquiry.question, &s->finding.seen,
                              s->opinion, &error),
                 VJP_OK, "%s", error.text);
}

static void close_setup(struct setup *s)
{
    vjp_finding_clear(&s->finding);
    vjp_inquiry_clear(&s->inquiry);
    vjp_case_clear(&s->c);
    planted_close(&s->planted);
}

static enum vjp_opinion opinion(const struct setup *s, const char *name)
{
    for (int rule = 0; vjp_rules[rule].name; rule++) {
        if (strcmp(vjp_rules[rule].name, name) == 0)
            return s->opinion[rule];
    }
    cr_assert(false, "no rule %s", name);
    return VJP_OPINION_NONE;
}

#define LINE "linear dtype=f32 N=2 D=3 M=4 x=normal w=normal dy=normal"

Test(jury, every_rule_accepts_what_is_right)
{
    struct setup s;
    open_setup(&s, "answer();",
               "linear dtype=f32 N=2 D=3 M=4 x=exact w=exact dy=exact bias=1 "
               "b=exact accumulate=1 dx=exact dw=exact db=exact");
    for (int rule = 0; vjp_rules[rule].name; rule++)
        cr_expect_eq(s.opinion[rule], VJP_OPINION_ACCEPT, "%s: %d", vjp_rules[rule].name,
                     (int)s.opinion[rule]);
    close_setup(&s);
}

/* dw off by a tenth: the numbers, S and the differences reach every rule, but the one for exact operands. */
Test(jury, every_rule_refuses_what_is_far_off)
{
    struct setup s;
    open_setup(&s, "answer(); put(OUT(\"dw\"), 2, 3, 100);", LINE);
    for (int rule = 0; vjp_rules[rule].name; rule++) {
        const bool exact = vjp_rules[rule].needs & VJP_RULE_NEEDS_EXACT;
        cr_expect_eq(s.opinion[rule], exact ? VJP_OPINION_NONE : VJP_OPINION_REFUSE, "%s: %d",
                     vjp_rules[rule].name, (int)s.opinion[rule]);
    }
    close_setup(&s);
}

/* Too little for a tolerance of 1e-4, and refused here. */
Test(jury, rules_differ)
{
    struct setup s;
    open_setup(&s, "answer(); put(OUT(\"dw\"), 2, 3, get(OUT(\"dw\"), 2, 3) * 1.00002);", LINE);
    cr_expect_eq(s.finding.judgement.verdict, VJP_VERDICT_INACCURATE, "%s",
                 s.finding.judgement.reason);
    cr_expect_eq(opinion(&s, "KernelBench 1e-4"), VJP_OPINION_ACCEPT);
    cr_expect_eq(opinion(&s, "torch.testing.assert_close"), VJP_OPINION_REFUSE);
    cr_expect_eq(opinion(&s, "gradcheck"), VJP_OPINION_ACCEPT);
    close_setup(&s);
}

/* Right on this case, and wrong with the next seed: seen by who has five trials. */
Test(jury, trials_are_of_other_seeds)
{
    struct setup s;
    open_setup(&s,
               "answer(); static float first; if (first == 0) first = F(IN(\"x\"))[0];"
               "if (F(IN(\"x\"))[0] != first) put(OUT(\"dx\"), 0, 0, 50);",
               LINE);
    cr_expect(vjp_verdict_is_success(s.finding.judgement.verdict));
    cr_expect_eq(opinion(&s, "KernelBench 1e-2"), VJP_OPINION_REFUSE);
    cr_expect_eq(opinion(&s, "numpy.allclose"), VJP_OPINION_ACCEPT);
    close_setup(&s);
}

/* A trial that ends without an answer is refused, too. */
Test(jury, a_trial_that_crashes_is_refused)
{
    struct setup s;
    open_setup(&s,
               "answer(); static float first; if (first == 0) first = F(IN(\"x\"))[0];"
               "if (F(IN(\"x\"))[0] != first) abort();",
               LINE);
    cr_expect_eq(opinion(&s, "KernelBench 1e-2"), VJP_OPINION_REFUSE);
    cr_expect_eq(opinion(&s, "numpy.allclose"), VJP_OPINION_ACCEPT);
    close_setup(&s);
}

Test(jury, an_answer_that_is_not_there_is_counted_apart)
{
    struct setup s;
    struct vjp_ballot ballot = {0};
    struct vjp_error error;
    open_setup(&s, "abort();", LINE);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        cr_expect_eq(s.opinion[rule], VJP_OPINION_NONE);
    cr_assert_eq(
        vjp_jury_defect(&ballot, &s.planted.target, 0, &s.inquiry.question, &s.finding, &error),
        VJP_OK);
    cr_expect_eq(ballot.silent, 1);
    cr_expect_eq(ballot.defects[0].none, 0);
    close_setup(&s);
}

/* Every rule has a vote on each of the answers. */
Test(jury, right_answers_are_put_to_the_vote)
{
    const struct vjp_campaign campaign = {.seed = 3, .dim_max = 6};
    struct vjp_ballot ballot = {0};
    struct vjp_error error = {""};
    int64_t refused = 0;
    find_parts();
    cr_assert_eq(vjp_jury_correct(&ballot, &campaign, 70, vjp_clock_now() + 60, &error), VJP_OK,
                 "%s", error.text);
    for (int rule = 0; vjp_rules[rule].name; rule++) {
        const struct vjp_votes *votes = &ballot.correct[rule];
        cr_expect_eq(votes->accept + votes->refuse + votes->none, 70, "%s", vjp_rules[rule].name);
        cr_expect_gt(votes->accept, 0, "%s", vjp_rules[rule].name);
        refused += votes->refuse;
    }
    cr_expect_gt(refused, 0);
}
