/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/summary.h"

#include "tests/reports/render/fixture.h"

#include <math.h>

static void add(struct vjp_summary *summary, const struct vjp_record *record)
{
    struct vjp_error error;
    cr_assert_eq(vjp_summary_add(summary, record, &error), VJP_OK, "%s", error.text);
}

static void add_verdict(struct vjp_summary *summary, const char *target, const char *dtype,
                        enum vjp_verdict verdict, int64_t elements)
{
    const struct vjp_record record = make_record(target, dtype, verdict, elements);
    add(summary, &record);
}

/* The printed summary; free it. */
static char *print(const struct vjp_summary *summary, const struct vjp_summary_style *style)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_summary_print(summary, style, capture.file);
    capture_end(&capture);
    return capture.text;
}

Test(summary, rows_are_kernels_and_dtypes_with_kernels_together)
{
    struct vjp_summary summary = {0};
    add_verdict(&summary, "a:k", "f64", VJP_VERDICT_EXACT, 1);
    add_verdict(&summary, "b:k", "f64", VJP_VERDICT_PASS, 1);
    add_verdict(&summary, "a:k", "f32", VJP_VERDICT_PASS, 1);
    add_verdict(&summary, "a:k", "f64", VJP_VERDICT_PASS, 1);
    cr_assert_eq(summary.n_rows, 3);
    cr_expect_str_eq(summary.rows[0].target, "a:k");
    cr_expect_str_eq(summary.rows[0].dtype, "f64");
    cr_expect_eq(summary.rows[0].totals.checks, 2);
    cr_expect_str_eq(summary.rows[1].target, "a:k");
    cr_expect_str_eq(summary.rows[1].dtype, "f32");
    cr_expect_str_eq(summary.rows[2].target, "b:k");
    cr_expect_eq(vjp_summary_kernels(&summary), 2);
    vjp_summary_clear(&summary);
}

Test(summary, the_worst_is_the_largest_and_nan_is_seen)
{
    struct vjp_summary summary = {0};
    const double ratios[] = {0.25, 0.75, 0.5};
    struct vjp_record record = make_record("a:k", "f32", VJP_VERDICT_PASS, 1);
    for (int i = 0; i < 3; i++) {
        record.gradient[0].worst_ratio = ratios[i];
        add(&summary, &record);
    }
    cr_expect_eq(summary.rows[0].worst_ratio, 0.75);
    record.gradient[0].worst_ratio = NAN;
    add(&summary, &record);
    cr_expect(isnan(summary.rows[0].worst_ratio));
    vjp_summary_clear(&summary);
}

Test(summary, the_smallest_failures_are_kept)
{
    struct vjp_summary summary = {0};
    static const int64_t sizes[] = {50, 20, 40, 10, 30, 20, 60};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        add_verdict(&summary, "a:k", "f32", VJP_VERDICT_WRONG, sizes[i]);
    add_verdict(&summary, "a:k", "f64", VJP_VERDICT_WRONG, 25);
    add_verdict(&summary, "a:k", "f32", VJP_VERDICT_HUNG, 99);
    cr_assert_eq(summary.n_groups, 2);
    const struct vjp_summary_group *group = &summary.groups[0];
    cr_expect_eq(group->count, 8);
    cr_assert_eq(group->n_shown, 3);
    cr_expect_eq(group->shown[0].elements, 10);
    cr_expect_eq(group->shown[1].elements, 20);
    cr_expect_eq(group->shown[2].elements, 20);
    cr_expect_eq(summary.groups[1].verdict, VJP_VERDICT_HUNG);
    vjp_summary_clear(&summary);
}

Test(summary, the_table_is_aligned_and_the_last_line_concludes)
{
    struct vjp_summary summary = {0};
    for (int i = 0; i < 1234; i++)
        add_verdict(&summary, "naive:linear", "f32", VJP_VERDICT_EXACT, 1);
    for (int i = 0; i < 12; i++)
        add_verdict(&summary, "naive:linear", "f32", VJP_VERDICT_VACUOUS, 1);
    add_verdict(&summary, "b:k", "bf16", VJP_VERDICT_UNSUPPORTED, 1);
    char *text = print(&summary, &(struct vjp_summary_style){.seconds = 8.44});
    cr_expect_str_eq(
        text,
        "                                                          unsup-          worst  error /\n"
        "kernel        layer   dtype  cases  exact  pass  vacuous  ported  failed    ulp    bound"
        "  verdict\n"
        "naive:linear  linear  f32    1,246  1,234     0       12       0       0   0.75      0.5"
        "  exact\n"
        "b:k           linear  bf16       1      0     0        0       1       0   0.75      0.5"
        "  unsupported\n"
        "\n"
        "2 kernels, 1,247 checks: 0 failed, 12 vacuous, 1 unsupported; 8.4 s\n");
    free(text);
    vjp_summary_clear(&summary);
}

