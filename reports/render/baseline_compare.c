/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/baseline.h"

#include "cases/spec/spec.h"
#include "reports/render/escape.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A text of a file, between others. */
static void print(const char *before, const char *text, const char *after, FILE *out)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    fprintf(out, "%s%s%s", before, clean.failed ? "(out of memory)" : clean.data, after);
    vjp_text_clear(&clean);
}

static void begin_change(const struct vjp_baseline_row *row, int *changes, FILE *out)
{
    print("  ", row->kernel, " ", out);
    print("", row->dtype, ": ", out);
    (*changes)++;
}

static void compare_count(const struct vjp_baseline_row *b, const char *what, int64_t then,
                          int64_t now, int *changes, FILE *out)
{
    if (then == now)
        return;
    begin_change(b, changes, out);
    fprintf(out, "%" PRId64 " %s, expected %" PRId64 "\n", now, what, then);
}

/* Whether every operation of the layer is one that IEEE 754 rounds. */
static bool is_sum_of_products(const char *layer)
{
    const struct vjp_spec *spec = vjp_spec_find(layer);
    return spec && spec->sums_products;
}

/* See the rule in the header. */
static void compare_counts(const struct vjp_baseline_row *a, const struct vjp_baseline_row *b,
                           bool strict, int *changes, FILE *out)
{
    const int64_t *x = a->totals.verdict, *y = b->totals.verdict;
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        const bool success = vjp_verdict_is_success((enum vjp_verdict)v);
        if (strict || !success)
            compare_count(b, vjp_verdict_name((enum vjp_verdict)v), x[v], y[v], changes, out);
    }
    if (!strict)
        compare_count(b, "exact or pass", x[VJP_VERDICT_EXACT] + x[VJP_VERDICT_PASS],
                      y[VJP_VERDICT_EXACT] + y[VJP_VERDICT_PASS], changes, out);
    compare_count(b, "not run", a->totals.not_run, b->totals.not_run, changes, out);
    compare_count(b, "left out", a->totals.left_out, b->totals.left_out, changes, out);
}

static bool differs(double a, double b, bool strict)
{
    if (isnan(a) || isnan(b))
        return isnan(a) != isnan(b);
    if (a < 0 || b < 0 || isinf(a) || isinf(b) || strict)
        return a != b;
    return fabs(a - b) > VJP_BASELINE_SLACK;
}

/* Of a machine, not of the kernel. */
static void print_skipped(const struct vjp_baseline_row *b, int *skipped, FILE *out)
{
    int none = 0;
    begin_change(b, &none, out);
    fprintf(out, "skipped, unsupported in all of %" PRId64 " cases", b->totals.checks);
    print(": ", b->skipped, "\n", out);
    (*skipped)++;
}

/* The cases that it declines for another reason are no more than it declines where it runs. */
static bool cannot_run(const struct vjp_baseline_row *a, const struct vjp_baseline_row *b)
{
    return b->skipped && a->asked == b->asked &&
           b->totals.checks - b->skips <= a->totals.verdict[VJP_VERDICT_UNSUPPORTED];
}

static void compare_pair(const struct vjp_baseline_row *a, const struct vjp_baseline_row *b,
                         int *changes, FILE *out)
{
    const bool strict = is_sum_of_products(b->layer);
    char then[32], now[32];
    if (strcmp(a->layer, b->layer) != 0) {
        begin_change(b, changes, out);
        print("serves ", b->layer, "", out);
        print(", expected ", a->layer, "\n", out);
        return;
    }
    if (a->asked != b->asked) {
        begin_change(b, changes, out);
        fprintf(out, "%" PRId64 " cases that are others than the %" PRId64 " of the baseline\n",
                b->totals.checks, a->totals.checks);
        return; /* nothing else can be compared */
    }
    compare_counts(a, b, strict, changes, out);
    if (differs(a->ratio, b->ratio, strict)) {
        begin_change(b, changes, out);
        fprintf(out, "the largest error is %s of its bound, expected %s\n",
                vjp_number_short(b->ratio, now, sizeof now),
                vjp_number_short(a->ratio, then, sizeof then));
    }
    if (*a->tree && *b->tree && strcmp(a->tree, b->tree) != 0) {
        begin_change(b, changes, out);
        print("the summation tree is ", b->tree, "", out);
        print(", expected ", a->tree, "\n", out);
    }
}

int vjp_baseline_compare(const struct vjp_baseline *expected, const struct vjp_baseline *now,
                         FILE *out, int *skipped)
{
    int changes = 0, a = 0, b = 0;
    *skipped = 0;
    while (a < expected->count || b < now->count) {
        const int order = a == expected->count ? 1
                          : b == now->count    ? -1
                                            : vjp_baseline_order(&expected->row[a], &now->row[b]);
        if (order < 0) {
            begin_change(&expected->row[a], &changes, out);
            fputs("was not checked, but is in the baseline\n", out);
        } else if (order > 0) {
            begin_change(&now->row[b], &changes, out);
            fputs("is not in the baseline\n", out);
        } else if (cannot_run(&expected->row[a], &now->row[b])) {
            print_skipped(&now->row[b], skipped, out);
        } else {
            compare_pair(&expected->row[a], &now->row[b], &changes, out);
        }
        a += order <= 0;
        b += order >= 0;
    }
    return changes;
}
