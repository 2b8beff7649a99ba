/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/scene.h"

#include <string.h>

#define expect_verdict(s, expected)                                                                \
    do {                                                                                           \
        const enum vjp_verdict got = scene_judge(s);                                               \
        cr_expect_eq(got, expected, "%s: %s", vjp_verdict_name(got), (s)->out.reason);             \
    } while (0)

#define expect_reason(s, part)                                                                     \
    cr_expect(strstr((s)->out.reason, part) != NULL, "\"%s\" is not in \"%s\"", part,              \
              (s)->out.reason)

Test(verdict, the_correctly_rounded_answer_is_exact)
{
    struct scene s;
    scene_set_small(&s);
    expect_verdict(&s, VJP_VERDICT_EXACT);
    cr_expect_str_eq(s.out.reason, "");
    cr_expect(s.out.measured[DX] && s.out.measured[DW]);
    cr_expect_not(s.out.measured[DB]);
    scene_clear(&s);
}

/* The documents' slip has another shape; here one element is off by 1. */
Test(verdict, one_wrong_element_is_wrong_and_is_named)
{
    struct scene s;
    const double dw[] = {2, 2, 2, 3, 4, 3};
    scene_set_small(&s);
    scene_answer(&s, -1, DW, dw);
    expect_verdict(&s, VJP_VERDICT_WRONG);
    expect_reason(&s, "dw[1,1] = 4, exact 3");
    expect_reason(&s, "error 1");
    expect_reason(&s, "k = 1 term");
    expect_reason(&s, "1 of 6 elements is outside the bound");
    /* One element is a multiple of anything: no hint. */
    cr_expect_null(strstr(s.out.reason, "each is"), "%s", s.out.reason);
    cr_expect_eq(s.out.worst_slot, DW);
    scene_clear(&s);
}

Test(verdict, either_placement_can_fail)
{
    struct scene s;
    const double dx[] = {6, 16};
    for (int placement = 0; placement < 2; placement++) {
        scene_set_small(&s);
        scene_answer(&s, placement, DX, dx);
        expect_verdict(&s, VJP_VERDICT_WRONG);
        expect_reason(&s, "dx[0,1] = 16");
        cr_expect_eq(s.out.placement[DX], placement);
        scene_clear(&s);
    }
}

Test(verdict, a_nan_and_an_infinity_are_wrong)
{
    struct scene s;
    const double values[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        const double dx[] = {6, values[i]};
        scene_set_small(&s);
        scene_answer(&s, -1, DX, dx);
        expect_verdict(&s, VJP_VERDICT_WRONG);
        scene_clear(&s);
    }
}

/* Three tenths added up in f32: one ulp beside the correctly rounded sum is inside 3 u S. */
#define ROUNDED_CASE "linear dtype=f32 N=1 D=1 M=3 x=[1] w=[0.1,0.2,0.4] dy=[0.1,0.2,0.4]"

static void answer_rounded(struct scene *s, double dx_ulps)
{
    scene_set(s, ROUNDED_CASE);
    const double correct = vjp_bits_to_double(VJP_F32, vjp_reference_rounded(s->reference, DX, 0));
    const double dx[] = {correct + dx_ulps * 0x1p-26}; /* 0.21: in [2^-3, 2^-2) */
    const double dw[] = {(double)0.1f, (double)0.2f, (double)0.4f};
    scene_answer(s, -1, DX, dx);
    scene_answer(s, -1, DW, dw);
}

Test(verdict, inside_the_bound_is_a_pass)
{
    struct scene s;
    answer_rounded(&s, 1);
    expect_verdict(&s, VJP_VERDICT_PASS);
    cr_expect_eq(s.out.measure[DX].correct, 0);
    cr_expect_eq(s.out.worst_slot, DX);
    scene_clear(&s);
}

