/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/ahead.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"

#include <criterion/criterion.h>
#include <mpfr.h>
#include <stdio.h>
#include <string.h>

#define CASES 40

static const struct vjp_kinks lower = {.point = VJP_POINT_LOWER, .tie = VJP_TIE_ANY};

/* Cases of uneven size; relu's seed tells them apart. */
static void make_cases(struct vjp_case_list *list)
{
    struct vjp_error error = {""};
    for (int i = 0; i < CASES; i++) {
        char line[128];
        struct vjp_case c = {0};
        snprintf(line, sizeof line, "relu dtype=f32 N=%d M=%d x=zeros:0.5 dy=normal seed=%d",
                 1 + i % 3, i % 7 == 0 ? 600 : 2, i);
        cr_assert_eq(vjp_case_parse(line, &c, &error), VJP_OK, "%s", error.text);
        cr_assert_eq(vjp_case_list_add(list, &c, &error), VJP_OK);
    }
}

/* Every fifth case is left out. */
static int two_conventions(const void *env, const struct vjp_case *c, struct vjp_kinks *out)
{
    (void)env;
    if (c->seed % 5 == 4)
        return 0;
    out[0] = (struct vjp_kinks){VJP_POINT_ANY, VJP_TIE_ANY};
    out[1] = lower;
    return 2;
}

/* What a thread prepared is what one would derive here. */
static void expect_same(struct vjp_prepared *p)
{
    struct vjp_error error = {""};
    struct vjp_data data = {0};
    struct vjp_reference *own;
    const struct vjp_reference *theirs;
    const int slot = vjp_slot_gradient(p->c->spec, 0);
    const int references = p->truth.count;
    cr_assert_eq(vjp_data_generate(p->c, &data, &error), VJP_OK);
    cr_assert_eq(vjp_reference_create(p->c, &data, lower, &own, &error), VJP_OK);
    cr_assert_eq(vjp_truth_find(&p->truth, lower, &theirs, &error), VJP_OK);
    cr_expect_eq(p->truth.count, references, "the convention had not been derived");
    const struct vjp_tensor *x = &p->data.slot[0];
    for (int64_t i = 0; i < x->count; i++) {
        cr_expect_eq(vjp_tensor_get(x, i), vjp_tensor_get(&data.slot[0], i));
        cr_expect_eq(vjp_reference_rounded(theirs, slot, i), vjp_reference_rounded(own, slot, i));
    }
    vjp_reference_destroy(own);
    vjp_data_clear(&data);
}

static void run_all(const struct vjp_case_list *list, int jobs)
{
    const struct vjp_ahead_plan plan = {
        .cases = list, .jobs = jobs, .conventions = two_conventions};
    struct vjp_error error = {""};
    struct vjp_ahead *ahead;
    struct vjp_prepared *p;
    const struct vjp_case *which;
    cr_assert_eq(vjp_ahead_start(&plan, &ahead, &error), VJP_OK, "%s", error.text);
    for (int i = 0; i < CASES; i++) {
        if (i % 5 == 4)
            continue;
        cr_assert_eq(vjp_ahead_next(ahead, &p, &which, &error), VJP_OK, "%s", error.text);
        cr_assert_not_null(p);
        cr_expect_eq(p->c, &list->cases[i], "out of order");
        cr_expect_eq(which, p->c);
        expect_same(p);
    }
    for (int again = 0; again < 2; again++) {
        cr_expect_eq(vjp_ahead_next(ahead, &p, &which, &error), VJP_OK);
        cr_expect_null(p);
    }
    vjp_ahead_stop(ahead);
}

Test(ahead, cases_come_in_order_whatever_the_number_of_threads)
{
    struct vjp_case_list list = {0};
    make_cases(&list);
    run_all(&list, 1);
    run_all(&list, 2);
    run_all(&list, 7);
    vjp_case_list_clear(&list);
}

Test(ahead, nothing_comes_of_nothing)
{
    const struct vjp_case_list list = {0};
    const struct vjp_ahead_plan plan = {.cases = &list, .jobs = 3, .conventions = two_conventions};
    struct vjp_error error = {""};
    struct vjp_ahead *ahead;
    struct vjp_prepared *p;
    const struct vjp_case *which;
    cr_assert_eq(vjp_ahead_start(&plan, &ahead, &error), VJP_OK);
    cr_expect_eq(vjp_ahead_next(ahead, &p, &which, &error), VJP_OK);
    cr_expect_null(p);
    vjp_ahead_stop(ahead);
}

