/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/summary.h"

#include "cases/base/text.h"
#include "reports/render/escape.h"
#include "reports/render/table.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <string.h>

#define RED    "31"
#define GREEN  "32"
#define YELLOW "33"
#define BOLD   "1"

enum {
    COL_KERNEL = 0,
    COL_LAYER,
    COL_DTYPE,
    COL_CASES,
    COL_EXACT,
    COL_PASS,
    COL_VACUOUS,
    COL_UNSUPPORTED,
    COL_FAILED,
    COL_ULP,
    COL_RATIO,
    COL_VERDICT,
    N_COLUMNS,
};

/* The heading stands in two lines, so that a row fits a terminal of 100 columns. */
static const struct vjp_column columns[N_COLUMNS] = {
    [COL_KERNEL] = {{"", "kernel"}, true},       [COL_LAYER] = {{"", "layer"}, true},
    [COL_DTYPE] = {{"", "dtype"}, true},         [COL_CASES] = {{"", "cases"}, false},
    [COL_EXACT] = {{"", "exact"}, false},        [COL_PASS] = {{"", "pass"}, false},
    [COL_VACUOUS] = {{"", "vacuous"}, false},    [COL_UNSUPPORTED] = {{"unsup-", "ported"}, false},
    [COL_FAILED] = {{"", "failed"}, false},      [COL_ULP] = {{"worst", "ulp"}, false},
    [COL_RATIO] = {{"error /", "bound"}, false}, [COL_VERDICT] = {{"", "verdict"}, true},
};

#define CELL_SIZE 96

/* Reasons to decline that a row's line tells; the JSON stream has them all. */
#define DECLINES_SHOWN 3

void vjp_summary_short_name(const char *target, char *text, int size)
{
    struct vjp_text clean = {0};
    const char *slash = strrchr(target, '/');
    const char *name = slash ? slash + 1 : target;
    const char *ending = strstr(name, ".so:");
    const size_t stem = ending ? (size_t)(ending - name) : 0;
    vjp_escape_terminal(&clean, name);
    snprintf(text, (size_t)size, "%s", clean.failed ? "?" : clean.data);
    if (ending && strncmp(name, ending + 4, stem) == 0 && ending[4 + stem] == '\0' &&
        stem + 3 < (size_t)size)
        text[stem + 3] = '\0';
    vjp_text_clear(&clean);
}

static void write_cell(const struct vjp_summary_row *row, int column, char cell[CELL_SIZE])
{
    const struct vjp_totals *t = &row->totals;
    const int64_t counts[N_COLUMNS] = {
        [COL_CASES] = t->checks,
        [COL_EXACT] = t->verdict[VJP_VERDICT_EXACT],
        [COL_PASS] = t->verdict[VJP_VERDICT_PASS],
        [COL_VACUOUS] = t->verdict[VJP_VERDICT_VACUOUS],
        [COL_UNSUPPORTED] = t->verdict[VJP_VERDICT_UNSUPPORTED],
        [COL_FAILED] = vjp_totals_failed(t),
    };
    switch (column) {
    case COL_KERNEL:
        vjp_summary_short_name(row->target, cell, CELL_SIZE);
        break;
    case COL_LAYER:
        snprintf(cell, CELL_SIZE, "%s", row->layer);
        break;
    case COL_DTYPE:
        snprintf(cell, CELL_SIZE, "%s", row->dtype);
        break;
    case COL_ULP:
    case COL_RATIO:
        if (row->measured)
            vjp_number_short(column == COL_ULP ? row->worst_ulp : row->worst_ratio, cell,
                             CELL_SIZE);
        else
            snprintf(cell, CELL_SIZE, "-");
        break;
    case COL_VERDICT:
        snprintf(cell, CELL_SIZE, "%s", vjp_totals_worst(t));
        break;
    default:
        vjp_number_count(counts[column], cell, CELL_SIZE);
    }
}

static const char *row_colour(const struct vjp_totals *totals)
{
    if (vjp_totals_failed(totals) > 0)
        return RED;
    return vjp_totals_conclusive(totals) > 0 ? GREEN : YELLOW;
}

static void begin_colour(bool colour, const char *code, FILE *out)
{
    if (colour)
        fprintf(out, "\033[%sm", code);
}

static void end_colour(bool colour, FILE *out)
{
    if (colour)
        fputs("\033[0m", out);
}

static bool is_shown(const struct vjp_summary_row *row, const struct vjp_summary_style *style)
{
    return !style->only_failed || vjp_totals_failed(&row->totals) > 0;
}

static void print_table(const struct vjp_summary *summary, const struct vjp_summary_style *style,
                        FILE *out)
{
    struct vjp_table table = {.columns = columns, .n_columns = N_COLUMNS};
    for (int i = 0; i < summary->n_rows; i++) {
        const struct vjp_summary_row *row = &summary->rows[i];
        char text[N_COLUMNS][CELL_SIZE];
        const char *cells[N_COLUMNS];
        if (!is_shown(row, style))
            continue;
        for (int column = 0; column < N_COLUMNS; column++) {
            write_cell(row, column, text[column]);
            cells[column] = text[column];
        }
        vjp_table_add(&table, cells, row_colour(&row->totals));
    }
    if (table.n_rows > 0) {
        vjp_table_print(&table, "", style->colour, out);
        fputc('\n', out);
    }
    vjp_table_clear(&table);
}

