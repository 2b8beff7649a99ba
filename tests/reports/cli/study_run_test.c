/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_run.h"

#include "cases/line/parse.h"
#include "tests/reports/cli/planted.h"

static struct vjp_study_answers ask(const char *act, const char *line)
{
    struct planted planted;
    struct vjp_study_answers answers = {0};
    struct vjp_case c;
    struct vjp_error error = {""};
    planted_open(&planted, act, "", 0);
    const struct vjp_study_kernel kernel = {.target = &planted.target,
                                            .label = "plant:plant",
                                            .model = planted.target.info->kernel[0].model[VJP_F32]};
    cr_assert_eq(vjp_case_parse(line, &c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_study_ask(&c, 0, &kernel, 1, true, &answers, &error), VJP_OK, "%s",
                 error.text);
    vjp_case_clear(&c);
    planted_close(&planted);
    return answers;
}

static const char line[] = "linear dtype=f32 N=2 D=3 M=4 seed=1";

Test(study_run, a_right_answer_is_gathered)
{
    struct vjp_study_answers a = ask("answer();", line);
    double ratio;
    cr_expect_str_eq(a.why, "");
    cr_expect_eq(a.gather.count, 6);
    cr_expect_eq(a.outside, 0);
    cr_expect(!a.failed);
    cr_expect_neq(strcmp(vjp_study_model(&a, 0x1p-24, &ratio), "none"), 0);
    cr_expect(ratio <= 1);
    vjp_gather_clear(&a.gather);
}

Test(study_run, a_wrong_answer_is_outside_of_every_model)
{
    struct vjp_study_answers a = ask("answer(); F(OUT(\"dx\"))[0] = 1e30f;", line);
    double ratio;
    cr_expect_eq(a.outside, 1);
    cr_expect_str_eq(vjp_study_model(&a, 0x1p-24, &ratio), "none");
    vjp_gather_clear(&a.gather);
}

Test(study_run, no_answer_is_a_failure)
{
    struct vjp_study_answers a = ask("abort();", line);
    cr_expect(a.failed);
    cr_expect_eq(strncmp(a.why, "no answer", 9), 0, "%s", a.why);
    cr_expect_eq(a.gather.count, 0);
    vjp_gather_clear(&a.gather);
}

/* Operands cut to 10 explicit bits, rounded, and multiplied and added in f32, as by tensor cores: explained by that, and
 * by nothing that sums them as they are. */
Test(study_run, operands_that_a_kernel_rounds_explain_its_error)
{
    struct vjp_study_answers a =
        ask("const float *w = F(IN(\"w\")), *dy = F(IN(\"dy\")); float *dx = F(OUT(\"dx\"));"
            "answer();"
            "for (int n = 0; n < 2; n++) for (int d = 0; d < 3; d++) { float sum = 0;"
            "for (int m = 0; m < 4; m++) {"
            "union { float f; unsigned u; } p = {dy[n * 4 + m]}, q = {w[d * 4 + m]};"
            "p.u = (p.u + 0x1000) & ~0x1fffu; q.u = (q.u + 0x1000) & ~0x1fffu;"
            "sum += p.f * q.f; } dx[n * 3 + d] = sum; }",
            "linear dtype=f32 N=2 D=3 M=4 x=normal w=normal dy=normal seed=1");
    double ratio;
    cr_expect_gt(a.outside, 0);
    cr_expect_str_eq(vjp_study_model(&a, 0x1p-24, &ratio), "f32 of 11-bit operands");
    cr_expect_eq(a.parts.elements, 6);
    cr_expect_gt(a.parts.kernel.max, 16 * a.parts.operands.max);
    cr_expect_str_eq(vjp_study_model(&a, 0x1p-11, &ratio), "f32 of 8-bit operands",
                     "f16 has no more than 11");
    cr_expect_str_eq(vjp_study_model(&a, 0x1p-8, &ratio), "none", "nor bf16 more than 8");
    a.contracted = false;
    cr_expect_str_eq(vjp_study_model(&a, 0x1p-24, &ratio), "none", "no sum of products");
    vjp_gather_clear(&a.gather);
}
