/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/question.h"

#include "tests/cases/lines.h"

#include <math.h>
#include <stdio.h>

/* A kernel's answers to a case of which rows are looked at. */
struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_truth truth;
    struct vjp_question question;
    struct vjp_kernel_info kernel;
    struct vjp_observation seen;
    struct vjp_judgement out;
};

#define ROWS 100

static void start(struct scene *s, const char *line)
{
    struct vjp_error error = {""};
    *s = (struct scene){.c = parse_case(line),
                        .data = generate_line(line),
                        .seen = {.unwritten_slot = -1, .repeat_slot = -1}};
    s->kernel.has_model[s->c.dtype] = true;
    s->kernel.model[s->c.dtype] = (struct vjp_model){.accumulate = s->c.dtype, .ulps = 4};
    cr_assert_eq(vjp_truth_init(&s->truth, &s->c, &s->data, VJP_ORACLE_ROWS, 1, &error), VJP_OK,
                 "%s", error.text);
    cr_assert_eq(vjp_question_ask(&s->truth, s->kernel.kinks, &s->question, &error), VJP_OK);
    cr_assert_not_null(s->question.rows);
}

static void end(struct scene *s)
{
    vjp_observation_clear(&s->seen);
    vjp_truth_clear(&s->truth);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static double at(const struct vjp_tensor *t, int64_t i)
{
    return vjp_bits_to_double(t->dtype, vjp_tensor_get(t, i));
}

/* The gradient of square, 2 x dy, from the operands as the kernel gets them. */
static void answer(struct scene *s)
{
    const int dx = vjp_slot_gradient(s->c.spec, 0);
    struct vjp_error error;
    for (int placement = 0; placement < 2; placement++) {
        struct vjp_tensor *t = &s->seen.answer[placement][dx];
        vjp_tensor_clear(t);
        cr_assert_eq(vjp_tensor_init(t, s->c.dtype, &s->data.slot[0].shape, &error), VJP_OK);
        for (int64_t i = 0; i < t->count; i++) {
            const double g = 2 * at(&s->data.slot[0], i) * at(&s->data.slot[1], i);
            vjp_tensor_set(t, i, vjp_bits_from_double(t->dtype, g));
        }
    }
}

static void put(struct scene *s, int64_t i, double value)
{
    struct vjp_tensor *t = &s->seen.answer[1][vjp_slot_gradient(s->c.spec, 0)];
    vjp_tensor_set(t, i, vjp_bits_from_double(t->dtype, value));
}

static enum vjp_verdict judge(struct scene *s)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_question_judge(&s->question, &s->kernel, &s->seen, &s->out, &error), VJP_OK,
                 "%s", error.text);
    return s->out.verdict;
}

#define SQUARE "square dtype=f32 rank=1 N=100 x=normal dy=normal"

/* A row that is looked at, or one that is not. */
static int64_t find_row(const struct scene *s, bool kept)
{
    for (int64_t i = 1; i < ROWS; i++) {
        if ((at(&s->data.slot[1], i) != 0) == kept)
            return i;
    }
    cr_assert_fail("there is none");
    return -1;
}

Test(question, the_right_answer)
{
    struct scene s;
    start(&s, SQUARE);
    answer(&s);
    cr_expect_eq(judge(&s), VJP_VERDICT_EXACT, "%s", s.out.reason);
    const int dx = vjp_slot_gradient(s.c.spec, 0);
    cr_expect_eq(s.out.measure[dx].compared, VJP_EXCERPT_MAX);
    cr_expect_eq(s.seen.answer[0][dx].count, VJP_EXCERPT_MAX, "those of the rows");
    cr_expect_eq(vjp_question_case(&s.question)->dim[0], VJP_EXCERPT_MAX);
    end(&s);
}

Test(question, a_wrong_row)
{
    struct scene s;
    start(&s, SQUARE);
    answer(&s);
    put(&s, find_row(&s, true), 1e9);
    cr_expect_eq(judge(&s), VJP_VERDICT_WRONG);
    cr_expect_not_null(strstr(s.out.reason, "(counted in the rows N = 0, "), "%s", s.out.reason);
    end(&s);
}

/* Where dy is 0, so is the gradient: any other number, and NaN. */
Test(question, something_in_a_row_that_nobody_chose)
{
    static const double values[] = {1e-30, -1, NAN, INFINITY};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct scene s;
        char row[32];
        start(&s, SQUARE);
        answer(&s);
        const int64_t stray = find_row(&s, false);
        put(&s, stray, values[i]);
        cr_expect_eq(judge(&s), VJP_VERDICT_WRONG, "%g: %s", values[i], s.out.reason);
        cr_expect_not_null(strstr(s.out.reason, "dx["), "%s", s.out.reason);
        snprintf(row, sizeof row, "%d of them", VJP_EXCERPT_MAX);
        cr_expect_not_null(strstr(s.out.reason, row), "%s", s.out.reason);
        end(&s);
    }
}

/* In f16, 2 x is infinite for x = 60000, and an infinity times 0 is NaN: that is excused, here as it is where all rows
 * are looked at. */
Test(question, what_overflows_there_is_excused)
{
    struct scene s;
    struct vjp_judgement whole;
    struct vjp_error error = {""};
    struct vjp_truth truth;
    start(&s, "square dtype=f16 rank=1 N=100 x=normal dy=normal");
    answer(&s);
    const int64_t stray = find_row(&s, false);
    vjp_tensor_set(&s.data.slot[0], stray, vjp_bits_from_double(VJP_F16, 60000));
    put(&s, stray, NAN);
    cr_assert_eq(vjp_truth_init(&truth, &s.c, &s.data, VJP_ORACLE_EXPLICIT, 1, &error), VJP_OK);
    vjp_judge(&s.c, &s.kernel, truth.reference[0], &s.seen, &whole);
    cr_expect_eq(judge(&s), whole.verdict, "%s, %s", s.out.reason, whole.reason);
    vjp_truth_clear(&truth);
    end(&s);
}

/* What it did to memory has the names of the whole case. */
Test(question, unwritten_where_nobody_chose)
{
    struct scene s;
    start(&s, SQUARE);
    answer(&s);
    s.seen.unwritten_slot = vjp_slot_gradient(s.c.spec, 0);
    s.seen.unwritten_index = 97;
    s.seen.unwritten_count = 1;
    cr_expect_eq(judge(&s), VJP_VERDICT_UNWRITTEN);
    cr_expect_not_null(strstr(s.out.reason, "dx[97]"), "%s", s.out.reason);
    end(&s);
}

Test(question, a_call_that_did_not_end)
{
    struct scene s;
    start(&s, SQUARE);
    s.seen.outcome = VJP_HUNG;
    cr_expect_eq(judge(&s), VJP_VERDICT_HUNG);
    end(&s);
}

/* No answer is no pass. */
Test(question, a_missing_answer)
{
    struct scene s;
    start(&s, SQUARE);
    cr_expect_eq(judge(&s), VJP_VERDICT_WRONG);
    end(&s);
}

/* Saved values are there for every row. */
Test(question, saved_values)
{
    struct scene s;
    start(&s, "exp dtype=f64 rank=1 N=100 x=normal dy=normal");
    cr_assert_eq(s.data.saved[0].count, ROWS);
    for (int64_t i = 0; i < ROWS; i++) {
        if (at(&s.data.slot[1], i) != 0)
            cr_expect_float_eq(at(&s.data.saved[0], i), exp(at(&s.data.slot[0], i)),
                               1e-14 * exp(at(&s.data.slot[0], i)));
        else
            cr_expect_gt(at(&s.data.saved[0], i), 0);
    }
    end(&s);
}