/* One line: the row and the reasons of the kernel. */
static void print_declines(const struct vjp_summary_row *row, FILE *out)
{
    char target[CELL_SIZE];
    char count[32];
    vjp_summary_short_name(row->target, target, sizeof target);
    fprintf(out, "%s %s: %s unsupported: ", target, row->dtype,
            vjp_number_count(row->totals.verdict[VJP_VERDICT_UNSUPPORTED], count, sizeof count));
    const int shown = row->n_declines < DECLINES_SHOWN ? row->n_declines : DECLINES_SHOWN;
    for (int i = 0; i < shown; i++) {
        fputs(i > 0 ? ", " : "", out);
        vjp_escape_print(row->declines[i].reason, out);
        fprintf(out, " (%s)", vjp_number_count(row->declines[i].count, count, sizeof count));
    }
    const int further = row->n_declines - shown;
    if (further > 0)
        fprintf(out, ", and %s more reason%s", vjp_number_count(further, count, sizeof count),
                further == 1 ? "" : "s");
    fputc('\n', out);
}

/* One line: how many cases, and the reason of the first. */
static void print_left_out(const struct vjp_summary_row *row, FILE *out)
{
    char target[CELL_SIZE];
    char count[32];
    vjp_summary_short_name(row->target, target, sizeof target);
    fprintf(out, "%s %s: %s left out, for what a stage gives the next, the first for ", target,
            row->dtype, vjp_number_count(row->totals.left_out, count, sizeof count));
    vjp_escape_print(row->left_out, out);
    fputc('\n', out);
}

/* Of rows that the table leaves out too: what was not tested is said in any case. */
static void print_untested(const struct vjp_summary *summary, FILE *out)
{
    bool any = false;
    for (int i = 0; i < summary->n_rows; i++) {
        const struct vjp_summary_row *row = &summary->rows[i];
        if (row->n_declines > 0)
            print_declines(row, out);
        if (row->left_out)
            print_left_out(row, out);
        any |= row->n_declines > 0 || row->left_out;
    }
    if (any)
        fputc('\n', out);
}

static void print_group(const struct vjp_summary_group *group,
                        const struct vjp_summary_style *style, FILE *out)
{
    char count[32];
    char target[CELL_SIZE];
    vjp_summary_short_name(group->target, target, sizeof target);
    begin_colour(style->colour, RED, out);
    fprintf(out, "%s: %s", target, vjp_verdict_name(group->verdict));
    end_colour(style->colour, out);
    fprintf(out, " in %s case%s\n", vjp_number_count(group->count, count, sizeof count),
            group->count == 1 ? "" : "s");
    for (int i = 0; i < group->n_shown; i++) {
        fputs("  ", out);
        vjp_escape_print(group->shown[i].reason, out);
        fputs("\n      ", out);
        vjp_escape_print(group->shown[i].replay, out);
        fputc('\n', out);
    }
    const int64_t further = group->count - group->n_shown;
    if (further > 0)
        fprintf(out, "  and %s more\n", vjp_number_count(further, count, sizeof count));
    fputc('\n', out);
}

static void print_conclusion(const struct vjp_summary *summary,
                             const struct vjp_summary_style *style, FILE *out)
{
    const struct vjp_totals *t = &summary->totals;
    const int kernels = vjp_summary_kernels(summary);
    char checks[32];
    char failed[32];
    char count[32];
    fprintf(out, "%d kernel%s, %s check%s: ", kernels, kernels == 1 ? "" : "s",
            vjp_number_count(t->checks, checks, sizeof checks), t->checks == 1 ? "" : "s");
    begin_colour(style->colour, row_colour(t), out);
    fprintf(out, "%s failed", vjp_number_count(vjp_totals_failed(t), failed, sizeof failed));
    end_colour(style->colour, out);
    fprintf(out, ", %s vacuous",
            vjp_number_count(t->verdict[VJP_VERDICT_VACUOUS], count, sizeof count));
    fprintf(out, ", %s unsupported",
            vjp_number_count(t->verdict[VJP_VERDICT_UNSUPPORTED], count, sizeof count));
    if (t->not_run > 0)
        fprintf(out, ", %s not run", vjp_number_count(t->not_run, count, sizeof count));
    if (t->left_out > 0)
        fprintf(out, ", %s left out", vjp_number_count(t->left_out, count, sizeof count));
    if (t->by_rows > 0)
        fprintf(out, ", %s by rows", vjp_number_count(t->by_rows, count, sizeof count));
    fprintf(out, "; %.1f s\n", style->seconds);
}

/* Kernels in the order of the table, of each the gravest failures first. */
static void print_groups(const struct vjp_summary *summary, const struct vjp_summary_style *style,
                         FILE *out)
{
    const char *target = "";
    for (int row = 0; row < summary->n_rows; row++) {
        if (strcmp(summary->rows[row].target, target) == 0)
            continue;
        target = summary->rows[row].target;
        for (int v = VJP_VERDICT_COUNT - 1; v > VJP_VERDICT_PASS; v--) {
            for (int i = 0; i < summary->n_groups; i++) {
                const struct vjp_summary_group *group = &summary->groups[i];
                if ((int)group->verdict == v && strcmp(group->target, target) == 0)
                    print_group(group, style, out);
            }
        }
    }
}

void vjp_summary_print(const struct vjp_summary *summary, const struct vjp_summary_style *style,
                       FILE *out)
{
    print_table(summary, style, out);
    print_untested(summary, out);
    print_groups(summary, style, out);
    print_conclusion(summary, style, out);
}
