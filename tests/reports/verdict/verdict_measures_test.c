/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judgement over measures made by hand: this file defines the measuring itself, in place of the
 * oracle's, so that measures can be had that no case would give. */
#include "tests/reports/scene.h"

#include <string.h>

/* By slot; what vjp_measure_gradient answers. */
static struct vjp_measure made[VJP_MAX_SLOTS];

void vjp_measure_gradient(const struct vjp_reference *reference, int slot,
                          const struct vjp_model *model, const struct vjp_tensor *got,
                          struct vjp_measure *out)
{
    (void)reference;
    (void)model;
    (void)got;
    *out = made[slot];
}

void vjp_measure_outside(const struct vjp_reference *reference, int slot,
                         const struct vjp_model *model, const struct vjp_tensor *got,
                         void (*visit)(void *env, int64_t i), void *env)
{
    (void)reference;
    (void)model;
    for (int64_t i = 0; made[slot].outside > 0 && i < got->count; i++)
        visit(env, i);
}

static struct vjp_measure all_correct(int64_t count)
{
    return (struct vjp_measure){.count = count,
                                .compared = count,
                                .correct = count,
                                .explained_by = -1,
                                .worst = {.index = 0}};
}

static struct vjp_measure one_outside(int64_t count, int explained_by)
{
    struct vjp_measure m = all_correct(count);
    m.correct--;
    m.outside = 1;
    m.explained_by = explained_by;
    m.worst.standing = VJP_OUTSIDE;
    m.worst_ratio = 2;
    return m;
}

static enum vjp_verdict judge(struct vjp_measure dx, struct vjp_measure dw, char reason[512])
{
    struct scene s;
    made[DX] = dx;
    made[DW] = dw;
    scene_set_small(&s);
    const enum vjp_verdict verdict = scene_judge(&s);
    strcpy(reason, s.out.reason);
    scene_clear(&s);
    return verdict;
}

Test(verdict_measures, all_correct_is_exact_and_some_within_is_a_pass)
{
    char reason[512];
    struct vjp_measure within = all_correct(6);
    within.correct = 5;
    cr_expect_eq(judge(all_correct(2), all_correct(6), reason), VJP_VERDICT_EXACT);
    cr_expect_eq(judge(all_correct(2), within, reason), VJP_VERDICT_PASS);
}

Test(verdict_measures, the_least_precise_explanation_is_named_and_all_need_one)
{
    char reason[512];
    cr_expect_eq(judge(one_outside(2, VJP_F16), one_outside(6, VJP_BF16), reason),
                 VJP_VERDICT_INACCURATE);
    cr_expect(strstr(reason, "accumulation in bf16 would explain it"), "%s", reason);
    cr_expect_eq(judge(one_outside(2, VJP_F16), all_correct(6), reason), VJP_VERDICT_INACCURATE);
    cr_expect(strstr(reason, "accumulation in f16 would explain it"), "%s", reason);
    cr_expect_eq(judge(one_outside(2, VJP_F16), one_outside(6, -1), reason), VJP_VERDICT_WRONG);
    cr_expect_eq(judge(one_outside(2, -1), one_outside(6, VJP_F16), reason), VJP_VERDICT_WRONG);
}

Test(verdict_measures, unresolved_elements_are_no_pass)
{
    char reason[512];
    const struct vjp_measure unresolved = {
        .count = 6, .unresolved = 6, .trivial = true, .explained_by = -1, .worst = {.index = -1}};
    struct vjp_measure nothing = unresolved;
    nothing.count = nothing.unresolved = 2;
    cr_expect_eq(judge(nothing, unresolved, reason), VJP_VERDICT_VACUOUS);
    cr_expect_str_eq(reason, "no element was compared; the oracle could not settle 8");
    /* Nor with a gradient that tells something: nobody looked at the other. */
    cr_expect_eq(judge(all_correct(2), unresolved, reason), VJP_VERDICT_VACUOUS);
    cr_expect_str_eq(reason, "no element of dw was compared; the oracle could not settle 6");
}

Test(verdict_measures, excused_elements_are_no_pass)
{
    char reason[512];
    struct vjp_measure excused = {
        .count = 6, .excused = 6, .explained_by = -1, .worst = {.index = -1}};
    struct vjp_measure trivial = all_correct(2);
    trivial.trivial = true;
    cr_expect_eq(judge(trivial, excused, reason), VJP_VERDICT_VACUOUS);
    cr_expect(strstr(reason, "6 may overflow in some order of summation"), "%s", reason);
    cr_expect_eq(judge(all_correct(2), excused, reason), VJP_VERDICT_VACUOUS);
    excused.compared = excused.correct = 1;
    excused.excused = 5;
    excused.worst.index = 0;
    cr_expect_eq(judge(all_correct(2), excused, reason), VJP_VERDICT_PASS, "one was compared");
}

Test(verdict_measures, one_gradient_that_tells_something_is_enough)
{
    char reason[512];
    struct vjp_measure trivial = all_correct(2);
    trivial.trivial = true;
    cr_expect_eq(judge(trivial, all_correct(6), reason), VJP_VERDICT_EXACT);
    struct vjp_measure also = all_correct(6);
    also.trivial = true;
    cr_expect_eq(judge(trivial, also, reason), VJP_VERDICT_VACUOUS);
}

/* A comparison that lost elements, or whose worst value is NaN, must not look like a pass. */
Test(verdict_measures, measures_that_do_not_add_up_are_wrong)
{
    char reason[512];
    struct vjp_measure lost = all_correct(6);
    lost.compared = lost.correct = 5;
    cr_expect_eq(judge(all_correct(2), lost, reason), VJP_VERDICT_WRONG);
    struct vjp_measure nan = all_correct(6);
    nan.worst_ratio = NAN;
    cr_expect_eq(judge(all_correct(2), nan, reason), VJP_VERDICT_WRONG);
    struct vjp_measure nan_ulp = all_correct(6);
    nan_ulp.worst_ulp = NAN;
    cr_expect_eq(judge(all_correct(2), nan_ulp, reason), VJP_VERDICT_WRONG);
    struct vjp_measure unnamed = one_outside(6, VJP_F16);
    unnamed.worst.index = -1;
    cr_expect_eq(judge(all_correct(2), unnamed, reason), VJP_VERDICT_WRONG);
}
