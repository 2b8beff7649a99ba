/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/summary.h"

#include "tests/reports/render/fixture.h"

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

Test(summary_print, the_table_is_aligned_and_the_last_line_concludes)
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
        "b:k bf16: 1 unsupported: no reason given (1)\n"
        "\n"
        "2 kernels, 1,247 checks: 0 failed, 12 vacuous, 1 unsupported; 8.4 s\n");
    free(text);
    vjp_summary_clear(&summary);
}

static void add_declines(struct vjp_summary *summary, const char *target, const char *reason,
                         int count)
{
    struct vjp_record record = make_record(target, "f32", VJP_VERDICT_UNSUPPORTED, 1);
    record.reason = reason;
    for (int i = 0; i < count; i++)
        add(summary, &record);
}

Test(summary_print, why_a_kernel_declined_is_told_in_one_line)
{
    struct vjp_summary summary = {0};
    add_declines(&summary, "/tmp/mine.so:mine", "takes no odd N", 1);
    add_declines(&summary, "/tmp/mine.so:mine", "adds, never sets", 5);
    add_declines(&summary, "/tmp/mine.so:mine", "has no \033 bias", 1200);
    add_verdict(&summary, "b:k", "f32", VJP_VERDICT_EXACT, 1);
    for (int only_failed = 0; only_failed < 2; only_failed++) {
        char *text = print(&summary, &(struct vjp_summary_style){.only_failed = only_failed == 1});
        expect_in(text,
                  "mine.so f32: 1,206 unsupported: has no ? bias (1,200), adds, never sets (5)"
                  ", takes no odd N (1)\n\n2 kernels");
        expect_not_in(text, "b:k f32:");
        expect_not_in(text, "more");
        free(text);
    }
    vjp_summary_clear(&summary);
}

Test(summary_print, of_many_reasons_to_decline_three_are_told)
{
    struct vjp_summary summary = {0};
    static const char *const reasons[] = {"one", "two", "three", "four", "five"};
    for (int i = 0; i < 4; i++)
        add_declines(&summary, "a:k", reasons[i], i + 1);
    char *text = print(&summary, &(struct vjp_summary_style){0});
    expect_in(text, "\na:k f32: 10 unsupported: four (4), three (3), two (2), and 1 more reason\n");
    free(text);
    add_declines(&summary, "a:k", reasons[4], 5);
    text = print(&summary, &(struct vjp_summary_style){0});
    expect_in(text,
              "\na:k f32: 15 unsupported: five (5), four (4), three (3), and 2 more reasons\n");
    free(text);
    vjp_summary_clear(&summary);
}

Test(summary_print, failures_come_with_their_replay)
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

Test(summary_print, failures_stand_by_kernel_the_gravest_first)
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

Test(summary_print, what_was_not_run_is_said)
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

/* Also of a row that the table does not show. */
Test(summary_print, what_was_left_out_is_said_with_the_first_reason)
{
    struct vjp_summary summary = {0};
    struct vjp_record record = make_record("/tmp/b.so:k", "f32", VJP_VERDICT_EXACT, 1);
    record.ran = false;
    record.left_out = true;
    record.n_gradients = 0;
    record.reason = "one";
    add(&summary, &record);
    record.reason = "two";
    add(&summary, &record);
    char *text = print(&summary, &(struct vjp_summary_style){.only_failed = true});
    expect_in(text, "b.so:k f32: 2 left out, for what a stage gives the next, the first for one\n");
    expect_in(text, "0 failed, 0 vacuous, 0 unsupported, 2 left out;");
    expect_not_in(text, "two");
    free(text);
    text = print(&summary, &(struct vjp_summary_style){0});
    expect_in(text, "  left out\n");
    free(text);
    vjp_summary_clear(&summary);
}

Test(summary_print, colour_is_there_when_asked_for_only)
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

Test(summary_print, a_path_is_shown_short_and_without_control_characters)
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

/* Nothing was measured: no number is made up. */
Test(summary_print, a_row_without_numbers_has_dashes)
{
    struct vjp_summary summary = {0};
    struct vjp_record record = make_record("a:k", "f32", VJP_VERDICT_UNSUPPORTED, 1);
    record.n_gradients = 0;
    add(&summary, &record);
    char *text = print(&summary, &(struct vjp_summary_style){0});
    expect_in(text, "  -        -  unsupported\n");
    free(text);
    vjp_summary_clear(&summary);
}
