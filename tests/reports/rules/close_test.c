/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/close.h"

#include "tests/reports/rules/question.h"

/* allowed = atol + rtol |want|: for f32 1e-5 + 1.3e-6, for f64 2e-7, for f16 1e-5 + 1e-3, for bf16 1.6e-2 + 1e-5,
 * each at want = 1. */
Test(close, assert_close_has_tolerances_for_each_dtype)
{
    static const struct example examples[] = {
        {0, VJP_F32, 1, {1 + 0x1p-17}, {1}, ACCEPT},   /* 7.6e-6 <= 1.13e-5 */
        {0, VJP_F32, 1, {1 + 0x1.8p-17}, {1}, REFUSE}, /* 1.144e-5 */
        {0, VJP_F32, 1, {1000.00128}, {1000}, ACCEPT}, /* 1.28e-3 <= 1.31e-3 */
        {0, VJP_F32, 1, {1000.00134}, {1000}, REFUSE},
        {0, VJP_F64, 1, {1 + 1.9e-7}, {1}, ACCEPT},
        {0, VJP_F64, 1, {1 + 2.1e-7}, {1}, REFUSE},
        {0, VJP_F16, 1, {1 - 0x1p-10}, {1}, ACCEPT}, /* 9.77e-4 <= 1.01e-3 */
        {0, VJP_F16, 1, {1 - 0x1.8p-10}, {1}, REFUSE},
        {0, VJP_BF16, 1, {1 + 0x1p-6}, {1}, ACCEPT}, /* 1.5625e-2 <= 1.601e-2 */
        {0, VJP_BF16, 1, {1 + 0x1p-5}, {1}, REFUSE},
        {0, VJP_F32, 4, {1, 2, 3, 5}, {1, 2, 3, 4}, REFUSE}, /* one is enough */
        {0, VJP_F32, 1, {0}, {9.9e-6}, ACCEPT}, /* nothing at all, where 9.9e-6 is right */
    };
    EXPECT_OPINIONS(vjp_rule_assert_close, examples);
}

Test(close, assert_close_takes_nan_for_nothing_and_infinities_for_themselves)
{
    static const struct example examples[] = {
        {0, VJP_F32, 1, {NAN}, {NAN}, REFUSE},
        {0, VJP_F32, 1, {NAN}, {1}, REFUSE},
        {0, VJP_F32, 1, {1}, {NAN}, REFUSE},
        {0, VJP_F32, 1, {INFINITY}, {INFINITY}, ACCEPT},
        {0, VJP_F32, 1, {-INFINITY}, {INFINITY}, REFUSE},
        {0, VJP_F32, 1, {INFINITY}, {1}, REFUSE},
        {0,
         VJP_F32,
         1,
         {1},
         {INFINITY},
         REFUSE}, /* allowed is infinite, the difference not finite */
        {0, VJP_F32, 2, {0, -0.0}, {-0.0, 0}, ACCEPT},
        {0, VJP_F32, 0, {0}, {0}, ACCEPT},
    };
    EXPECT_OPINIONS(vjp_rule_assert_close, examples);
}

/* In f16 1e-8 is 0 and 1e-5 is 168 * 2^-24, so that at want = 1 the tolerance is 1.0014e-5, below the 2^-11 between
 * numbers; at 2^-24, the least one, it is 168 * 2^-48, which is 0 as well. */
Test(close, allclose_computes_in_the_dtype)
{
    static const struct example examples[] = {
        {0, VJP_F64, 1, {1 + 1.0009e-5}, {1}, ACCEPT}, /* 1e-8 + 1e-5 */
        {0, VJP_F64, 1, {1 + 1.0011e-5}, {1}, REFUSE},
        {0, VJP_F64, 1, {1e-8}, {0}, ACCEPT},
        {0, VJP_F64, 1, {1.1e-8}, {0}, REFUSE},
        {0, VJP_F64, 1, {1e-9}, {2e-9}, ACCEPT},
        {0, VJP_F32, 1, {1 + 0x1.4p-17}, {1}, ACCEPT}, /* 9.54e-6 */
        {0, VJP_F32, 1, {1 + 0x1.6p-17}, {1}, REFUSE}, /* 1.049e-5 */
        {0, VJP_F16, 1, {1 - 0x1p-11}, {1}, REFUSE},
        {0, VJP_F16, 1, {0}, {0x1p-24}, REFUSE},
        {0, VJP_F32, 1, {0}, {0x1p-27}, ACCEPT}, /* 7.45e-9 */
        {0, VJP_BF16, 1, {1}, {1}, NONE},
    };
    EXPECT_OPINIONS(vjp_rule_allclose, examples);
}

