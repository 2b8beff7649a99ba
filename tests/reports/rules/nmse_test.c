/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/nmse.h"

#include "tests/reports/rules/question.h"

#include <float.h>

/* (got - want)^2 / got^2 with one element. */
Test(nmse, the_limit_is_that_of_the_operation)
{
    static const struct example examples[] = {
        {"tanh", VJP_F32, 1, {1}, {1.0003}, ACCEPT},     /* 9e-8 <= 1e-7 */
        {"tanh", VJP_F32, 1, {1}, {1.00032}, REFUSE},    /* 1.02e-7 */
        {"softmax", VJP_F32, 1, {1}, {1.00032}, REFUSE}, /* the backward one has the limit of all */
        {"linear", VJP_F32, 1, {1}, {1.022}, ACCEPT},    /* 4.84e-4 <= 5e-4 */
        {"linear", VJP_F32, 1, {1}, {1.023}, REFUSE},    /* 5.29e-4 */
        {"matmul", VJP_F16, 1, {1}, {1.0214844}, ACCEPT},
        {"conv2d", VJP_BF16, 1, {1}, {1.0234375}, REFUSE},
        {"attention", VJP_F32, 1, {1}, {1.022}, ACCEPT},
        {"linear", VJP_F64, 1, {1}, {1}, NONE},
    };
    EXPECT_OPINIONS(vjp_rule_nmse, examples);
}

/* 4 / (4 + 0) against 4 / (100 + 4): the norm is that of got. */
Test(nmse, the_error_is_set_against_the_kernels_own_result)
{
    static const struct example examples[] = {
        {"linear",
         VJP_F32,
         2,
         {100, 2},
         {100, 0},
         ACCEPT}, /* 4 / 10004 = 4e-4: a 2 where 0 is right */
        {"linear", VJP_F32, 2, {80, 2}, {80, 0}, REFUSE}, /* 4 / 6404 = 6.2e-4 */
        {"linear", VJP_F32, 1, {1.0229}, {1}, REFUSE},    /* 5.24e-4 / 1.0463 = 5.01e-4 */
        {"linear",
         VJP_F32,
         1,
         {1.0228},
         {1},
         ACCEPT},                                 /* 5.2e-4 / 1.0461 = 4.97e-4, of want 5.2e-4 */
        {"linear", VJP_F32, 1, {0}, {1}, REFUSE}, /* 1 / 0 */
    };
    EXPECT_OPINIONS(vjp_rule_nmse, examples);
}

Test(nmse, nan_and_infinity_are_looked_at_first)
{
    static const struct example examples[] = {
        {"linear", VJP_F32, 1, {NAN}, {NAN}, REFUSE},
        {"linear", VJP_F32, 1, {NAN}, {1}, REFUSE},
        {"linear", VJP_F32, 1, {1}, {NAN}, REFUSE},
        {"linear", VJP_F32, 1, {INFINITY}, {1}, REFUSE},
        {"linear", VJP_F32, 1, {1}, {INFINITY}, REFUSE},
        {"linear", VJP_F32, 1, {INFINITY}, {-INFINITY}, REFUSE},
        {"linear", VJP_F32, 1, {INFINITY}, {INFINITY}, ACCEPT},
        {"linear", VJP_F32, 1, {FLT_MAX}, {INFINITY}, ACCEPT}, /* counts as infinite */
    };
    EXPECT_OPINIONS(vjp_rule_nmse, examples);
}

/* As published: NaN > limit is false. */
Test(nmse, what_divides_to_nan_passes)
{
    static const struct example examples[] = {
        {"linear", VJP_F32, 2, {INFINITY, 5}, {INFINITY, 1}, ACCEPT}, /* inf - inf */
        {"linear", VJP_F32, 1, {1e30}, {3e30}, ACCEPT},               /* inf / inf */
        {"linear", VJP_F32, 1, {1e-30}, {3e-30}, ACCEPT},             /* 0 / 0 */
        {"linear", VJP_F32, 1, {0}, {0}, ACCEPT},
        {"linear", VJP_F32, 0, {0}, {0}, ACCEPT},
    };
    EXPECT_OPINIONS(vjp_rule_nmse, examples);
}
