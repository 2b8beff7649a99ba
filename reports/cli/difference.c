/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/difference.h"

#include "reports/render/escape.h"
#include "reports/render/stream_file.h"
#include "reports/render/table.h"
#include "reports/render/terminal.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cases of one kind that are shown; the others are counted. */
#define CASES_SHOWN 10

/* An error below this part of its bound is none: of two ways to derive an exact result the one leaves 0, the other the
 * width of an enclosure, 2^-256 of S. */
#define NOTHING 0x1p-40

static bool is_conclusive(bool ran, enum vjp_verdict verdict)
{
    return ran && (vjp_verdict_is_success(verdict) || vjp_verdict_is_failure(verdict));
}

enum vjp_trend vjp_trend_of(bool ran_before, enum vjp_verdict before, bool ran_after,
                            enum vjp_verdict after)
{
    const bool said = is_conclusive(ran_before, before), says = is_conclusive(ran_after, after);
    if (said && says)
        return after > before   ? VJP_TREND_WORSE
               : after < before ? VJP_TREND_BETTER
                                : VJP_TREND_SAME;
    if (said)
        return vjp_verdict_is_failure(before) ? VJP_TREND_OTHER : VJP_TREND_WORSE;
    if (says)
        return vjp_verdict_is_failure(after) ? VJP_TREND_WORSE : VJP_TREND_BETTER;
    return VJP_TREND_SAME;
}

static void clear_answered(struct vjp_answered *o)
{
    free(o->target);
    free(o->line);
    free(o->replay);
}

/* env: struct vjp_history. */
static enum vjp_status add_line(void *env, const struct vjp_stream_line *line,
                                struct vjp_error *error)
{
    struct vjp_history *all = env;
    const struct vjp_record *record = &line->record;
    if (line->type != VJP_STREAM_CHECK)
        return VJP_OK;
    if (all->count == all->capacity) {
        const size_t capacity = 2 * all->capacity + 1024;
        struct vjp_answered *grown = realloc(all->answered, capacity * sizeof *grown);
        if (!grown)
            return vjp_fail(error, VJP_ERR_MEMORY, "no memory for %zu records", capacity);
        all->answered = grown;
        all->capacity = capacity;
    }
    struct vjp_answered o = {.target = strdup(record->target),
                             .line = strdup(record->line),
                             .replay = strdup(record->replay),
                             .ran = record->ran,
                             .verdict = record->verdict};
    if (!o.target || !o.line || !o.replay) {
        clear_answered(&o);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    all->answered[all->count++] = o;
    return vjp_summary_add(&all->summary, record, error);
}

enum vjp_status vjp_history_read(const char *path, struct vjp_history *out, struct vjp_error *error)
{
    struct vjp_stream_file file;
    *out = (struct vjp_history){.count = 0};
    const enum vjp_status status = vjp_stream_file_read(path, add_line, out, &file, error);
    if (status != VJP_OK)
        return status;
    if (file.foreign)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s: its first line is of type \"%s\": expected what check, fuzz or merge "
                        "wrote with --json",
                        path, file.first);
    if (!file.complete)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: has no summary: its run did not come to its end",
                        path);
    if (out->count == 0)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: has no record", path);
    return VJP_OK;
}

void vjp_history_clear(struct vjp_history *history)
{
    for (size_t i = 0; i < history->count; i++)
        clear_answered(&history->answered[i]);
    free(history->answered);
    vjp_summary_clear(&history->summary);
    *history = (struct vjp_history){.count = 0};
}

static int compare_keys(const struct vjp_answered *a, const struct vjp_answered *b)
{
    const int order = strcmp(a->target, b->target);
    return order != 0 ? order : strcmp(a->line, b->line);
}

/* Of one key the worst comes first. */
static int compare_answers(const void *x, const void *y)
{
    const struct vjp_answered *a = x, *b = y;
    const int order = compare_keys(a, b);
    const int grave_a = a->ran ? (int)a->verdict : -1, grave_b = b->ran ? (int)b->verdict : -1;
    return order != 0 ? order : (grave_b > grave_a) - (grave_b < grave_a);
}

/* Sorts by key, and leaves one of each. */
static void arrange(struct vjp_history *all)
{
    size_t kept = 0;
    if (all->count > 0)
        qsort(all->answered, all->count, sizeof *all->answered, compare_answers);
    for (size_t i = 0; i < all->count; i++) {
        if (kept > 0 && compare_keys(&all->answered[kept - 1], &all->answered[i]) == 0)
            clear_answered(&all->answered[i]);
        else
            all->answered[kept++] = all->answered[i];
    }
    all->count = kept;
}

static const char *word_of(const struct vjp_answered *o)
{
    return o->ran ? vjp_verdict_name(o->verdict) : "not asked";
}