/* 3 u S = 3 * 2^-24 * 0.21 is 2.5 units of 2^-26. */
Test(verdict, outside_the_bound_but_inside_that_of_a_narrower_format_is_inaccurate)
{
    struct scene s;
    answer_rounded(&s, 4);
    expect_verdict(&s, VJP_VERDICT_INACCURATE);
    expect_reason(&s, "accumulation in f16 would explain it: dx[0,0] = ");
    expect_reason(&s, "f32 accumulation");
    scene_clear(&s);
}

/* dx could be explained by f16, dw by nothing. */
Test(verdict, every_gradient_must_be_explained)
{
    struct scene s;
    answer_rounded(&s, 4);
    const double dw[] = {(double)0.1f, (double)0.2f, -(double)0.4f};
    scene_answer(&s, -1, DW, dw);
    expect_verdict(&s, VJP_VERDICT_WRONG);
    scene_clear(&s);
}

Test(verdict, gradients_that_are_zero_or_empty_are_vacuous)
{
    struct scene s;
    const double zeros[] = {0, 0, 0, 0, 0, 0};
    scene_set(&s, "linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[0,0,0]");
    scene_answer(&s, -1, DX, zeros);
    scene_answer(&s, -1, DW, zeros);
    expect_verdict(&s, VJP_VERDICT_VACUOUS);
    expect_reason(&s, "zero");
    scene_clear(&s);

    scene_set(&s, "linear dtype=f32 N=0 D=0 M=3");
    scene_answer(&s, -1, DX, zeros);
    scene_answer(&s, -1, DW, zeros);
    expect_verdict(&s, VJP_VERDICT_VACUOUS);
    expect_reason(&s, "every gradient is empty");
    scene_clear(&s);
}

Test(verdict, a_zero_gradient_that_is_not_zero_is_wrong)
{
    struct scene s;
    const double zeros[] = {0, 0, 0, 0, 0, 0};
    const double one[] = {0, 1};
    scene_set(&s, "linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[0,0,0]");
    scene_answer(&s, -1, DX, one);
    scene_answer(&s, -1, DW, zeros);
    expect_verdict(&s, VJP_VERDICT_WRONG);
    scene_clear(&s);
}

Test(verdict, a_missing_answer_is_wrong)
{
    struct scene s;
    for (int placement = 0; placement < 2; placement++) {
        scene_set_small(&s);
        vjp_tensor_clear(&s.seen.answer[placement][DW]);
        expect_verdict(&s, VJP_VERDICT_WRONG);
        expect_reason(&s, "no answer");
        scene_clear(&s);
    }
}

/* As many elements, in another shape: element for element it would be right. */
Test(verdict, an_answer_of_another_shape_is_wrong)
{
    struct scene s;
    scene_set_small(&s);
    s.seen.answer[1][DW].shape.dim[0] = 3;
    s.seen.answer[1][DW].shape.dim[1] = 2;
    expect_verdict(&s, VJP_VERDICT_WRONG);
    scene_clear(&s);
}

Test(verdict, a_dtype_without_a_model_is_wrong)
{
    struct scene s;
    scene_set_small(&s);
    s.kernel.has_model[VJP_F32] = false;
    expect_verdict(&s, VJP_VERDICT_WRONG);
    scene_clear(&s);
}

Test(verdict, what_the_kernel_declines_is_unsupported)
{
    struct scene s;
    scene_set_small(&s);
    s.seen.outcome = VJP_DECLINED;
    strcpy(s.seen.reason, "needs AVX2");
    expect_verdict(&s, VJP_VERDICT_UNSUPPORTED);
    cr_expect_str_eq(s.out.reason, "needs AVX2");
    cr_expect_not(s.out.measured[DX]);
    scene_clear(&s);
}

