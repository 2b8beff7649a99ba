/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_oracle_stand.h"

#include "tests/cases/lines.h"

static struct vjp_oracle_operands check(enum vjp_stand_kind kind, const char *line)
{
    struct vjp_stand stand;
    struct vjp_oracle_operands operands = {.name = "made"};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_stand_open(kind, line, "", &stand, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(stand.kind, kind);
    cr_assert_eq(vjp_stand_check(&stand, &operands, &error), VJP_OK, "%s", error.text);
    vjp_stand_close(&stand);
    return operands;
}

/* dx = 2^40 + 2^10 - 2^40, with S = 2^41 + 2^10, and 2^40 - 2^40, which is no least: it is 0. dw = 2, 1, 2. */
Test(bench_oracle_stand, how_elements_were_settled_and_how_far_they_cancel)
{
    const struct vjp_oracle_operands o =
        check(VJP_STAND_NORMAL,
              "linear dtype=f32 N=2 D=1 M=3 x=[1,1] w=[0x1p40,0x1p10,-0x1p40] dy=[1,1,1,1,0,1]");
    cr_expect_eq(o.elements, 5);
    cr_expect_eq(o.settled[0] + o.settled[1] + o.settled[2], 5);
    cr_expect_eq(o.settled[3], 0);
    cr_expect(o.least <= 0x1p-31 && o.least > 0x1p-31 * (1 - 0x1p-11), "%a", o.least);
}

/* dx is 0 times infinity, NaN; dw is 1. */
Test(bench_oracle_stand, what_is_no_number_is_counted)
{
    const struct vjp_oracle_operands o =
        check(VJP_STAND_NORMAL, "linear dtype=f32 N=1 D=1 M=2 x=[1] w=[inf,1] dy=[0,1]");
    cr_expect_eq(o.elements, 3);
    cr_expect_eq(o.settled[3], 1);
    cr_expect(o.least <= 1 && o.least > 1 - 0x1p-11, "%a", o.least);
}

Test(bench_oracle_stand, every_kind_is_a_case_of_its_own)
{
    const struct vjp_bench_oracle_plan plan = {.N = 3, .D = 4, .M = 5};
    for (int k = 0; k < VJP_STAND_COUNT; k++) {
        struct vjp_oracle_operands o = {0};
        vjp_stand_describe((enum vjp_stand_kind)k, &plan, &o);
        cr_expect_eq(check((enum vjp_stand_kind)k, o.line).elements, 32, "%s", o.line);
        struct vjp_case c = parse_case(o.line);
        cr_expect_eq(c.dtype, k == VJP_STAND_F64 ? VJP_F64 : VJP_F32);
        cr_expect_eq(c.slot[X].generator, k == VJP_STAND_CANCEL      ? VJP_GEN_CANCEL
                                          : k == VJP_STAND_WIDE      ? VJP_GEN_WIDE
                                          : k == VJP_STAND_SUBNORMAL ? VJP_GEN_SUBNORMAL
                                                                     : VJP_GEN_NORMAL);
        vjp_case_clear(&c);
    }
}

Test(bench_oracle_stand, a_line_that_is_wrong_is_told)
{
    struct vjp_stand stand;
    struct vjp_error error = {""};
    cr_expect_eq(vjp_stand_open(VJP_STAND_NORMAL, "linear dtype=f32 N=1", "", &stand, &error),
                 VJP_ERR_USAGE);
    vjp_stand_close(&stand);
}