/* Counts the trends of cases, and prints the first of those that are worse; out NULL: nothing. */
static void go_through(const struct vjp_history *before, const struct vjp_history *after,
                       struct vjp_difference *d, FILE *out)
{
    size_t a = 0, b = 0;
    int64_t n = 0;
    *d = (struct vjp_difference){0};
    while (a < before->count || b < after->count) {
        const struct vjp_answered *x = a < before->count ? &before->answered[a] : NULL;
        const struct vjp_answered *y = b < after->count ? &after->answered[b] : NULL;
        const int order = !x ? 1 : !y ? -1 : compare_keys(x, y);
        a += order <= 0;
        b += order >= 0;
        d->vanished += order < 0;
        d->appeared += order > 0;
        if (order != 0)
            continue;
        const enum vjp_trend trend = vjp_trend_of(x->ran, x->verdict, y->ran, y->verdict);
        d->cases[trend]++;
        if (!out || trend != VJP_TREND_WORSE || n++ >= CASES_SHOWN)
            continue;
        fprintf(out, "  %s -> %s\n      ", word_of(x), word_of(y));
        vjp_escape_print(y->replay, out);
        fputc('\n', out);
    }
    if (n > CASES_SHOWN)
        fprintf(out, "  and %" PRId64 " more\n", n - CASES_SHOWN);
}

static const struct vjp_summary_row *find_row(const struct vjp_summary *summary,
                                              const struct vjp_summary_row *like)
{
    for (int i = 0; i < summary->n_rows; i++) {
        if (strcmp(summary->rows[i].target, like->target) == 0 &&
            strcmp(summary->rows[i].dtype, like->dtype) == 0)
            return &summary->rows[i];
    }
    return NULL;
}

/* The gravest verdict of a row, and whether there is one. */
static bool worst_of(const struct vjp_totals *totals, enum vjp_verdict *out)
{
    for (int v = VJP_VERDICT_COUNT - 1; v >= 0; v--) {
        if (totals->verdict[v] > 0) {
            *out = (enum vjp_verdict)v;
            return true;
        }
    }
    return false;
}

static bool is_larger(double now, double then, double slack)
{
    if (isnan(now) || isnan(then))
        return isnan(now) && !isnan(then);
    return now > NOTHING && now > slack * then;
}

static enum vjp_trend trend_of_rows(const struct vjp_summary_row *x,
                                    const struct vjp_summary_row *y, double slack)
{
    enum vjp_verdict before = VJP_VERDICT_UNSUPPORTED, after = VJP_VERDICT_UNSUPPORTED;
    const bool ran_before = worst_of(&x->totals, &before), ran_after = worst_of(&y->totals, &after);
    const enum vjp_trend trend = vjp_trend_of(ran_before, before, ran_after, after);
    if (trend != VJP_TREND_SAME || !x->measured || !y->measured)
        return trend;
    if (is_larger(y->worst_ratio, x->worst_ratio, slack))
        return VJP_TREND_WORSE;
    return is_larger(x->worst_ratio, y->worst_ratio, slack) ? VJP_TREND_BETTER : VJP_TREND_SAME;
}

static void write_pair(char *text, size_t size, const char *before, const char *after)
{
    if (strcmp(before, after) == 0)
        snprintf(text, size, "%s", after);
    else
        snprintf(text, size, "%s -> %s", before, after);
}

static void write_measures(char *text, size_t size, const struct vjp_summary_row *x,
                           const struct vjp_summary_row *y, bool ulp)
{
    char before[32] = "-", after[32] = "-";
    if (x && x->measured)
        vjp_number_short(ulp ? x->worst_ulp : x->worst_ratio, before, sizeof before);
    if (y && y->measured)
        vjp_number_short(ulp ? y->worst_ulp : y->worst_ratio, after, sizeof after);
    write_pair(text, size, before, after);
}

enum { COL_KERNEL, COL_DTYPE, COL_TREND, COL_VERDICT, COL_FAILED, COL_RATIO, COL_ULP, N_COLUMNS };

static const struct vjp_column columns[N_COLUMNS] = {
    [COL_KERNEL] = {{"", "kernel"}, true},  [COL_DTYPE] = {{"", "dtype"}, true},
    [COL_TREND] = {{"", ""}, true},         [COL_VERDICT] = {{"", "verdict"}, true},
    [COL_FAILED] = {{"", "failed"}, false}, [COL_RATIO] = {{"", "error / bound"}, false},
    [COL_ULP] = {{"", "worst ulp"}, false},
};

