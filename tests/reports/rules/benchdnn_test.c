/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/benchdnn.h"

#include "tests/reports/rules/question.h"

Test(benchdnn, sums_of_products_are_exact)
{
    static const struct example examples[] = {
        {"linear", VJP_F32, 4, {1, -2, 3, 0}, {1, -2, 3, 0}, ACCEPT},
        {"linear", VJP_F32, 1, {1 + 0x1p-23}, {1}, REFUSE},
        {"matmul", VJP_BF16, 1, {1 + 0x1p-7}, {1}, REFUSE},
        {"conv2d", VJP_F16, 1, {2}, {2}, ACCEPT},
        {"maxpool2d", VJP_F32, 1, {1 + 0x1p-23}, {1}, REFUSE},
        {"linear", VJP_F64, 1, {1 + 0x1p-52}, {1}, ACCEPT}, /* the same in f32 */
        {"linear", VJP_F64, 1, {1 + 0x1p-23}, {1}, REFUSE},
        {"linear", VJP_F32, 0, {0}, {0}, ACCEPT},
    };
    EXPECT_OPINIONS(vjp_rule_benchdnn, examples);
}

/* |want| <= 1e-5 and a difference below 2^-23 = 1.19e-7. */
Test(benchdnn, tiny_numbers_are_not_compared)
{
    static const struct example examples[] = {
        {"linear", VJP_F32, 1, {1.1e-7}, {0}, ACCEPT},
        {"linear", VJP_F32, 1, {1.2e-7}, {0}, REFUSE},
        {"linear", VJP_F16, 1, {0x1p-24}, {0}, ACCEPT},
        {"linear", VJP_F16, 1, {0x1p-22}, {0}, REFUSE}, /* 2.4e-7: eps is that of f32 */
        {"linear", VJP_F32, 1, {0}, {1e-7}, ACCEPT},    /* nothing at all, where 1e-7 is right */
        {"linear", VJP_F32, 1, {1.01e-5}, {1e-5}, ACCEPT},
        {"linear", VJP_F32, 1, {1.01e-5}, {1.1e-5}, REFUSE},
    };
    EXPECT_OPINIONS(vjp_rule_benchdnn, examples);
}

/* In f32 40 and 200 times 2^-23, 4.77e-6 and 2.384e-5, of |want|; below 1e-5 of 1. Of pool 10 eps: 1.19e-6 in f32,
 * in f16 10 * 2^-10 = 9.77e-3, in bf16 7.8e-2. */
Test(benchdnn, other_drivers_have_thresholds)
{
    static const struct example examples[] = {
        {"softmax", VJP_F32, 1, {100.00047}, {100}, ACCEPT},
        {"softmax", VJP_F32, 1, {100.00049}, {100}, REFUSE},
        {"softmax", VJP_F32, 1, {5e-6}, {9e-6}, ACCEPT}, /* 4e-6 */
        {"softmax", VJP_F32, 1, {0}, {2e-5}, REFUSE},
        {"softmax", VJP_F16, 1, {1 + 0x1p-10}, {1}, REFUSE},
        {"log_softmax", VJP_F32, 1, {1.000023}, {1}, ACCEPT},
        {"log_softmax", VJP_F32, 1, {1.000025}, {1}, REFUSE},
        {"avgpool2d", VJP_F16, 1, {1 + 0x1.2p-7}, {1}, ACCEPT}, /* 8.8e-3 */
        {"avgpool2d", VJP_F16, 1, {1 + 0x1.6p-7}, {1}, REFUSE}, /* 1.07e-2 */
        {"avgpool2d", VJP_BF16, 1, {1 + 0x1p-4}, {1}, ACCEPT},  /* 6.3e-2 */
        {"tanh", VJP_F32, 1, {1}, {1}, NONE},
    };
    EXPECT_OPINIONS(vjp_rule_benchdnn, examples);
}

Test(benchdnn, extreme_values_are_equal_in_f16_only_but_for_infinities)
{
    static const struct example examples[] = {
        {"linear", VJP_F32, 1, {NAN}, {NAN}, REFUSE},
        {"linear", VJP_BF16, 1, {NAN}, {NAN}, REFUSE},
        {"linear", VJP_F16, 1, {NAN}, {NAN}, ACCEPT},
        {"linear", VJP_F16, 1, {NAN}, {1}, REFUSE},
        {"linear", VJP_F16, 1, {1}, {NAN}, REFUSE},
        {"linear", VJP_F32, 1, {INFINITY}, {INFINITY}, ACCEPT},
        {"linear", VJP_F16, 1, {INFINITY}, {-INFINITY}, REFUSE},
        {"softmax", VJP_F32, 1, {INFINITY}, {1}, REFUSE},
        {"softmax", VJP_F32, 1, {1}, {INFINITY}, REFUSE},
    };
    EXPECT_OPINIONS(vjp_rule_benchdnn, examples);
}

/* The drivers without a tolerance draw operands of which they know that none is needed. */
Test(benchdnn, other_operands_are_not_judged_where_theirs_are_exact)
{
    struct example e = {"linear", VJP_F32, 1, {1}, {1}, ACCEPT};
    struct vjp_rule_question question = ask(&e);
    question.exact = false;
    cr_expect_eq(vjp_rule_benchdnn(&question), NONE);
    question.layer = "softmax";
    cr_expect_eq(vjp_rule_benchdnn(&question), ACCEPT);
}