Test(close, allclose_takes_nan_for_nothing_and_infinities_for_themselves)
{
    static const struct example examples[] = {
        {0, VJP_F32, 1, {NAN}, {NAN}, REFUSE},
        {0, VJP_F32, 1, {INFINITY}, {INFINITY}, ACCEPT},
        {0, VJP_F32, 1, {-INFINITY}, {INFINITY}, REFUSE},
        {0, VJP_F32, 1, {1}, {INFINITY}, REFUSE}, /* inf <= inf, but want is not finite */
        {0, VJP_F32, 1, {INFINITY}, {1}, REFUSE},
        {0, VJP_F32, 0, {0}, {0}, ACCEPT},
    };
    EXPECT_OPINIONS(vjp_rule_allclose, examples);
}

/* allowed = 1e-4 (1 + |got|), of f16 and bf16 1e-2 (1 + |got|). */
Test(close, kernelbench_has_one_tolerance_for_both)
{
    static const struct example examples[] = {
        {0, VJP_F32, 1, {1.00019}, {1}, ACCEPT},
        {0, VJP_F32, 1, {1.00021}, {1}, REFUSE},
        {0, VJP_F32, 1, {0}, {9e-5}, ACCEPT},
        {0, VJP_F16, 1, {1.015625}, {1}, ACCEPT}, /* 1.56e-2 <= 2.02e-2 */
        {0, VJP_F16, 1, {1.03125}, {1}, REFUSE},
        {0, VJP_BF16, 1, {1.015625}, {1}, ACCEPT},
        {0, VJP_F64, 1, {1}, {1}, NONE},
        {0, VJP_F32, 1, {NAN}, {NAN}, REFUSE},
        {0,
         VJP_F32,
         1,
         {INFINITY},
         {1},
         REFUSE}, /* allowed is infinite, the difference not finite */
        {0, VJP_F32, 1, {INFINITY}, {INFINITY}, ACCEPT},
        {0, VJP_F32, 0, {0}, {0}, ACCEPT},
    };
    EXPECT_OPINIONS(vjp_rule_kernelbench, examples);
}

/* allowed = 1e-2 (1 + |got|): not of want. */
Test(close, the_first_kernelbench_was_looser_in_f32)
{
    static const struct example examples[] = {
        {0, VJP_F32, 1, {1.02015}, {1}, ACCEPT}, /* 0.02015 <= 0.0202015 */
        {0, VJP_F32, 1, {1}, {1.02015}, REFUSE}, /* > 0.02 */
        {0, VJP_F32, 1, {1.0199}, {1}, ACCEPT},  {0, VJP_F32, 1, {1.0205}, {1}, REFUSE},
        {0, VJP_F32, 1, {0}, {0.0099}, ACCEPT},  {0, VJP_F16, 1, {1.015625}, {1}, ACCEPT},
        {0, VJP_F64, 1, {1}, {1}, NONE},
    };
    EXPECT_OPINIONS(vjp_rule_kernelbench_first, examples);
}

/* |got - numerical| <= 1e-5 + 1e-3 |numerical|; what is right plays no part. */
Test(close, gradcheck_looks_at_differences)
{
    static const struct {
        enum vjp_dtype dtype;
        double got, numerical;
        enum vjp_opinion expected;
    } examples[] = {
        {VJP_F64, 1.001, 1, ACCEPT},      {VJP_F64, 1.00102, 1, REFUSE}, {VJP_F64, 0, 1e-5, ACCEPT},
        {VJP_F64, 0, 1.1e-5, REFUSE},     {VJP_F64, NAN, NAN, REFUSE},   {VJP_F64, 1, NAN, REFUSE},
        {VJP_F16, 1.00097656, 1, ACCEPT}, /* in f64: 9.77e-4 <= 1.01e-3 */
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        static const double want = 77;
        const struct vjp_rule_question question = {.layer = "tanh",
                                                   .dtype = examples[i].dtype,
                                                   .count = 1,
                                                   .row = 1,
                                                   .got = &examples[i].got,
                                                   .want = &want,
                                                   .numerical = &examples[i].numerical};
        cr_expect_eq(vjp_rule_gradcheck(&question), examples[i].expected, "example %zu", i);
    }
}
