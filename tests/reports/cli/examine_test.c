/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/examine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct vjp_judgement make(enum vjp_verdict verdict, const char *reason)
{
    struct vjp_judgement judgement = {.verdict = verdict, .worst_slot = -1};
    snprintf(judgement.reason, sizeof judgement.reason, "%s", reason);
    return judgement;
}

/* Settles a first and a second verdict and checks what comes out. */
static void expect(enum vjp_verdict first, int64_t age, enum vjp_verdict second,
                   enum vjp_verdict expected, bool second_stands, const char *reason)
{
    struct vjp_judgement judgement = make(first, "one");
    const struct vjp_judgement other = make(second, "two");
    cr_expect_eq(vjp_examine_settle(&judgement, age, &other), second_stands, "%s then %s",
                 vjp_verdict_name(first), vjp_verdict_name(second));
    cr_expect_eq(judgement.verdict, expected, "%s then %s gave %s", vjp_verdict_name(first),
                 vjp_verdict_name(second), vjp_verdict_name(judgement.verdict));
    cr_expect_str_eq(judgement.reason, reason);
}

Test(examine, a_failure_that_comes_again_stands)
{
    for (int v = VJP_VERDICT_INACCURATE; v < VJP_VERDICT_COUNT; v++)
        expect((enum vjp_verdict)v, 7, (enum vjp_verdict)v, (enum vjp_verdict)v, true, "two");
}

Test(examine, of_two_failures_the_graver_stands_and_both_are_told)
{
    expect(VJP_VERDICT_WRONG, 7, VJP_VERDICT_CRASHED, VJP_VERDICT_CRASHED, true,
           "two (wrong in the first process)");
    expect(VJP_VERDICT_CRASHED, 7, VJP_VERDICT_WRONG, VJP_VERDICT_CRASHED, false,
           "one (wrong in a fresh process)");
}

Test(examine, a_failure_of_a_used_process_alone_is_state)
{
    expect(VJP_VERDICT_WRONG, 7, VJP_VERDICT_EXACT, VJP_VERDICT_STATE_DEPENDENT, false,
           "wrong in a process that had run 7 cases before, exact in a fresh one: one");
    expect(VJP_VERDICT_CRASHED, 1, VJP_VERDICT_PASS, VJP_VERDICT_STATE_DEPENDENT, false,
           "crashed in a process that had run 1 case before, pass in a fresh one: one");
    expect(VJP_VERDICT_HUNG, 2, VJP_VERDICT_VACUOUS, VJP_VERDICT_STATE_DEPENDENT, false,
           "hung in a process that had run 2 cases before, vacuous in a fresh one: one");
    expect(VJP_VERDICT_WRONG, 2, VJP_VERDICT_UNSUPPORTED, VJP_VERDICT_STATE_DEPENDENT, false,
           "wrong in a process that had run 2 cases before, unsupported in a fresh one: one");
}

Test(examine, no_failure_is_forgiven)
{
    expect(VJP_VERDICT_WRONG, 0, VJP_VERDICT_EXACT, VJP_VERDICT_WRONG, false,
           "one (not every time: exact when run again in a fresh process)");
    expect(VJP_VERDICT_NONDETERMINISTIC, 7, VJP_VERDICT_EXACT, VJP_VERDICT_NONDETERMINISTIC, false,
           "one (not every time: exact when run again in a fresh process)");
    for (int first = VJP_VERDICT_INACCURATE; first < VJP_VERDICT_COUNT; first++) {
        for (int second = 0; second < VJP_VERDICT_COUNT; second++) {
            for (int64_t age = 0; age < 2; age++) {
                struct vjp_judgement judgement = make((enum vjp_verdict)first, "one");
                const struct vjp_judgement other = make((enum vjp_verdict)second, "two");
                vjp_examine_settle(&judgement, age, &other);
                cr_expect(vjp_verdict_is_failure(judgement.verdict));
            }
        }
    }
}

Test(examine, bits_are_compared_placement_by_placement)
{
    enum { DX = 4, DW = 5 };
    const struct vjp_shape shape = {.rank = 2, .dim = {1, 3}};
    struct vjp_observation a = {.outcome = VJP_COMPLETED};
    struct vjp_observation b = {.outcome = VJP_COMPLETED};
    struct vjp_error error;
    int slot = -1;
    int64_t index = -1;
    for (int placement = 0; placement < 2; placement++) {
        cr_assert_eq(vjp_tensor_init(&a.answer[placement][DW], VJP_F32, &shape, &error), VJP_OK);
        cr_assert_eq(vjp_tensor_init(&b.answer[placement][DW], VJP_F32, &shape, &error), VJP_OK);
    }
    cr_expect_not(vjp_examine_differ(&a, &b, vjp_spec_find("linear"), &slot, &index));
    /* The sign of a zero is a bit. */
    vjp_tensor_set(&b.answer[1][DW], 2, 0x80000000);
    cr_assert(vjp_examine_differ(&a, &b, vjp_spec_find("linear"), &slot, &index));
    cr_expect_eq(slot, DW);
    cr_expect_eq(index, 2);
    vjp_observation_clear(&a);
    vjp_observation_clear(&b);
}
