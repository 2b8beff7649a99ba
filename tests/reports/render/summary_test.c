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

Test(summary, reasons_to_decline_are_counted_the_most_frequent_first)
{
    struct vjp_summary summary = {0};
    static const char *const reasons[] = {"a", "b", "c", "b", "", "c", "c"};
    struct vjp_record record = make_record("a:k", "f32", VJP_VERDICT_UNSUPPORTED, 1);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        record.reason = reasons[i];
        add(&summary, &record);
    }
    /* Neither of these is one. */
    record.ran = false;
    add(&summary, &record);
    add_verdict(&summary, "a:k", "f32", VJP_VERDICT_VACUOUS, 1);
    cr_assert_eq(summary.n_rows, 1);
    static const struct vjp_summary_decline expected[] = {
        {"c", 3}, {"b", 2}, {"a", 1}, {"no reason given", 1}};
    cr_assert_eq(summary.rows[0].n_declines, 4);
    for (int i = 0; i < 4; i++) {
        cr_expect_str_eq(summary.rows[0].declines[i].reason, expected[i].reason);
        cr_expect_eq(summary.rows[0].declines[i].count, expected[i].count);
    }
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

static void expect_headline(const struct vjp_summary *summary, int incomplete,
                            enum vjp_summary_state state, const char *expected)
{
    struct vjp_text words = {0};
    vjp_summary_headline(summary, incomplete, &words);
    cr_expect_str_eq(words.data, expected);
    cr_expect_eq(vjp_summary_state(summary, incomplete), state);
    vjp_text_clear(&words);
}

Test(summary, the_headline_says_what_came_of_it)
{
    struct vjp_summary summary = {0};
    struct vjp_error error;
    struct vjp_record record = make_record("a:k", "f32", VJP_VERDICT_VACUOUS, 1);
    cr_assert_eq(vjp_summary_add(&summary, &record, &error), VJP_OK);
    expect_headline(
        &summary, 0, VJP_SUMMARY_NOTHING,
        "No check said anything of a kernel: 1 were asked for. 1 said nothing: 1 vacuous.");
    record = make_record("a:k", "f32", VJP_VERDICT_PASS, 1);
    cr_assert_eq(vjp_summary_add(&summary, &record, &error), VJP_OK);
    expect_headline(
        &summary, 0, VJP_SUMMARY_SOUND,
        "1 kernel passed all of 1 checks that say something. 1 said nothing: 1 vacuous.");
    expect_headline(
        &summary, 1, VJP_SUMMARY_INCOMPLETE,
        "1 kernel passed all of 1 checks that say something. 1 said nothing: 1 vacuous. "
        "1 run did not come to the end.");
    for (int i = 0; i < 2; i++) {
        record = make_record("b:k", "f32", i ? VJP_VERDICT_HUNG : VJP_VERDICT_WRONG, 1);
        cr_assert_eq(vjp_summary_add(&summary, &record, &error), VJP_OK);
    }
    record.ran = false;
    cr_assert_eq(vjp_summary_add(&summary, &record, &error), VJP_OK);
    expect_headline(
        &summary, 0, VJP_SUMMARY_FAILED,
        "1 of 2 kernels failed, in 2 of 5 checks. 2 said nothing: 1 vacuous, 1 not run.");
    vjp_summary_clear(&summary);
}

/* Whatever their order, and other ones otherwise. */
Test(summary, a_row_knows_its_cases_by_a_hash)
{
    struct vjp_summary a = {0}, b = {0};
    struct vjp_error error;
    for (int i = 0; i < 3; i++) {
        struct vjp_record record = make_record("a:k", "f32", VJP_VERDICT_PASS, 1);
        record.line = i == 0 ? "one" : i == 1 ? "two" : "three";
        cr_assert_eq(vjp_summary_add(&a, &record, &error), VJP_OK);
        record.line = i == 0 ? "two" : i == 1 ? "three" : "one";
        cr_assert_eq(vjp_summary_add(&b, &record, &error), VJP_OK);
        cr_expect_eq(a.rows[0].asked == b.rows[0].asked, i == 2);
    }
    vjp_summary_clear(&a);
    vjp_summary_clear(&b);
}
