/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/blas.h"

#include "tests/reports/rules/question.h"

static void expect(const char *layer, enum vjp_dtype dtype, int64_t row, const double got[4],
                   const double scale[4], enum vjp_opinion expected)
{
    static const double want[4] = {0, 1, 2, 3};
    const struct vjp_rule_question question = {.layer = layer,
                                               .dtype = dtype,
                                               .count = 4,
                                               .row = row,
                                               .got = got,
                                               .want = want,
                                               .scale = scale};
    cr_expect_eq(vjp_rule_blas(&question), expected, "row %d, got %.17g %.17g %.17g %.17g",
                 (int)row, got[0], got[1], got[2], got[3]);
}

#define F32(row, scale, expected, ...)                                                             \
    expect("linear", VJP_F32, row, (double[]){__VA_ARGS__}, scale, expected)

/* |got - want| / 2^-23 / S < 16. */
Test(blas, the_ratio_is_below_16)
{
    static const double ones[] = {1, 1, 1, 1}, tens[] = {10, 10, 10, 10}, none[] = {0, 0, 0, 0};
    F32(4, ones, ACCEPT, 0, 1, 2, 3);
    F32(4, ones, ACCEPT, 0, 1, 2, 3 + 0x1.ep-20); /* 15 */
    F32(4, ones, REFUSE, 0, 1, 2, 3 + 0x1p-19);   /* 16 */
    F32(4, tens, ACCEPT, 0, 1, 2 + 0x1p-17, 3);   /* 6.4 */
    F32(4, tens, REFUSE, 0, 1 - 0x1p-15, 2, 3);   /* 25.6 */
    F32(4, none, ACCEPT, 0x1.ep-20, 1, 2, 3);     /* not divided by 0 */
    F32(4, none, REFUSE, 0x1p-19, 1, 2, 3);
    expect("matmul", VJP_F64, 4, (double[]){0, 1, 2, 3 + 0x1.cp-49}, ones, ACCEPT); /* 14 */
    expect("matmul", VJP_F64, 4, (double[]){0, 1, 2, 3 + 0x1p-48}, ones, REFUSE);
    expect("matmul", VJP_F16, 4, (double[]){0, 1, 2, 3}, ones, NONE);
    expect("softmax", VJP_F32, 4, (double[]){0, 1, 2, 3}, ones, NONE);
}

/* Two rows: of the first only what is off by 1/sqrt(2^-23) = 2896 units is seen. */
Test(blas, the_threshold_is_that_of_the_last_column)
{
    static const double ones[] = {1, 1, 1, 1};
    F32(2, ones, ACCEPT, 0, 1 + 0x1p-12, 2, 3); /* 2048 */
    F32(2, ones, REFUSE, 0, 1 + 0x1p-11, 2, 3); /* 4096 */
    F32(2, ones, REFUSE, 0, 1, 2 + 0x1p-19, 3);
    F32(2, ones, REFUSE, 0, INFINITY, 2, 3);
}

/* MAX(NaN, x) is x. */
Test(blas, a_nan_is_seen_at_the_very_end_only)
{
    static const double ones[] = {1, 1, 1, 1};
    F32(4, ones, ACCEPT, NAN, 1, 2, 3);
    F32(4, ones, ACCEPT, NAN, NAN, NAN, 3);
    F32(4, ones, REFUSE, NAN, 1, 2, 3 + 0x1p-19);
    F32(4, ones, REFUSE, 0, 1, 2, NAN);
    F32(2, ones, ACCEPT, 0, NAN, 2, 3);
    F32(2, ones, REFUSE, 0, 1, 2, NAN);
}

Test(blas, infinities_that_agree_are_as_a_nan)
{
    static const double want[] = {INFINITY, 1}, ones[] = {1, 1}, wrong[] = {-INFINITY, 1};
    struct vjp_rule_question question = {.layer = "linear",
                                         .dtype = VJP_F32,
                                         .count = 2,
                                         .row = 2,
                                         .got = want,
                                         .want = want,
                                         .scale = ones};
    cr_expect_eq(vjp_rule_blas(&question), ACCEPT);
    question.got = wrong;
    cr_expect_eq(vjp_rule_blas(&question), REFUSE);
    question.count = 0;
    question.row = 0;
    cr_expect_eq(vjp_rule_blas(&question), ACCEPT);
}