Test(summary, failures_come_with_their_replay)
{
    struct vjp_summary summary = {0};
    add_verdict(&summary, "a:k", "f32", VJP_VERDICT_EXACT, 1);
    for (int i = 0; i < 5; i++)
        add_verdict(&summary, "b:k", "f32", VJP_VERDICT_WRONG, i);
    char *text = print(&summary, &(struct vjp_summary_style){.only_failed = true});
    expect_in(text, "b:k: wrong in 5 cases\n"
                    "  because\n"
                    "      vjpcheck run 'linear' --kernel plug:kern\n");
    expect_in(text, "  and 2 more\n");
    expect_not_in(text, "a:k");
    expect_in(text, "\n2 kernels, 6 checks: 5 failed, 0 vacuous, 0 unsupported; 0.0 s\n");
    free(text);
    vjp_summary_clear(&summary);
}

Test(summary, failures_stand_by_kernel_the_gravest_first)
{
    struct vjp_summary summary = {0};
    add_verdict(&summary, "a:k", "f32", VJP_VERDICT_WRONG, 1);
    add_verdict(&summary, "b:k", "f32", VJP_VERDICT_CRASHED, 1);
    add_verdict(&summary, "a:k", "f64", VJP_VERDICT_HUNG, 1);
    char *text = print(&summary, &(struct vjp_summary_style){0});
    const char *const order[] = {"a:k: hung", "a:k: wrong", "b:k: crashed"};
    const char *at = text;
    for (int i = 0; i < 3 && at; i++)
        at = strstr(at, order[i]);
    cr_expect_not_null(at, "%s", text);
    free(text);
    vjp_summary_clear(&summary);
}

Test(summary, what_was_left_out_is_said)
{
    struct vjp_summary summary = {0};
    struct vjp_record record = make_record("b:k", "f32", VJP_VERDICT_HUNG, 1);
    add(&summary, &record);
    record.ran = false;
    record.n_gradients = 0;
    add(&summary, &record);
    char *text = print(&summary, &(struct vjp_summary_style){0});
    expect_in(text, "1 failed, 0 vacuous, 0 unsupported, 1 not run;");
    expect_in(text, "  hung\n");
    free(text);
    vjp_summary_clear(&summary);
}

Test(summary, colour_is_there_when_asked_for_only)
{
    struct vjp_summary summary = {0};
    add_verdict(&summary, "a:k", "f32", VJP_VERDICT_WRONG, 1);
    char *plain = print(&summary, &(struct vjp_summary_style){0});
    char *coloured = print(&summary, &(struct vjp_summary_style){.colour = true});
    expect_not_in(plain, "\033");
    expect_in(coloured, "\033[31mwrong\033[0m");
    free(plain);
    free(coloured);
    vjp_summary_clear(&summary);
}

Test(summary, a_path_is_shown_short_and_without_control_characters)
{
    struct vjp_summary summary = {0};
    add_verdict(&summary, "/tmp/x/mine.so:mine", "f32", VJP_VERDICT_EXACT, 1);
    add_verdict(&summary, "/tmp/x/mine.so:other", "f32", VJP_VERDICT_EXACT, 1);
    struct vjp_record record = make_record("./e\033.so:k", "f32", VJP_VERDICT_WRONG, 1);
    record.reason = "\033]0;title\007";
    add(&summary, &record);
    char *text = print(&summary, &(struct vjp_summary_style){0});
    expect_in(text, "\nmine.so  ");
    expect_in(text, "\nmine.so:other  ");
    expect_in(text, "\ne?.so:k  ");
    expect_in(text, "  ?]0;title?\n");
    expect_not_in(text, "\033");
    free(text);
    vjp_summary_clear(&summary);
}
