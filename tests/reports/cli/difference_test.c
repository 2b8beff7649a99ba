/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/difference.h"

#include "reports/render/json.h"
#include "tests/reports/render/fixture.h"

#include <unistd.h>

static struct vjp_error error;

Test(difference, trends_of_verdicts)
{
    enum { NOT_RUN = -1 };
    static const struct {
        int before, after;
        enum vjp_trend trend;
    } table[] = {
        {VJP_VERDICT_EXACT, VJP_VERDICT_EXACT, VJP_TREND_SAME},
        {VJP_VERDICT_EXACT, VJP_VERDICT_PASS, VJP_TREND_WORSE},
        {VJP_VERDICT_PASS, VJP_VERDICT_EXACT, VJP_TREND_BETTER},
        {VJP_VERDICT_PASS, VJP_VERDICT_WRONG, VJP_TREND_WORSE},
        {VJP_VERDICT_WRONG, VJP_VERDICT_PASS, VJP_TREND_BETTER},
        {VJP_VERDICT_INACCURATE, VJP_VERDICT_CRASHED, VJP_TREND_WORSE},
        {VJP_VERDICT_HUNG, VJP_VERDICT_WRONG, VJP_TREND_BETTER},
        {VJP_VERDICT_PASS, VJP_VERDICT_UNSUPPORTED, VJP_TREND_WORSE},
        {VJP_VERDICT_PASS, NOT_RUN, VJP_TREND_WORSE},
        {VJP_VERDICT_WRONG, VJP_VERDICT_UNSUPPORTED, VJP_TREND_OTHER},
        {VJP_VERDICT_VACUOUS, VJP_VERDICT_UNSUPPORTED, VJP_TREND_SAME},
        {NOT_RUN, VJP_VERDICT_PASS, VJP_TREND_BETTER},
        {VJP_VERDICT_VACUOUS, VJP_VERDICT_WRONG, VJP_TREND_WORSE},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const int a = table[i].before, b = table[i].after;
        cr_expect_eq(vjp_trend_of(a >= 0, (enum vjp_verdict)(a < 0 ? 0 : a), b >= 0,
                                  (enum vjp_verdict)(b < 0 ? 0 : b)),
                     table[i].trend, "%zu", i);
    }
}

struct told {
    const char *target, *line;
    enum vjp_verdict verdict;
    double ratio;
};

static void save(const char *path, const struct told *told, int n, bool complete)
{
    struct vjp_sink sink = {0};
    struct vjp_totals totals = {0};
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK);
    for (int i = 0; i < n; i++) {
        struct vjp_record record = make_record(told[i].target, "f32", told[i].verdict, 1);
        record.line = told[i].line;
        record.gradient[0].worst_ratio = told[i].ratio;
        cr_assert_eq(vjp_json_write_record(&sink, &record, &error), VJP_OK);
    }
    if (complete)
        cr_assert_eq(vjp_json_write_summary(&sink, &totals, 1, &error), VJP_OK);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
}

