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
