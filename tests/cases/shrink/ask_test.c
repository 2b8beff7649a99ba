/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/ask.h"

#include "tests/cases/shrink/synthetic.h"

static bool wide(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->dim[2] >= 3;
}

static struct vjp_case of_width(int64_t M)
{
    struct vjp_case c = parse_case("linear dtype=f32 N=1 D=1 M=1 x=const w=const dy=const");
    c.dim[2] = M;
    return c;
}

static enum vjp_answer ask_width(struct vjp_ask *ask, int64_t M)
{
    struct vjp_case c = of_width(M);
    const enum vjp_answer answer = vjp_ask_case(ask, &c);
    vjp_case_clear(&c);
    return answer;
}

/* 300 lines make the table grow several times. */
Test(ask, a_line_is_asked_once_and_remembered)
{
    struct synthetic s = {.rule = wide};
    const struct vjp_shrink how = synthetic_how(&s, 1000);
    struct vjp_ask ask;
    vjp_ask_init(&ask, &how);
    for (int round = 0; round < 2; round++) {
        for (int64_t M = 0; M < 300; M++)
            cr_expect_eq(ask_width(&ask, M), M >= 3 ? VJP_ANSWER_YES : VJP_ANSWER_NO, "%d", (int)M);
        cr_expect_eq(ask.runs, 300);
    }
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

Test(ask, a_no_is_believed_after_so_many_times)
{
    struct synthetic s = {.rule = wide, .patience = 5};
    const struct vjp_shrink how = synthetic_how(&s, 1000);
    struct vjp_ask ask;
    vjp_ask_init(&ask, &how);
    ask.patience = 3;
    for (int round = 0; round < 2; round++) {
        cr_expect_eq(ask_width(&ask, 2), VJP_ANSWER_NO);
        cr_expect_eq(ask_width(&ask, 3), VJP_ANSWER_YES);
        cr_expect_eq(ask.runs, 4, "%d", round);
    }
    ask.patience = 5;
    cr_expect_eq(ask_width(&ask, 2), VJP_ANSWER_NO);
    cr_expect_eq(ask_width(&ask, 3), VJP_ANSWER_YES);
    cr_expect_eq(ask.runs, 6);
    cr_expect_not(ask.unsteady);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

static int64_t times; /* that something was asked */

static bool third_time(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c, (void)data;
    return ++times == 3;
}

Test(ask, a_no_that_becomes_a_yes_is_unsteady)
{
    struct synthetic s = {.rule = third_time, .unsteady = true};
    const struct vjp_shrink how = synthetic_how(&s, 1000);
    struct vjp_case c = of_width(1);
    struct vjp_ask ask;
    vjp_ask_init(&ask, &how);
    ask.patience = 2;
    ask.steady = true;
    cr_expect_eq(ask_width(&ask, 1), VJP_ANSWER_NO);
    cr_expect_not(ask.ended);
    ask.patience = 3;
    cr_expect_eq(ask_width(&ask, 1), VJP_ANSWER_YES);
    cr_expect(ask.unsteady && ask.ended);
    vjp_ask_extend(&ask, 1000);
    cr_expect(ask.ended, "steady is what it is to be");
    cr_expect_eq(vjp_ask_afresh(&ask, &c), VJP_ANSWER_NONE);
    ask.steady = false;
    vjp_ask_extend(&ask, 1000);
    cr_expect_not(ask.ended);
    cr_expect_eq(vjp_ask_afresh(&ask, &c), VJP_ANSWER_NO);
    cr_expect_eq(ask_width(&ask, 1), VJP_ANSWER_YES, "known");
    cr_expect_eq(ask.runs, 4);
    vjp_case_clear(&c);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

/* In the middle of its times: that is no answer, and none is remembered. */
Test(ask, a_no_that_is_not_yet_believed_is_none)
{
    struct synthetic s = {.rule = wide, .patience = 5};
    const struct vjp_shrink how = synthetic_how(&s, 2);
    struct vjp_ask ask;
    vjp_ask_init(&ask, &how);
    ask.patience = 3;
    cr_expect_eq(ask_width(&ask, 2), VJP_ANSWER_NONE);
    cr_expect(ask.ended);
    vjp_ask_extend(&ask, 10);
    cr_expect_eq(ask_width(&ask, 2), VJP_ANSWER_NO);
    cr_expect_eq(ask.runs, 5);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

Test(ask, what_is_not_valid_is_not_asked)
{
    struct synthetic s = {.rule = wide};
    const struct vjp_shrink how = synthetic_how(&s, 1000);
    struct vjp_ask ask;
    vjp_ask_init(&ask, &how);
    cr_expect_eq(ask_width(&ask, -1), VJP_ANSWER_NONE);
    cr_expect_eq(ask_width(&ask, VJP_DIM_MAX + 1), VJP_ANSWER_NONE);
    cr_expect_eq(s.calls, 0);
    cr_expect_not(ask.ended);
    vjp_ask_clear(&ask);
}

Test(ask, the_limit_ends_it_until_it_is_extended)
{
    struct synthetic s = {.rule = wide};
    const struct vjp_shrink how = synthetic_how(&s, 2);
    struct vjp_ask ask;
    struct vjp_case c = of_width(5), copy = {0};
    vjp_ask_init(&ask, &how);
    cr_expect_eq(ask_width(&ask, 3), VJP_ANSWER_YES);
    cr_expect_eq(ask_width(&ask, 2), VJP_ANSWER_NO);
    cr_expect_eq(ask_width(&ask, 3), VJP_ANSWER_YES, "known");
    cr_expect_not(ask.ended);
    cr_expect_eq(ask_width(&ask, 4), VJP_ANSWER_NONE);
    cr_expect(ask.ended);
    cr_expect_eq(ask_width(&ask, 3), VJP_ANSWER_NONE, "ended");
    cr_expect_not(vjp_ask_copy(&ask, &copy, &c));
    vjp_ask_extend(&ask, 3);
    cr_expect_eq(ask_width(&ask, 4), VJP_ANSWER_YES);
    cr_expect_eq(s.calls, 3);
    vjp_case_clear(&c);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

Test(ask, who_stops_it_is_asked_before_each_run_and_no_limit_helps_after)
{
    struct synthetic s = {.rule = wide, .stop_at = 2};
    const struct vjp_shrink how = synthetic_how(&s, 100);
    struct vjp_ask ask;
    vjp_ask_init(&ask, &how);
    cr_expect_eq(ask_width(&ask, 3), VJP_ANSWER_YES);
    cr_expect_eq(ask_width(&ask, 4), VJP_ANSWER_NONE);
    vjp_ask_extend(&ask, 100);
    cr_expect(ask.ended);
    cr_expect_eq(ask_width(&ask, 5), VJP_ANSWER_NONE);
    cr_expect_eq(s.calls, 1);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}

Test(ask, a_refusal_is_no_answer_and_a_failure_of_the_harness_ends_it)
{
    static const struct {
        enum vjp_status status;
        bool ends;
    } kinds[] = {{VJP_ERR_USAGE, false},
                 {VJP_ERR_LIMIT, false},
                 {VJP_ERR_IO, true},
                 {VJP_ERR_MEMORY, true},
                 {VJP_ERR_INTERNAL, true}};
    for (int i = 0; i < 5; i++) {
        struct synthetic s = {.rule = wide, .status = kinds[i].status};
        const struct vjp_shrink how = synthetic_how(&s, 100);
        struct vjp_ask ask;
        vjp_ask_init(&ask, &how);
        cr_expect_eq(ask_width(&ask, 3), VJP_ANSWER_NONE);
        cr_expect_eq(ask_width(&ask, 3), VJP_ANSWER_NONE);
        cr_expect_eq(s.calls, 1, "%d: asked once", i);
        cr_expect_eq(ask.ended, kinds[i].ends, "%d", i);
        cr_expect_eq(ask.status, kinds[i].ends ? kinds[i].status : VJP_OK, "%d", i);
        cr_expect_str_eq(ask.error.text, kinds[i].ends ? "no answer 1" : "");
        vjp_ask_extend(&ask, 100);
        cr_expect_eq(ask.ended, kinds[i].ends, "%d", i);
        vjp_ask_clear(&ask);
        vjp_text_clear(&s.asked);
    }
}

/* What is taken is settled: without accumulate no gradient has values. */
Test(ask, a_candidate_becomes_the_best_only_where_it_fails)
{
    struct synthetic s = {.rule = wide};
    const struct vjp_shrink how = synthetic_how(&s, 100);
    struct vjp_ask ask;
    struct vjp_case best =
        parse_case("linear dtype=f32 N=1 D=1 M=7 x=const w=const dy=const accumulate=1");
    struct vjp_case candidate = {0};
    vjp_ask_init(&ask, &how);
    cr_assert(vjp_ask_copy(&ask, &candidate, &best));
    cr_expect_not(vjp_ask_take(&ask, &best, &candidate), "the same");
    cr_expect_eq(s.calls, 0);
    cr_assert(vjp_ask_copy(&ask, &candidate, &best));
    candidate.dim[2] = 2;
    cr_expect_not(vjp_ask_take(&ask, &best, &candidate));
    cr_expect_null(candidate.spec, "cleared");
    cr_expect_eq(best.dim[2], 7);
    cr_assert(vjp_ask_copy(&ask, &candidate, &best));
    candidate.dim[2] = 4;
    candidate.accumulate = false;
    cr_expect(vjp_ask_take(&ask, &best, &candidate));
    cr_expect_null(candidate.spec, "cleared");
    char *line = line_text(&best);
    cr_expect_str_eq(line, "linear dtype=f32 N=1 D=1 M=4 x=const w=const dy=const");
    free(line);
    vjp_case_clear(&best);
    vjp_ask_clear(&ask);
    vjp_text_clear(&s.asked);
}
