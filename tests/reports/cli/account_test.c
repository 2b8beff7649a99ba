/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/account.h"

#include "cases/line/parse.h"

#include <criterion/criterion.h>
#include <string.h>

static void parse(struct vjp_case *c, const char *line)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_parse(line, c, &error), VJP_OK, "%s", error.text);
}

static char label[] = "./it's mine.so:kern";
static const struct vjp_plugin_info info = {
    .name = "plug", .n_kernels = 1, .kernel = {{.name = "kern", .layer = "linear"}}};
static const struct vjp_target target = {.info = &info, .label = {label}};

Test(account, a_record_says_who_ran_what_and_how_to_run_it_again)
{
    struct vjp_case c = {0};
    struct vjp_account account;
    struct vjp_error error;
    struct vjp_finding finding = {.judgement = {.verdict = VJP_VERDICT_WRONG, .reason = "why"}};
    parse(&c, "linear dtype=f32 N=2 D=3 M=5");
    finding.judgement.measured[5] = true;
    finding.judgement.measure[5] =
        (struct vjp_measure){.count = 15, .compared = 14, .unresolved = 1, .worst_ulp = 2.5};
    cr_assert_eq(vjp_account_make(&c, &target, 0, &finding, &account, &error), VJP_OK);
    const struct vjp_record *record = &account.record;
    cr_expect_str_eq(record->line, "linear dtype=f32 N=2 D=3 M=5 x=normal w=normal dy=normal");
    cr_expect_str_eq(record->target, label);
    cr_expect_str_eq(record->plugin, "plug");
    cr_expect_str_eq(record->kernel, "kern");
    cr_expect_str_eq(record->layer, "linear");
    cr_expect_str_eq(record->dtype, "f32");
    cr_expect(record->ran);
    cr_expect_eq(record->verdict, VJP_VERDICT_WRONG);
    cr_expect_str_eq(record->reason, "why");
    /* x 6, w 15, dy 10, dx 6, dw 15 */
    cr_expect_eq(record->elements, 52);
    cr_assert_eq(record->n_gradients, 1);
    cr_expect_str_eq(record->gradient[0].name, "dw");
    cr_expect_eq(record->gradient[0].count, 15);
    cr_expect_eq(record->gradient[0].unresolved, 1);
    cr_expect_eq(record->gradient[0].worst_ulp, 2.5);
    cr_expect_str_eq(record->replay,
                     "vjpcheck run 'linear dtype=f32 N=2 D=3 M=5 x=normal w=normal dy=normal' "
                     "--kernel './it'\\''s mine.so:kern'");
    vjp_account_clear(&account);
    vjp_case_clear(&c);
}

Test(account, what_depends_on_state_is_replayed_with_repetition)
{
    struct vjp_case c = {0};
    struct vjp_account account;
    struct vjp_error error;
    const struct vjp_finding finding = {.judgement = {.verdict = VJP_VERDICT_STATE_DEPENDENT},
                                        .age = 10};
    parse(&c, "linear dtype=f32 N=1 D=1 M=1");
    cr_assert_eq(vjp_account_make(&c, &target, 0, &finding, &account, &error), VJP_OK);
    cr_expect(strstr(account.record.replay, " --repeat 11") != NULL, "%s", account.record.replay);
    vjp_account_clear(&account);
    vjp_case_clear(&c);
}

Test(account, what_was_not_run_has_no_verdict)
{
    struct vjp_case c = {0};
    struct vjp_account account;
    struct vjp_error error;
    parse(&c, "linear dtype=f32 N=1 D=1 M=1");
    cr_assert_eq(vjp_account_make(&c, &target, 0, NULL, &account, &error), VJP_OK);
    cr_expect_not(account.record.ran);
    cr_expect_str_eq(vjp_record_verdict(&account.record), "not_run");
    cr_expect_str_eq(account.record.reason, "the kernel hung too often");
    cr_expect_eq(account.record.n_gradients, 0);
    vjp_account_clear(&account);
    vjp_case_clear(&c);
}
