/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/detail.h"

#include "reports/verdict/reason.h"
#include "tests/reports/render/fixture.h"
#include "tests/reports/scene.h"

/* What is shown of the scene's answers, judged. Free it. */
static char *show(struct scene *s, const char *name)
{
    char label[64];
    struct capture capture;
    const struct vjp_plugin_info info = {.n_kernels = 1, .kernel = {s->kernel}};
    const struct vjp_target target = {.info = &info, .label = {label}};
    snprintf(label, sizeof label, "%s", name);
    scene_judge(s);
    const struct vjp_question question = {.c = &s->c, .data = &s->data, .reference = s->reference};
    const struct vjp_finding finding = {.judgement = s->out, .seen = s->seen};
    capture_begin(&capture);
    vjp_detail_print_finding(&question, &target, 0, &finding, capture.file);
    capture_end(&capture);
    return capture.text;
}

static char *show_operands(const struct scene *s)
{
    struct capture capture;
    const struct vjp_question question = {.c = &s->c, .data = &s->data, .reference = s->reference};
    capture_begin(&capture);
    vjp_detail_print_operands(&question, capture.file);
    capture_end(&capture);
    return capture.text;
}

Test(detail, operands_are_matrices)
{
    struct scene s;
    scene_set_small(&s);
    char *text = show_operands(&s);
    cr_expect_str_eq(text, "x: 1x2\n    [ 2 3 ]\n"
                           "w: 2x3\n    [ 1 2 3 ]\n    [ 4 5 6 ]\n"
                           "dy: 1x3\n    [ 1 1 1 ]\n");
    free(text);
    scene_clear(&s);
}

Test(detail, what_is_added_to_is_shown_as_such)
{
    struct scene s;
    scene_set(&s, "linear dtype=f32 N=1 D=1 M=1 accumulate=1 x=[2] w=[3] dy=[5] dx=[7] dw=[11]");
    char *text = show_operands(&s);
    expect_in(text, "x: 1x1\n    [ 2 ]\n");
    expect_in(text, "dx: 1x1, what the kernel adds to\n    [ 7 ]\n");
    expect_in(text, "dw: 1x1, what the kernel adds to\n    [ 11 ]\n");
    free(text);
    scene_clear(&s);
}

/* dx = 1 + 2 + 3 and 4 + 5 + 6: three terms each, S the same sums. */
Test(detail, a_small_gradient_is_shown_whole_and_in_order)
{
    struct scene s;
    scene_set_small(&s);
    char *text = show(&s, "a:k");
    expect_in(text, "a:k (sums in f32, deterministic)\n");
    expect_in(text, "  dx: 2 of 2 correctly rounded, 0 outside the bound\n");
    expect_in(text, "    dx[0,0]      6        6    6      0    0      0        0   6  3  correct, "
                    "exact sums\n");
    expect_in(text, "    dx[0,1]     15       15   15      0    0      0        0  15  3  correct, "
                    "exact sums\n");
    expect_in(text, "  dw: 6 of 6 correctly rounded, 0 outside the bound\n");
    expect_in(text, "\n  exact\n");
    expect_not_in(text, "the worst");
    free(text);
    scene_clear(&s);
}

Test(detail, a_failure_has_its_reason_and_what_the_kernel_wrote)
{
    struct scene s;
    const double dw[] = {2, 2, 2, 3, 4, 3};
    scene_set_small(&s);
    scene_answer(&s, -1, DW, dw);
    strcpy(s.seen.log, "hello\033[1m");
    char *text = show(&s, "e\033.so:k");
    expect_in(text, "e?.so:k (sums");
    expect_in(text, "  dw: 5 of 6 correctly rounded, 1 outside the bound\n");
    expect_in(text, "outside");
    expect_in(text, "\n  wrong: ");
    expect_in(text, "\n  the kernel wrote: hello?[1m\n");
    expect_not_in(text, "\033");
    free(text);
    scene_answer(&s, -1, DW, small_dw);
    text = show(&s, "a:k");
    expect_not_in(text, "hello"); /* what a sound kernel wrote is of no interest */
    free(text);
    scene_clear(&s);
}