Test(ahead, a_case_that_cannot_be_prepared_fails_when_its_turn_comes)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    make_cases(&list);
    struct vjp_case bad = {0};
    cr_assert_eq(vjp_case_parse("relu dtype=f32 N=1 M=1 x=@/nowhere.npy seed=3", &bad, &error),
                 VJP_OK, "%s", error.text);
    vjp_case_clear(&list.cases[2]);
    list.cases[2] = bad;
    const struct vjp_ahead_plan plan = {.cases = &list, .jobs = 3, .conventions = two_conventions};
    struct vjp_ahead *ahead;
    struct vjp_prepared *p;
    const struct vjp_case *which;
    cr_assert_eq(vjp_ahead_start(&plan, &ahead, &error), VJP_OK);
    for (int i = 0; i < 2; i++)
        cr_expect_eq(vjp_ahead_next(ahead, &p, &which, &error), VJP_OK);
    for (int again = 0; again < 2; again++) {
        cr_expect_neq(vjp_ahead_next(ahead, &p, &which, &error), VJP_OK);
        cr_expect_null(p);
        cr_expect_eq(which, &list.cases[2]);
        cr_expect_not_null(strstr(error.text, "/nowhere.npy"), "%s", error.text);
    }
    vjp_ahead_stop(ahead);
    vjp_case_list_clear(&list);
}

Test(ahead, a_case_that_no_stage_takes_comes_with_the_reason)
{
    static const char *const lines[] = {
        "linear | log dtype=f64 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[3] dy=[1]",
        "linear | log dtype=f64 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[-3] dy=[1]",
        "linear | log dtype=f64 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[4] dy=[1]"};
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    struct vjp_ahead *ahead;
    struct vjp_prepared *p;
    const struct vjp_case *which;
    for (int i = 0; i < 3; i++) {
        struct vjp_case c = {0};
        cr_assert_eq(vjp_case_parse(lines[i], &c, &error), VJP_OK, "%s", error.text);
        cr_assert_eq(vjp_case_list_add(&list, &c, &error), VJP_OK);
    }
    const struct vjp_ahead_plan plan = {.cases = &list, .jobs = 2, .conventions = two_conventions};
    cr_assert_eq(vjp_ahead_start(&plan, &ahead, &error), VJP_OK);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(vjp_ahead_next(ahead, &p, &which, &error), VJP_OK, "%s", error.text);
        cr_assert_not_null(p);
        cr_expect_eq(p->truth.count, i == 1 ? 0 : 1);
        if (i == 1)
            cr_expect_str_eq(p->left_out, "2.x[0,0]=-6, the output of stage 1 (linear): expected a "
                                          "finite number greater than 0");
        else
            cr_expect_null(p->left_out);
    }
    vjp_ahead_stop(ahead);
    vjp_case_list_clear(&list);
}

Test(ahead, it_may_be_stopped_at_any_time)
{
    struct vjp_case_list list = {0};
    make_cases(&list);
    const struct vjp_ahead_plan plan = {.cases = &list, .jobs = 2, .conventions = two_conventions};
    for (int n = 0; n < 6; n++) {
        struct vjp_error error = {""};
        struct vjp_ahead *ahead;
        struct vjp_prepared *p;
        const struct vjp_case *which;
        cr_assert_eq(vjp_ahead_start(&plan, &ahead, &error), VJP_OK);
        for (int i = 0; i < n; i++)
            cr_expect_eq(vjp_ahead_next(ahead, &p, &which, &error), VJP_OK);
        vjp_ahead_stop(ahead);
    }
    vjp_ahead_stop(NULL);
    vjp_case_list_clear(&list);
}

/* What the threads lean on. */
Test(ahead, mpfr_keeps_its_state_for_each_thread)
{
    cr_expect(mpfr_buildopt_tls_p());
}

Test(ahead, the_machine_has_a_processor)
{
    cr_expect_geq(vjp_ahead_jobs(), 1);
    cr_expect_leq(vjp_ahead_jobs(), VJP_JOBS_MAX);
}
