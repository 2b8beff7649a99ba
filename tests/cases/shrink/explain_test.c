/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explain.h"

#include "cases/base/stream.h"
#include "tests/cases/shrink/explained.h"

#include <stdio.h>

static bool tail_of_padded(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[2] % 8 != 0 && c->dim[0] >= 2 && c->slot[W].layout.ld_pad > 0;
}

static const char padded[] = "linear dtype=f32 N=2 D=0 M=1 w.ld=+1";

/* 0 to 40 and nine more are 50 values: 0, 8, 16, 24, 32, 40, 64, 128 and 256 are 9 multiples of 8, and 0
 * and 1 are not above 1. */
Test(explain, what_matters_comes_first_with_its_numbers)
{
    struct synthetic s = {.rule = tail_of_padded};
    struct vjp_explanation out = explain_with(&s, padded, ENOUGH);
    expect_remarks(&out, "fails iff M % 8 != 0 (of 50 values of M tried, 41 failed)",
                   "fails iff N > 1 (of 50 values of N tried, 48 failed)",
                   "only with w.ld > M (of 5 paddings tried, 4 failed)", NULL);
    expect_remark(&out, "whatever D (50 values tried)");
    expect_remark(&out, "whatever dtype (4 tried)");
    expect_remark(&out, "for every seed tried (8)");
    cr_expect(out.complete);
}

Test(explain, where_nothing_matters_nothing_is_claimed)
{
    struct synthetic s = {.rule = always};
    struct vjp_explanation out = explain_with(&s, padded, ENOUGH);
    expect_remarks(&out, NULL);
    expect_remark(&out, "whatever M (50 values tried)");
}

Test(explain, a_case_that_does_not_fail_again_is_not_explained)
{
    struct synthetic s = {.rule = never};
    struct vjp_explanation out = explain_with(&s, padded, ENOUGH);
    expect_remarks(&out, "did not fail when it was run again", NULL);
    cr_expect_eq(out.remarks.count, 1);
    cr_expect_eq(out.runs, 2);
}

static int64_t times; /* that something was asked */

static bool every_fourth_time(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c, (void)data;
    return times++ % 4 == 0;
}

/* Three of the first five answers say yes: that would have been a rule. */
Test(explain, what_fails_by_chance_has_no_rule)
{
    struct synthetic s = {.rule = every_fourth_time, .unsteady = true};
    struct vjp_explanation out = explain_with(&s, padded, ENOUGH);
    expect_remarks(&out, "fails now and then: in 4 of 16 runs of the same case", NULL);
    cr_expect_eq(out.remarks.count, 1);
    cr_expect_lt(out.runs, 30, "%d", (int)out.runs);
    cr_expect(out.complete);
}

/* Seven of eight times: in ten it passes by chance once in 2^30. */
static bool mostly_with_threads(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return vjp_mix64((uint64_t)++times) % 8 != 0 && c->threads > 1;
}

Test(explain, what_mostly_fails_has_rules)
{
    struct synthetic s = {.rule = mostly_with_threads, .unsteady = true};
    struct vjp_explanation out = explain_with(&s, "linear dtype=f32 N=1 D=0 M=1 threads=2", ENOUGH);
    int failed = 0, asked = 0, end = 0;
    (void)sscanf(out.remarks.at[0].text, "fails now and then: in %d of %d runs of the same case%n",
                 &failed, &asked, &end);
    cr_expect(failed > 8 && failed < asked && asked == 16, "%s", out.remarks.at[0].text);
    cr_expect_eq(out.remarks.at[0].text[end], '\0');
    cr_expect_str_eq(out.remarks.at[1].text,
                     "fails with threads > 1, going by a single observation that passes (of 5 "
                     "values of threads tried, 4 failed)");
    cr_expect_eq(out.remarks.at[2].rank, VJP_REMARK_ALWAYS, "%s", out.remarks.at[2].text);
    cr_expect(out.complete);
}

static bool others_every_other_time(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[2] == 1 || times++ % 2 == 1;
}

Test(explain, the_case_itself_may_fail_every_time)
{
    struct synthetic s = {.rule = others_every_other_time, .unsteady = true};
    struct vjp_explanation out = explain_with(&s, padded, ENOUGH);
    expect_remarks(&out, "cases near it fail now and then", NULL);
    expect_remark(&out, "whatever M (50 values tried)");
}

/* Nothing is said of what was not observed on both sides, whenever it ends. */
Test(explain, runs_and_stop_are_obeyed)
{
    struct synthetic whole = {.rule = tail_of_padded};
    const int64_t needed = explain_with(&whole, padded, ENOUGH).runs;
    for (int64_t runs = 0; runs < needed; runs += 11) {
        struct synthetic limited = {.rule = tail_of_padded};
        struct synthetic stopped = {.rule = tail_of_padded, .stop_at = runs + 1};
        struct vjp_explanation out = explain_with(&limited, padded, runs);
        cr_expect_not(out.complete, "%d", (int)runs);
        cr_expect_leq(out.runs, runs);
        if (runs == 0)
            cr_expect_eq(out.remarks.count, 0);
        out = explain_with(&stopped, padded, ENOUGH);
        cr_expect_not(out.complete, "%d", (int)runs);
        cr_expect_eq(out.runs, runs);
    }
}

Test(explain, layouts_and_fields_have_runs_left_for_them)
{
    struct synthetic s = {.rule = tail_of_padded};
    struct vjp_explanation out = explain_with(&s, padded, 75);
    expect_remark(&out, "only with w.ld > M (of 5 paddings tried, 4 failed)");
    cr_expect_not(out.complete);
}

Test(explain, a_broken_harness_ends_it)
{
    struct synthetic s = {.rule = always, .status = VJP_ERR_IO, .fail_at = 5};
    struct vjp_case c = parse_case(padded);
    struct vjp_explanation out = {.runs = -1};
    struct vjp_error error = {""};
    const struct vjp_shrink how = synthetic_how(&s, ENOUGH);
    cr_expect_eq(vjp_explain_case(&how, &c, &out, &error), VJP_ERR_IO);
    cr_expect_str_eq(error.text, "no answer 5");
    cr_expect_eq(out.runs, -1, "untouched");
    cr_expect_eq(s.calls, 5);
    vjp_case_clear(&c);
    vjp_text_clear(&s.asked);
}

/* From the third call on there are no answers: two observations, both of N. */
Test(explain, what_has_no_answer_is_no_observation)
{
    struct synthetic s = {.rule = always, .status = VJP_ERR_USAGE, .fail_at = 3};
    struct vjp_explanation out = explain_with(&s, padded, ENOUGH);
    expect_remarks(&out, NULL);
    cr_expect_eq(out.remarks.count, 1);
    expect_remark(&out, "whatever N (2 values tried)");
}
