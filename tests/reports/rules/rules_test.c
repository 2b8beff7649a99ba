/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/rules.h"

#include "tests/reports/rules/question.h"

#include <string.h>

static const struct vjp_published_rule *find(const char *name)
{
    for (const struct vjp_published_rule *rule = vjp_rules; rule->name; rule++) {
        if (strcmp(rule->name, name) == 0)
            return rule;
    }
    cr_assert_fail("there is no rule %s", name);
    return NULL;
}

Test(rules, every_rule_has_a_name_of_its_own_and_a_source)
{
    int count = 0;
    for (const struct vjp_published_rule *rule = vjp_rules; rule->name; rule++, count++) {
        cr_expect_eq(find(rule->name), rule, "%s", rule->name);
        cr_expect_not_null(strstr(rule->source, " at "), "%s", rule->name);
        cr_expect(rule->trials == (strstr(rule->name, "KernelBench") ? 5 : 1), "%s", rule->name);
    }
    cr_expect_eq(count, 8);
}

/* 1.0005 for 1, in f32: between the tolerances. */
Test(rules, the_table_leads_to_the_rule_that_it_names)
{
    static const struct {
        const char *name;
        enum vjp_opinion expected;
    } rules[] = {
        {"torch.testing.assert_close", REFUSE}, /* 5e-4 > 1.13e-5 */
        {"numpy.allclose", REFUSE},             /* > 1e-5 */
        {"benchdnn", REFUSE},                   /* > 0 */
        {"ggml NMSE", ACCEPT},                  /* 2.5e-7 <= 5e-4 */
        {"KernelBench 1e-2", ACCEPT},           /* <= 2e-2 */
        {"KernelBench 1e-4", REFUSE},           /* > 2e-4 */
        {"BLAS ratio of 16", REFUSE},           /* 4194 units of 2^-23 */
        {"gradcheck", ACCEPT},                  /* <= 1.01e-3 */
    };
    static const double one = 1;
    const struct example e = {"linear", VJP_F32, 1, {1.0005}, {1}, NONE};
    struct vjp_rule_question question = ask(&e);
    question.scale = &one;
    question.numerical = &one;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        cr_expect_eq(vjp_rule_judge(find(rules[i].name), &question), rules[i].expected, "%s",
                     rules[i].name);
}

Test(rules, what_a_rule_needs_and_is_not_given_leaves_it_without_an_opinion)
{
    static const double one = 1;
    const struct example e = {"linear", VJP_F32, 1, {1}, {1}, NONE};
    struct vjp_rule_question question = ask(&e);
    cr_expect_eq(vjp_rule_judge(find("BLAS ratio of 16"), &question), NONE);
    cr_expect_eq(vjp_rule_judge(find("gradcheck"), &question), NONE);
    cr_expect_eq(vjp_rule_judge(find("numpy.allclose"), &question), ACCEPT);
    question.scale = &one;
    question.numerical = &one;
    cr_expect_eq(vjp_rule_judge(find("BLAS ratio of 16"), &question), ACCEPT);
    cr_expect_eq(vjp_rule_judge(find("gradcheck"), &question), ACCEPT);
}