/* Each finding with the answers of a kernel that is exact: numbers do not heal it. */
Test(verdict, broken_rules_come_before_numbers)
{
    struct scene s;
    scene_set_small(&s);

    s.seen.repeat_slot = DW;
    s.seen.repeat_index = 4;
    expect_verdict(&s, VJP_VERDICT_NONDETERMINISTIC);
    expect_reason(&s, "dw[1,1]");
    s.kernel.deterministic = false;
    expect_verdict(&s, VJP_VERDICT_EXACT);
    s.kernel.deterministic = true;

    s.seen.reads_old_output = true;
    expect_verdict(&s, VJP_VERDICT_WRONG);
    expect_reason(&s, "held before the call");

    strcpy(s.seen.fp_environment, "loading the library set FTZ and DAZ in MXCSR");
    expect_verdict(&s, VJP_VERDICT_FP_ENVIRONMENT);
    expect_reason(&s, "loading the library set FTZ and DAZ in MXCSR");

    s.seen.unwritten_slot = DX;
    s.seen.unwritten_index = 1;
    s.seen.unwritten_count = 1;
    expect_verdict(&s, VJP_VERDICT_UNWRITTEN);
    expect_reason(&s, "dx[0,1] was never written");

    s.seen.input_changed = (struct vjp_touch){.found = true, .slot = W, .bytes = 9};
    expect_verdict(&s, VJP_VERDICT_INPUT_MODIFIED);
    expect_reason(&s, "to w, which is read-only, at byte 8");

    s.seen.out_of_bounds =
        (struct vjp_touch){.found = true, .slot = X, .side = VJP_AFTER, .bytes = 4};
    expect_verdict(&s, VJP_VERDICT_OUT_OF_BOUNDS);
    expect_reason(&s, "read 4 bytes past the end of x");

    s.seen.outcome = VJP_REFUSED;
    s.seen.code = 7;
    expect_verdict(&s, VJP_VERDICT_WRONG);
    expect_reason(&s, "run returned 7");

    s.seen.outcome = VJP_HUNG;
    expect_verdict(&s, VJP_VERDICT_HUNG);
    scene_clear(&s);
}

Test(verdict, the_ends_of_a_process_are_told_apart)
{
    struct scene s;
    scene_set_small(&s);
    s.seen.outcome = VJP_CRASHED;
    s.seen.code = 11;
    s.seen.address = 0x10;
    expect_verdict(&s, VJP_VERDICT_CRASHED);
    expect_reason(&s, "signal 11 (SIGSEGV) at address 0x10");

    s.seen.input_changed = (struct vjp_touch){.found = true, .slot = DY, .bytes = 1, .wrote = 1};
    expect_verdict(&s, VJP_VERDICT_INPUT_MODIFIED);
    expect_reason(&s, "dy");

    s.seen.out_of_bounds =
        (struct vjp_touch){.found = true, .slot = DX, .side = VJP_AFTER, .bytes = 8};
    expect_verdict(&s, VJP_VERDICT_OUT_OF_BOUNDS);

    s.seen.out_of_bounds.found = s.seen.input_changed.found = false;
    s.seen.outcome = VJP_EXITED;
    s.seen.code = 0;
    strcpy(s.seen.log, "bye");
    expect_verdict(&s, VJP_VERDICT_CRASHED);
    expect_reason(
        &s, "the process ended by itself, with exit status 0, inside the call; it wrote: bye");

    s.seen.outcome = (enum vjp_outcome)99;
    expect_verdict(&s, VJP_VERDICT_CRASHED);
    scene_clear(&s);
}

Test(verdict, every_verdict_has_its_word)
{
    static const char *const words[] = {
        "unsupported",      "vacuous",         "exact",          "pass",  "inaccurate",
        "nondeterministic", "state_dependent", "fp_environment", "wrong", "unwritten",
        "input_modified",   "out_of_bounds",   "crashed",        "hung"};
    cr_assert_eq(sizeof words / sizeof *words, VJP_VERDICT_COUNT);
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        cr_expect_str_eq(vjp_verdict_name((enum vjp_verdict)v), words[v]);
        cr_expect_eq(vjp_verdict_is_failure((enum vjp_verdict)v), v > VJP_VERDICT_PASS);
    }
}