/* What is printed; free it. */
static char *compare(const struct told *before, int n, const struct told *after, int m,
                     double slack, struct vjp_difference *out, enum vjp_status *status)
{
    char a[] = "/tmp/vjpcheck-diff-XXXXXX", b[] = "/tmp/vjpcheck-diff-XXXXXX";
    struct vjp_history old, new;
    struct capture capture;
    cr_assert(mkstemp(a) != -1 && mkstemp(b) != -1);
    save(a, before, n, true);
    save(b, after, m, true);
    cr_assert_eq(vjp_history_read(a, &old, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_history_read(b, &new, &error), VJP_OK, "%s", error.text);
    capture_begin(&capture);
    *status = vjp_difference_print(&old, &new, slack, capture.file, out, &error);
    capture_end(&capture);
    vjp_history_clear(&old);
    vjp_history_clear(&new);
    unlink(a);
    unlink(b);
    return capture.text;
}

static const struct told before[] = {{"a:k", "1", VJP_VERDICT_EXACT, 0.25},
                                     {"a:k", "2", VJP_VERDICT_PASS, 0.25},
                                     {"a:k", "3", VJP_VERDICT_PASS, 0.25},
                                     {"b:k", "1", VJP_VERDICT_WRONG, 9}};

Test(difference, nothing_changed)
{
    struct vjp_difference d;
    enum vjp_status status;
    char *text = compare(before, 4, before, 4, 1, &d, &status);
    cr_assert_eq(status, VJP_OK);
    cr_expect_not(vjp_difference_is_worse(&d));
    cr_expect_str_eq(text,
                     "kernels and dtypes: 0 worse, 0 better, 0 otherwise changed, 2 the same; "
                     "0 new, 0 gone\ncases: 0 worse, 0 better, 0 otherwise changed, 4 the "
                     "same; 0 appeared, 0 vanished\n");
    free(text);
}

/* One case fails, one is new, one is gone; another kernel is mended. A case that is there twice counts with the worse. */
Test(difference, what_got_worse_is_shown_with_its_replay)
{
    static const struct told after[] = {{"b:k", "1", VJP_VERDICT_PASS, 0.5},
                                        {"a:k", "4", VJP_VERDICT_PASS, 0.25},
                                        {"a:k", "2", VJP_VERDICT_PASS, 0.25},
                                        {"a:k", "1", VJP_VERDICT_EXACT, 0.25},
                                        {"a:k", "2", VJP_VERDICT_WRONG, 5}};
    struct vjp_difference d;
    enum vjp_status status;
    char *text = compare(before, 4, after, 5, 1, &d, &status);
    cr_assert_eq(status, VJP_OK);
    cr_expect(vjp_difference_is_worse(&d));
    cr_expect(d.cases[VJP_TREND_WORSE] == 1 && d.cases[VJP_TREND_BETTER] == 1 && d.appeared == 1 &&
              d.vanished == 1);
    cr_expect(d.rows[VJP_TREND_WORSE] == 1 && d.rows[VJP_TREND_BETTER] == 1);
    expect_in(text, "worse   pass -> wrong  0 -> 1");
    expect_in(text, "better  wrong -> pass  1 -> 0");
    expect_in(text, "cases that are worse:\n  pass -> wrong\n      vjpcheck run 'linear'");
    free(text);
}

Test(difference, errors_that_grow_are_worse_beyond_the_slack)
{
    static const struct told after[] = {{"a:k", "1", VJP_VERDICT_EXACT, 0.25},
                                        {"a:k", "2", VJP_VERDICT_PASS, 0.3},
                                        {"a:k", "3", VJP_VERDICT_PASS, 0.25},
                                        {"b:k", "1", VJP_VERDICT_WRONG, 9}};
    struct vjp_difference d;
    enum vjp_status status;
    char *text = compare(before, 4, after, 4, 1, &d, &status);
    cr_expect_eq(d.rows[VJP_TREND_WORSE], 1);
    expect_in(text, "0.25 -> 0.3");
    free(text);
    text = compare(before, 4, after, 4, 1.25, &d, &status);
    cr_expect_not(vjp_difference_is_worse(&d));
    free(text);
}

Test(difference, a_kernel_that_is_gone_is_worse_and_one_that_is_new_is_not)
{
    struct vjp_difference d;
    enum vjp_status status;
    char *text = compare(before, 4, before, 3, 1, &d, &status);
    cr_expect(vjp_difference_is_worse(&d) && d.rows_gone == 1);
    free(text);
    text = compare(before, 3, before, 4, 1, &d, &status);
    cr_expect(vjp_difference_is_worse(&d) && d.rows_new == 1, "it is new, and wrong");
    free(text);
    text = compare(&before[3], 1, before, 4, 1, &d, &status);
    cr_expect(!vjp_difference_is_worse(&d) && d.rows_new == 1);
    free(text);
    text = compare(before, 1, &before[3], 1, 1, &d, &status);
    cr_expect_eq(status, VJP_ERR_USAGE);
    free(text);
}

Test(difference, what_is_no_whole_run_is_refused)
{
    char path[] = "/tmp/vjpcheck-diff-XXXXXX";
    struct vjp_history history;
    cr_assert_neq(mkstemp(path), -1);
    save(path, before, 4, false);
    cr_expect_eq(vjp_history_read(path, &history, &error), VJP_ERR_USAGE);
    expect_in(error.text, "has no summary");
    vjp_history_clear(&history);
    save(path, before, 0, true);
    cr_expect_eq(vjp_history_read(path, &history, &error), VJP_ERR_USAGE);
    expect_in(error.text, "has no record");
    vjp_history_clear(&history);
    unlink(path);
}
