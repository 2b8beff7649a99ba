/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/inquiry.h"

#include "tests/cases/lines.h"

static const struct vjp_kinks any_side = {.point = VJP_POINT_ANY, .tie = VJP_TIE_ANY};

static double rounded(const struct vjp_inquiry *q, int slot, int64_t i)
{
    return vjp_bits_to_double(q->question.c->dtype,
                              vjp_reference_rounded(q->question.reference, slot, i));
}

Test(inquiry, has_values_and_the_truth)
{
    struct vjp_case c = parse_case("linear dtype=f32 N=1 D=1 M=2 x=[2] w=[3,4] dy=[5,6]");
    struct vjp_inquiry q;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_inquiry_make(&c, VJP_ORACLE_AUTO, any_side, &q, &error), VJP_OK, "%s",
                 error.text);
    cr_expect_eq(q.question.c, &c);
    cr_expect_eq(element(q.question.data, W, 1), 4);
    cr_expect_eq(rounded(&q, DX, 0), 39);
    cr_expect_eq(rounded(&q, DW, 1), 12);
    vjp_inquiry_clear(&q);
    vjp_case_clear(&c);
}

/* At relu(0) with a convention. */
Test(inquiry, has_the_convention_that_was_asked_for)
{
    struct vjp_case c = parse_case("relu dtype=f32 N=1 M=1 x=[0] dy=[5]");
    struct vjp_inquiry q;
    struct vjp_error error = {""};
    const struct vjp_kinks upper = {.point = VJP_POINT_UPPER, .tie = VJP_TIE_ANY};
    cr_assert_eq(vjp_inquiry_make(&c, VJP_ORACLE_AUTO, upper, &q, &error), VJP_OK, "%s",
                 error.text);
    cr_expect_eq(rounded(&q, 2, 0), 5);
    vjp_inquiry_clear(&q);
    vjp_case_clear(&c);
}

Test(inquiry, a_case_without_a_truth_is_refused)
{
    struct vjp_case c = parse_case("linear | log dtype=f32 1.N=1 1.D=1 1.M=1 1.x=[-1] 1.w=[1]");
    struct vjp_inquiry q;
    struct vjp_error error = {""};
    cr_expect_eq(vjp_inquiry_make(&c, VJP_ORACLE_AUTO, any_side, &q, &error), VJP_ERR_USAGE);
    cr_expect(strstr(error.text, "expected a finite number greater than 0"), "%s", error.text);
    vjp_inquiry_clear(&q);
    vjp_case_clear(&c);
}