/* x or y NULL: the row is new, or gone. */
static void add_row(struct vjp_table *table, const struct vjp_summary_row *x,
                    const struct vjp_summary_row *y, enum vjp_trend trend)
{
    static const char *const words[] = {[VJP_TREND_SAME] = "",
                                        [VJP_TREND_BETTER] = "better",
                                        [VJP_TREND_OTHER] = "other",
                                        [VJP_TREND_WORSE] = "worse"};
    const struct vjp_summary_row *any = y ? y : x;
    char text[N_COLUMNS][96];
    const char *cells[N_COLUMNS];
    char before[32], after[32];
    vjp_summary_short_name(any->target, text[COL_KERNEL], sizeof text[COL_KERNEL]);
    snprintf(text[COL_DTYPE], sizeof text[COL_DTYPE], "%s", any->dtype);
    snprintf(text[COL_TREND], sizeof text[COL_TREND], "%s",
             !x   ? "new"
             : !y ? "gone"
                  : words[trend]);
    write_pair(text[COL_VERDICT], sizeof text[COL_VERDICT], x ? vjp_totals_worst(&x->totals) : "-",
               y ? vjp_totals_worst(&y->totals) : "-");
    snprintf(before, sizeof before, "%" PRId64, x ? vjp_totals_failed(&x->totals) : 0);
    snprintf(after, sizeof after, "%" PRId64, y ? vjp_totals_failed(&y->totals) : 0);
    write_pair(text[COL_FAILED], sizeof text[COL_FAILED], before, after);
    write_measures(text[COL_RATIO], sizeof text[COL_RATIO], x, y, false);
    write_measures(text[COL_ULP], sizeof text[COL_ULP], x, y, true);
    for (int i = 0; i < N_COLUMNS; i++)
        cells[i] = text[i];
    vjp_table_add(table, cells,
                  trend == VJP_TREND_WORSE    ? "31"
                  : trend == VJP_TREND_BETTER ? "32"
                                              : NULL);
}

static bool have_common_rows(const struct vjp_summary *before, const struct vjp_summary *after)
{
    bool any = false;
    for (int i = 0; i < after->n_rows; i++)
        any |= find_row(before, &after->rows[i]) != NULL;
    return any;
}

/* The rows that changed. */
static void print_rows(const struct vjp_summary *before, const struct vjp_summary *after,
                       double slack, struct vjp_difference *d, FILE *out)
{
    struct vjp_table table = {.columns = columns, .n_columns = N_COLUMNS};
    for (int i = 0; i < after->n_rows; i++) {
        const struct vjp_summary_row *y = &after->rows[i], *x = find_row(before, y);
        const enum vjp_trend trend = x ? trend_of_rows(x, y, slack)
                                     : vjp_totals_failed(&y->totals) > 0 ? VJP_TREND_WORSE
                                                                         : VJP_TREND_OTHER;
        d->rows_new += x == NULL;
        d->rows[trend]++;
        if (trend != VJP_TREND_SAME)
            add_row(&table, x, y, trend);
    }
    for (int i = 0; i < before->n_rows; i++) {
        const struct vjp_summary_row *x = &before->rows[i];
        if (find_row(after, x))
            continue;
        const enum vjp_trend trend =
            vjp_totals_conclusive(&x->totals) > 0 ? VJP_TREND_WORSE : VJP_TREND_OTHER;
        d->rows_gone++;
        d->rows[trend]++;
        add_row(&table, x, NULL, trend);
    }
    if (table.n_rows > 0) {
        vjp_table_print(&table, "", vjp_terminal_has_colour(out), out);
        fputc('\n', out);
    }
    vjp_table_clear(&table);
}

enum vjp_status vjp_difference_print(struct vjp_history *before, struct vjp_history *after,
                                     double slack, FILE *out, struct vjp_difference *difference,
                                     struct vjp_error *error)
{
    struct vjp_difference d, cases = {0};
    arrange(before);
    arrange(after);
    go_through(before, after, &d, NULL);
    if (!have_common_rows(&before->summary, &after->summary))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "nothing to compare: no kernel and dtype is in both files");
    print_rows(&before->summary, &after->summary, slack, &d, out);
    if (d.cases[VJP_TREND_WORSE] > 0) {
        fputs("cases that are worse:\n", out);
        go_through(before, after, &cases, out);
        fputc('\n', out);
    }
    fprintf(
        out,
        "kernels and dtypes: %d worse, %d better, %d otherwise changed, %d the same; %d new, %d "
        "gone\n",
        d.rows[VJP_TREND_WORSE], d.rows[VJP_TREND_BETTER], d.rows[VJP_TREND_OTHER],
        d.rows[VJP_TREND_SAME], d.rows_new, d.rows_gone);
    fprintf(out,
            "cases: %" PRId64 " worse, %" PRId64 " better, %" PRId64 " otherwise changed, %" PRId64
            " the same; %" PRId64 " appeared, %" PRId64 " vanished\n",
            d.cases[VJP_TREND_WORSE], d.cases[VJP_TREND_BETTER], d.cases[VJP_TREND_OTHER],
            d.cases[VJP_TREND_SAME], d.appeared, d.vanished);
    *difference = d;
    return VJP_OK;
}

bool vjp_difference_is_worse(const struct vjp_difference *difference)
{
    return difference->rows[VJP_TREND_WORSE] > 0 || difference->cases[VJP_TREND_WORSE] > 0;
}
