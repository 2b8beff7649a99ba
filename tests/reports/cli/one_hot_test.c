/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/one_hot.h"

#include "cases/line/parse.h"
#include "tests/reports/cli/planted.h"

/* Looks at a kernel that does so on the case, and expects the sizes and a clause of x's and w's gradients; NULL: none. */
static void expect(const char *act, const char *line, const char *sizes, const char *dx,
                   const char *dw)
{
    struct planted planted;
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    struct vjp_one_hot out;
    planted_open(&planted, act, "", 0);
    const struct vjp_failure failure = {
        .targets = &planted.targets, .target = &planted.target, .verdict = VJP_VERDICT_WRONG};
    cr_assert_eq(vjp_case_parse(line, &c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_one_hot_look(&failure, &c, 60, &out, &error), VJP_OK, "%s", error.text);
    cr_expect_str_eq(out.line.data ? out.line.data : "", sizes);
    cr_expect_str_eq(out.found[0].data ? out.found[0].data : "", dx);
    cr_expect_str_eq(out.found[1].data ? out.found[1].data : "", dw);
    vjp_one_hot_clear(&out);
    vjp_case_clear(&c);
    planted_close(&planted);
}

#define LINE "linear dtype=f32 N=1 D=1 M=1"

Test(one_hot, a_right_kernel_shows_nothing)
{
    expect("answer();", LINE, "", "", "");
}

/* Whole blocks of 8 rows of dx are right, the rest is 0. */
Test(one_hot, a_tail_is_told_from_the_blocks)
{
    expect("answer(); const DLTensor *dx = OUT(\"dx\"); for (int64_t n = dx->shape[0] / 8 * 8;"
           " n < dx->shape[0]; n++) for (int64_t d = 0; d < dx->shape[1]; d++) put(dx, n, d, 0);",
           LINE, "linear N=10 D=11 M=13", "dx[8:10,:] is 0 whatever dy is", "");
}

/* Only where N is 1: then sizes as they are. */
Test(one_hot, sizes_are_as_they_are_where_others_are_right)
{
    expect("answer(); if (OUT(\"dx\")->shape[0] == 1) put(OUT(\"dw\"), 0, 0, 0);", LINE,
           "linear N=1 D=1 M=1", "", "dw is 0 whatever dy is");
}

Test(one_hot, an_output_that_is_overwritten_under_accumulate)
{
    expect("struct vjp_abi_call c = *call; c.accumulate = 0; call = &c; answer();",
           LINE " accumulate=1", "linear N=10 D=11 M=13",
           "dx is overwritten where it should be added to",
           "dw is overwritten where it should be added to");
}

Test(one_hot, an_output_that_does_not_stay_under_accumulate)
{
    expect("answer(); put(OUT(\"dw\"), 0, 0, 0.5);", LINE " accumulate=1", "linear N=10 D=11 M=13",
           "", "what dw held does not stay where nothing is added to it");
}

Test(one_hot, a_kernel_that_does_not_come_back_shows_nothing)
{
    expect("answer(); abort();", LINE, "", "", "");
}
