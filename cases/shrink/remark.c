/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/remark.h"

#include <inttypes.h>
#include <stdio.h>

/* So many ranges of values without a rule fit into a sentence. */
#define RANGES_MAX 8

void vjp_remark_add(struct vjp_remarks *out, enum vjp_remark_rank rank, const char *text)
{
    int i = out->count < VJP_REMARKS_MAX ? out->count++ : VJP_REMARKS_MAX - 1;
    for (; i > 0 && out->at[i - 1].rank > rank; i--)
        out->at[i] = out->at[i - 1];
    out->at[i].rank = rank;
    snprintf(out->at[i].text, sizeof out->at[i].text, "%s", text);
}

static void add_text(struct vjp_remarks *out, enum vjp_remark_rank rank, struct vjp_text *text)
{
    if (!text->failed && text->data)
        vjp_remark_add(out, rank, text->data);
    vjp_text_clear(text);
}

/* Without a single observation a rule that rests on it would be another one: it is told, and no "iff". */
static bool is_thin(const struct vjp_points *points)
{
    return points->failed == 1 || points->count - points->failed == 1;
}

static void print_counts(const struct vjp_points *points, const char *what, struct vjp_text *text)
{
    vjp_text_add(text, " (of %d %s tried, %d failed)", points->count, what, points->failed);
}

static void print_thin(const struct vjp_points *points, struct vjp_text *text)
{
    if (is_thin(points))
        vjp_text_add(text, ", going by a single observation that %s",
                     points->failed > 1   ? "passes"
                     : points->count == 2 ? "fails and one that passes"
                                          : "fails");
}

static void print_rule(struct vjp_rule rule, const char *a, const char *b,
                       const struct vjp_points *points, struct vjp_text *text)
{
    vjp_text_add(text, is_thin(points) ? "fails with " : "fails iff ");
    vjp_rule_print(rule, a, b, text);
    print_thin(points, text);
}

/* Where nothing between them was observed, the nearest values on both sides are what is known. */
static void print_threshold(const char *field, struct vjp_rule rule,
                            const struct vjp_points *points, struct vjp_text *text)
{
    const bool is_above = rule.kind == VJP_RULE_ABOVE;
    if (rule.seen == rule.c + (is_above ? 1 : -1)) {
        print_rule(rule, field, "", points, text);
        return;
    }
    vjp_text_add(text, "fails with %s %s %" PRId64 ", not with %s %s %" PRId64, field,
                 is_above ? ">=" : "<=", rule.seen, field, is_above ? "<=" : ">=", rule.c);
    print_thin(points, text);
}

void vjp_remark_add_values(struct vjp_remarks *out, const char *field,
                           const struct vjp_points *points)
{
    char what[64];
    struct vjp_text text = {0};
    enum vjp_remark_rank rank = VJP_REMARK_RULE;
    const struct vjp_rule rule = vjp_rule_of_one(points);
    if (points->count < 2)
        return;
    snprintf(what, sizeof what, "values of %s", field);
    if (rule.kind == VJP_RULE_ALWAYS) {
        rank = VJP_REMARK_ALWAYS;
        vjp_text_add(&text, "whatever %s (%d values tried)", field, points->count);
        add_text(out, rank, &text);
        return;
    }
    if (rule.kind == VJP_RULE_NONE) {
        rank = VJP_REMARK_VALUES;
        vjp_text_add(&text, "fails with %s = ", field);
        vjp_points_print(points, true, RANGES_MAX, &text);
        vjp_text_add(&text, ", not with ");
        vjp_points_print(points, false, RANGES_MAX, &text);
    } else if (rule.kind == VJP_RULE_ABOVE || rule.kind == VJP_RULE_BELOW) {
        rank = VJP_REMARK_THRESHOLD;
        print_threshold(field, rule, points, &text);
    } else {
        rank = is_thin(points) ? VJP_REMARK_THRESHOLD : VJP_REMARK_RULE;
        print_rule(rule, field, "", points, &text);
    }
    print_counts(points, what, &text);
    add_text(out, rank, &text);
}

void vjp_remark_add_pairs(struct vjp_remarks *out, const char *a, const char *b,
                          struct vjp_rule rule, const struct vjp_points *points)
{
    char what[96];
    struct vjp_text text = {0};
    snprintf(what, sizeof what, "pairs of %s and %s", a, b);
    print_rule(rule, a, b, points, &text);
    print_counts(points, what, &text);
    add_text(out, is_thin(points) ? VJP_REMARK_THRESHOLD : VJP_REMARK_RULE, &text);
}

void vjp_choices_add(struct vjp_choices *choices, const char *text, bool failed)
{
    if (choices->count == VJP_CHOICES_MAX)
        return;
    snprintf(choices->at[choices->count].text, sizeof choices->at->text, "%s", text);
    choices->at[choices->count++].failed = failed;
    choices->failed += failed;
}

bool vjp_choices_are_thin(const struct vjp_choices *choices)
{
    return choices->failed == 1 || choices->count - choices->failed == 1;
}

void vjp_remark_add_choices(struct vjp_remarks *out, const struct vjp_choices *choices)
{
    struct vjp_text text = {0};
    const int passed = choices->count - choices->failed;
    if (choices->count < 2)
        return;
    if (passed == 0) {
        vjp_text_add(&text, "whatever %s (%d tried)", choices->field, choices->count);
        add_text(out, VJP_REMARK_ALWAYS, &text);
        return;
    }
    const bool only = choices->failed <= passed;
    int listed = 0;
    vjp_text_add(&text, "%s%s with ", choices->only_here ? "here " : "", only ? "only" : "not");
    for (int i = 0; i < choices->count; i++) {
        if (choices->at[i].failed == only)
            vjp_text_add(&text, "%s%s", listed++ > 0 ? ", " : "", choices->at[i].text);
    }
    vjp_text_add(&text, " (of %d tried, %d failed)", choices->count, choices->failed);
    add_text(out, choices->only_here ? VJP_REMARK_VALUES : VJP_REMARK_CHOICE, &text);
}
