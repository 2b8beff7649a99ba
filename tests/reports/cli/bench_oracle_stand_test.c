/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_oracle_stand.h"

#include "tests/cases/lines.h"

#include <math.h>

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
    const struct vjp_bench_oracle_plan plan = {.N = 4, .D = 3, .M = 6};
    for (int k = 0; k < VJP_STAND_COUNT; k++) {
        struct vjp_oracle_operands o = {0};
        vjp_stand_describe((enum vjp_stand_kind)k, &plan, &o);
        cr_expect_eq(check((enum vjp_stand_kind)k, o.line).elements, 30, "%s", o.line);
        struct vjp_case c = parse_case(o.line);
        cr_expect_eq(c.dtype, k == VJP_STAND_F64 ? VJP_F64 : VJP_F32);
        cr_expect_eq(c.slot[X].generator, k == VJP_STAND_WIDE        ? VJP_GEN_WIDE
                                          : k == VJP_STAND_SUBNORMAL ? VJP_GEN_SUBNORMAL
                                                                     : VJP_GEN_NORMAL);
        cr_expect_eq(o.change[0] != 0, k == VJP_STAND_CANCEL);
        vjp_case_clear(&c);
    }
}

/* Of every sum of dw and of dx, the terms but two are pairs of opposite ones; those two are smaller by 2^-100, where
 * they are normal numbers: not in dw's last columns of either half, nor in dx's last rows. */
Test(bench_oracle_stand, every_sum_cancels)
{
    const char *const line = "linear dtype=f32 N=8 D=3 M=10 x=normal w=normal dy=normal seed=2";
    struct vjp_stand stand;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_stand_open(VJP_STAND_CANCEL, line, "", &stand, &error), VJP_OK, "%s",
                 error.text);
    cr_assert_eq(vjp_rival_run(stand.exact, &error), VJP_OK);
    const int64_t rows[2] = {8, 3}, cols[2] = {3, 10};
    for (int g = 0; g < 2; g++) {
        for (int64_t e = 0; e < rows[g] * cols[g]; e++) {
            const int64_t i = e / cols[g], j = e % cols[g];
            const bool tiny = g == 0 ? i % 4 == 3 : j % 5 == 4;
            double value, scale;
            cr_assert(vjp_rival_element(stand.exact, g, i, j, &value));
            cr_assert(vjp_rival_scale(stand.exact, g, i, j, &scale));
            const double part = fabs(value) / scale;
            cr_expect(tiny || (part > 0x1p-120 && part < 0x1p-90), "%d[%d,%d]: %a of %a", g, (int)i,
                      (int)j, value, scale);
        }
    }
    vjp_rival_forget(stand.exact);
    vjp_stand_close(&stand);
}

Test(bench_oracle_stand, a_line_that_is_wrong_is_told)
{
    struct vjp_stand stand;
    struct vjp_error error = {""};
    cr_expect_eq(vjp_stand_open(VJP_STAND_NORMAL, "linear dtype=f32 N=1", "", &stand, &error),
                 VJP_ERR_USAGE);
    vjp_stand_close(&stand);
}
