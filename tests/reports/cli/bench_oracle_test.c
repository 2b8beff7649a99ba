/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_oracle.h"

#include <criterion/criterion.h>
#include <string.h>

Test(bench_oracle, goals_are_for_one_shape)
{
    struct vjp_bench_oracle_plan plan = {0};
    struct vjp_error error;
    cr_assert_eq(vjp_bench_oracle_shape(NULL, &plan, &error), VJP_OK);
    cr_expect(plan.N == 64 && plan.D == 4096 && plan.M == 4096 && plan.goals);
    cr_assert_eq(vjp_bench_oracle_shape("64,4096,4095", &plan, &error), VJP_OK);
    cr_expect(plan.N == 64 && plan.D == 4096 && plan.M == 4095 && !plan.goals);
    cr_assert_eq(vjp_bench_oracle_shape("63,4096,4096", &plan, &error), VJP_OK);
    cr_expect_not(plan.goals);
    cr_assert_eq(vjp_bench_oracle_shape("64,4095,4096", &plan, &error), VJP_OK);
    cr_expect_not(plan.goals);
    cr_assert_eq(vjp_bench_oracle_shape("64,4096,4096", &plan, &error), VJP_OK);
    cr_expect(plan.goals);
}

Test(bench_oracle, a_shape_is_three_sizes)
{
    static const char *const wrong[] = {"",        "1,2",      "1,2,",           "1,2,3,4", "0,1,1",
                                        "-1,1,1",  "1, 2,3",   "1,2,3 ",         "a,b,c",   "1;2;3",
                                        "1,2,0x3", "1,2,1e10", "1,2,99999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct vjp_bench_oracle_plan plan = {.N = 7};
        struct vjp_error error = {""};
        cr_expect_eq(vjp_bench_oracle_shape(wrong[i], &plan, &error), VJP_ERR_USAGE, "%s",
                     wrong[i]);
        cr_expect_not_null(strstr(error.text, "expected three sizes from 1"), "%s", error.text);
        cr_expect_eq(plan.N, 7);
    }
}