/* 17 elements dw[0,i] = 0.1 * 0.1, rounded once, of which the last two are wrong, the last one worse. */
Test(detail, of_a_large_gradient_the_worst_are_shown_first)
{
    struct scene s;
    double dw[17];
    double dx[] = {0};
    char line[512] = "linear dtype=f64 N=1 D=1 M=17 x=[0.1] w=zeros dy=[0.1";
    for (int i = 0; i < 17; i++) {
        dw[i] = i < 15 ? 0.1 * 0.1 : i;
        strcat(line, i < 16 ? ",0.1" : "]");
    }
    scene_set(&s, line);
    scene_answer(&s, -1, DW, dw);
    scene_answer(&s, -1, DX, dx);
    char *text = show(&s, "a:k");
    expect_in(text, "  dw: 15 of 17 correctly rounded, 2 outside the bound; the worst:\n");
    char *rows[8] = {NULL};
    char *at = text;
    for (int i = 0; i < 8 && at; i++) {
        at = strstr(at, "    dw[0,");
        rows[i] = at;
        at = at ? at + 1 : NULL;
    }
    cr_assert_not_null(rows[7], "%s", text);
    cr_expect_null(strstr(rows[7] + 1, "    dw[0,"), "no more than 8: %s", text);
    static const char *const order[] = {"16]", "15]", "0]", "1]", "2]", "3]", "4]", "5]"};
    for (int i = 0; i < 8; i++)
        cr_expect_eq(strncmp(rows[i] + 9, order[i], strlen(order[i])), 0, "row %d: %.40s", i,
                     rows[i]);
    free(text);
    scene_clear(&s);
}

Test(detail, what_was_not_measured_has_its_verdict_only)
{
    struct scene s;
    scene_set_small(&s);
    s.seen.outcome = VJP_DECLINED;
    strcpy(s.seen.reason, "needs AVX2");
    char *text = show(&s, "a:k");
    cr_expect_str_eq(text, "a:k (sums in f32, deterministic)\n  unsupported: needs AVX2\n");
    free(text);
    scene_clear(&s);
}

/* The column of element 0 of the first gradient under that heading. */
static void expect_rounded(const char *line, int slot, const char *exact, const char *rounded)
{
    struct scene s;
    char element[64] = "", got_exact[96] = "", got_rounded[96] = "";
    static const double zeros[4] = {0};
    scene_set(&s, line);
    scene_answer(&s, -1, slot, zeros);
    for (int other = vjp_slot_cotangent(s.c.spec) + 1; other < vjp_slot_count(s.c.spec); other++) {
        if (other != slot && vjp_case_has_slot(&s.c, other))
            scene_answer(&s, -1, other, zeros);
    }
    char *text = show(&s, "a:k");
    vjp_reason_element_name(&s.c, slot, 0, element, sizeof element);
    const char *row = strstr(text, element);
    cr_assert_not_null(row, "%s", text);
    cr_assert_eq(sscanf(row + strlen(element), " %95[^ ]%*[ +-]", got_exact), 1, "%s", text);
    cr_expect_eq(strncmp(got_exact, exact, strlen(exact)), 0, "%s: %s", line, row);
    snprintf(got_rounded, sizeof got_rounded, "  %s  ", rounded);
    cr_expect_not_null(strstr(row, got_rounded), "%s: no %s in %s", line, rounded, row);
    free(text);
    scene_clear(&s);
}

/* dx of softmax is 0 for equal cotangents, which no enclosure shows: about 0. log(exp x) dy is half way
 * between two f32: about one of them. e - e is 0 but may be anything near it, and has no logarithm. */
Test(detail, what_is_not_settled_is_not_shown_as_rounded)
{
    enum { ROW_DX = 2, PIPELINE_DX = 4, PIPELINE_DW = 5 };
    expect_rounded("softmax dtype=f64 N=1 C=2 x=[1,2] dy=[1,1]", ROW_DX, "0", "~0");
    expect_rounded("softmax dtype=f32 N=1 C=2 x=[1,2] dy=[1,1]", ROW_DX, "0", "0");
    expect_rounded("exp | log | linear dtype=f32 1.N=1 1.M=1 3.M=1 1.x=[0x1.000002p0] 3.w=[1] "
                   "dy=[1.5]",
                   PIPELINE_DW, "1.5000001788139343", "~1.5000002");
    expect_rounded("exp | linear | log dtype=f64 1.N=1 1.M=2 2.M=1 1.x=[1,1] 2.w=[1,-1] dy=[1]",
                   PIPELINE_DX, "not", "?");
    expect_rounded("relu dtype=f32 rank=1 N=1 x=[0] dy=[2]", ROW_DX, "[0,", "[0, 2]");
}
