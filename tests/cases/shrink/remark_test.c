/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/remark.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void expect(const struct vjp_remarks *found, int i, enum vjp_remark_rank rank,
                   const char *text)
{
    cr_assert_lt(i, found->count);
    cr_expect_eq(found->at[i].rank, rank, "%s", found->at[i].text);
    cr_expect_str_eq(found->at[i].text, text);
}

Test(remark, the_best_come_first_and_equals_in_their_order)
{
    struct vjp_remarks found = {0};
    vjp_remark_add(&found, VJP_REMARK_ALWAYS, "a");
    vjp_remark_add(&found, VJP_REMARK_CHOICE, "b");
    vjp_remark_add(&found, VJP_REMARK_RULE, "c");
    vjp_remark_add(&found, VJP_REMARK_CHOICE, "d");
    vjp_remark_add(&found, VJP_REMARK_RULE, "e");
    expect(&found, 0, VJP_REMARK_RULE, "c");
    expect(&found, 1, VJP_REMARK_RULE, "e");
    expect(&found, 2, VJP_REMARK_CHOICE, "b");
    expect(&found, 3, VJP_REMARK_CHOICE, "d");
    expect(&found, 4, VJP_REMARK_ALWAYS, "a");
}

/* What is lost is what tells least, and a long text. */
Test(remark, there_is_an_end_to_all)
{
    struct vjp_remarks found = {0};
    char text[1000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < VJP_REMARKS_MAX; i++)
        vjp_remark_add(&found, VJP_REMARK_ALWAYS, "a");
    vjp_remark_add(&found, VJP_REMARK_RULE, text);
    cr_expect_eq(found.count, VJP_REMARKS_MAX);
    cr_expect_eq(found.at[0].rank, VJP_REMARK_RULE);
    cr_expect_eq(strlen(found.at[0].text), VJP_REMARK_SIZE - 1);
    cr_expect_eq(found.at[VJP_REMARKS_MAX - 1].rank, VJP_REMARK_ALWAYS);
}

static struct vjp_points from_text(const char *failed_by_value)
{
    struct vjp_points points = {0};
    for (int64_t a = 0; failed_by_value[a]; a++) {
        if (failed_by_value[a] != ' ')
            vjp_points_add(&points, a, 0, failed_by_value[a] == 'x');
    }
    return points;
}

/* One character for each value from 0 on: x failed, a point did not, a blank was not tried. */
static void expect_values(const char *failed_by_value, enum vjp_remark_rank rank, const char *text)
{
    struct vjp_remarks found = {0};
    const struct vjp_points points = from_text(failed_by_value);
    vjp_remark_add_values(&found, "M", &points);
    expect(&found, 0, rank, text);
}

Test(remark, values_are_told_with_their_numbers)
{
    expect_values("..xxx", VJP_REMARK_THRESHOLD,
                  "fails iff M > 1 (of 5 values of M tried, 3 failed)");
    expect_values("xxx..", VJP_REMARK_THRESHOLD,
                  "fails iff M < 3 (of 5 values of M tried, 3 failed)");
    expect_values(".x.x.x.", VJP_REMARK_RULE,
                  "fails iff M % 2 != 0 (of 7 values of M tried, 3 failed)");
    expect_values("x..xx.x", VJP_REMARK_VALUES,
                  "fails with M = 0, 3-4, 6, not with 1-2, 5 (of 7 values of M tried, 4 failed)");
    expect_values("xxx", VJP_REMARK_ALWAYS, "whatever M (3 values tried)");
}

/* What one observation less would change is no rule, and comes behind those that are. */
Test(remark, how_few_a_sentence_rests_on_is_told)
{
    expect_values("....x...", VJP_REMARK_THRESHOLD,
                  "fails with M = 4, going by a single observation that fails (of 8 values of M "
                  "tried, 1 failed)");
    expect_values("xxx.xx", VJP_REMARK_THRESHOLD,
                  "fails with M != 3, going by a single observation that passes (of 6 values of M "
                  "tried, 5 failed)");
    expect_values("xxx.", VJP_REMARK_THRESHOLD,
                  "fails with M < 3, going by a single observation that passes (of 4 values of M "
                  "tried, 3 failed)");
    expect_values("x.", VJP_REMARK_THRESHOLD,
                  "fails with M < 1, going by a single observation that fails and one that passes "
                  "(of 2 values of M tried, 1 failed)");
    expect_values("..xx", VJP_REMARK_THRESHOLD,
                  "fails iff M > 1 (of 4 values of M tried, 2 failed)");
}

Test(remark, a_gap_at_a_threshold_is_told)
{
    expect_values("..  xx", VJP_REMARK_THRESHOLD,
                  "fails with M >= 4, not with M <= 1 (of 4 values of M tried, 2 failed)");
    expect_values("xx  ..", VJP_REMARK_THRESHOLD,
                  "fails with M <= 1, not with M >= 4 (of 4 values of M tried, 2 failed)");
    expect_values("...  x", VJP_REMARK_THRESHOLD,
                  "fails with M >= 5, not with M <= 2, going by a single observation that fails "
                  "(of 4 values of M tried, 1 failed)");
}

Test(remark, one_observation_tells_nothing)
{
    struct vjp_remarks found = {0};
    const struct vjp_points points = from_text("x");
    struct vjp_choices choices = {.field = "dtype"};
    vjp_choices_add(&choices, "dtype=f32", true);
    vjp_remark_add_values(&found, "M", &points);
    vjp_remark_add_choices(&found, &choices);
    cr_expect_eq(found.count, 0);
}

Test(remark, two_fields_are_told_as_pairs)
{
    struct vjp_remarks found = {0};
    struct vjp_points points = {0};
    vjp_points_add(&points, 1, 1, false);
    vjp_points_add(&points, 1, 2, true);
    vjp_points_add(&points, 2, 1, true);
    vjp_remark_add_pairs(&found, "D", "M", vjp_rule_of_two(&points), &points);
    expect(&found, 0, VJP_REMARK_THRESHOLD,
           "fails with D != M, going by a single observation that passes (of 3 pairs of D and M "
           "tried, 2 failed)");
    vjp_points_add(&points, 2, 2, false);
    vjp_remark_add_pairs(&found, "D", "M", vjp_rule_of_two(&points), &points);
    expect(&found, 0, VJP_REMARK_RULE, "fails iff D != M (of 4 pairs of D and M tried, 2 failed)");
}

/* One letter for each: x failed. */
static void expect_choices(const char *failed, enum vjp_remark_rank rank, const char *text)
{
    struct vjp_remarks found = {0};
    struct vjp_choices choices = {.field = "letter"};
    for (int i = 0; failed[i]; i++) {
        const char name[] = {(char)('a' + i), '\0'};
        vjp_choices_add(&choices, name, failed[i] == 'x');
    }
    vjp_remark_add_choices(&found, &choices);
    expect(&found, 0, rank, text);
}

Test(remark, the_shorter_list_of_choices_is_told)
{
    expect_choices("x...", VJP_REMARK_CHOICE, "only with a (of 4 tried, 1 failed)");
    expect_choices("xx.x", VJP_REMARK_CHOICE, "not with c (of 4 tried, 3 failed)");
    expect_choices("x..x", VJP_REMARK_CHOICE, "only with a, d (of 4 tried, 2 failed)");
    expect_choices("xx", VJP_REMARK_ALWAYS, "whatever letter (2 tried)");
}
