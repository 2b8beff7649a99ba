/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/rules_ask.h"

#include "tests/cases/lines.h"
#include "tests/reports/cli/beside.h"
#include "tests/reports/cli/planted.h"

#include <string.h>

#define LINE "linear dtype=f32 N=2 D=3 M=4 x=exact w=exact dy=exact"

static struct vjp_error error;

/* What comes of dx of a kernel and, as a defect beside it, of another. */
static void ask(struct planted *right, struct planted *defect, struct vjp_rules_kernel kernels[2])
{
    struct vjp_case c = parse_case(LINE);
    kernels[0] =
        (struct vjp_rules_kernel){.target = &right->target, .label = "right", .wanted = true};
    kernels[1] = (struct vjp_rules_kernel){.target = &defect->target,
                                           .label = "defect",
                                           .defect = true,
                                           .beside = &right->target,
                                           .wanted = true};
    cr_assert_eq(vjp_rules_begin(kernels, 2, 1, &error), VJP_OK);
    cr_assert_eq(vjp_rules_ask(&c, 0, kernels, 2, &error), VJP_OK, "%s", error.text);
    vjp_case_clear(&c);
}

/* Exact data: the right answer is accepted by a bound of any size; one that is off by 1e12 shows, and no rule that has an
 * opinion lets it through as published. */
Test(rules_ask, a_right_answer_and_a_wrong_one)
{
    struct planted right, defect;
    struct vjp_rules_kernel kernels[2];
    find_parts();
    planted_open(&right, "answer();", "", 0);
    planted_open(&defect, "answer(); put(OUT(\"dx\"), 0, 0, 1e12);", "", 0);
    ask(&right, &defect, kernels);
    cr_assert(kernels[0].count >= 1 && kernels[1].count >= 1, "%s %s", kernels[0].why,
              kernels[1].why);
    cr_expect_eq(kernels[0].answer[0].ours, VJP_LEVEL_LEAST);
    const struct vjp_ruling_answer *wrong = &kernels[1].answer[0];
    cr_expect(wrong->shows);
    cr_expect_gt(wrong->ours, 0);
    int opinions = 0;
    for (int rule = 0; vjp_rules[rule].name; rule++) {
        opinions += wrong->level[rule] != VJP_LEVEL_NONE;
        cr_expect(wrong->level[rule] == VJP_LEVEL_NONE || wrong->level[rule] > 0, "rule %d: %d",
                  rule, wrong->level[rule]);
    }
    cr_expect_gt(opinions, 2);
    vjp_rules_end(kernels, 2);
    planted_close(&right);
    planted_close(&defect);
}

/* A defect that changes no bit does not show; a kernel that ends its process gave no answer, and says why. */
Test(rules_ask, what_does_not_show_and_who_gives_no_answer)
{
    struct planted right, same, gone;
    struct vjp_rules_kernel kernels[2];
    find_parts();
    planted_open(&right, "answer();", "", 0);
    planted_open(&same, "answer();", "", 0);
    ask(&right, &same, kernels);
    cr_assert_geq(kernels[1].count, 1);
    cr_expect_not(kernels[1].answer[0].shows);
    vjp_rules_end(kernels, 2);
    planted_close(&same);
    planted_open(&gone, "abort();", "", 0);
    ask(&right, &gone, kernels);
    cr_expect(kernels[1].failed);
    cr_expect_eq(kernels[1].count, 0);
    cr_expect_neq(kernels[1].why[0], '\0');
    vjp_rules_end(kernels, 2);
    planted_close(&gone);
    planted_close(&right);
}
