/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_text.h"

#include "cases/base/text.h"
#include "reports/render/bench_cell.h"
#include "reports/render/escape.h"
#include "reports/render/table.h"
#include "reports/render/terminal.h"

#include <math.h>
#include <string.h>

#define CELL VJP_BENCH_CELL

enum { KERNEL, TIME, SPREAD, RATE, OF_PEAK, BYTES, OF_ROOF, RATIO, INTERVAL, N_COLUMNS };

static const struct vjp_column columns[N_COLUMNS] = {
    [KERNEL] = {{"", "kernel"}, true},      [TIME] = {{"median", "time"}, false},
    [SPREAD] = {{"quar-", "tiles"}, false}, [RATE] = {{"", "GFLOP/s"}, false},
    [OF_PEAK] = {{"of", "peak"}, false},    [BYTES] = {{"", "GB/s"}, false},
    [OF_ROOF] = {{"of", "roof"}, false},    [RATIO] = {{"", "speed"}, false},
    [INTERVAL] = {{"", "95 %"}, false},
};

/* A plug-in that was named by a path is shown by its file's name. */
static const char *short_target(const char *target)
{
    const char *slash = strrchr(target, '/');
    return slash ? slash + 1 : target;
}

/* What stands in place of a time. */
static const char *word_of(const struct vjp_bench_result *r)
{
    return r->above_peak ? "above peak" : r->verdict;
}

static void add_row(struct vjp_table *table, const struct vjp_bench_result *r)
{
    char cell[N_COLUMNS][CELL];
    const char *cells[N_COLUMNS];
    memset(cell, 0, sizeof cell);
    snprintf(cell[KERNEL], CELL, "%s", short_target(r->target));
    snprintf(cell[TIME], CELL, "%s", word_of(r));
    if (r->timed) {
        vjp_bench_cell_seconds(r->time.median, cell[TIME]);
        vjp_bench_cell_percent(vjp_sample_spread(&r->time), cell[SPREAD]);
        vjp_bench_cell_three(1e-9 * vjp_bench_rate(r), "", cell[RATE]);
        vjp_bench_cell_percent(vjp_bench_of_peak(r), cell[OF_PEAK]);
        vjp_bench_cell_three(1e-9 * r->bytes / r->time.median, "", cell[BYTES]);
        vjp_bench_cell_percent(vjp_bench_of_roof(r), cell[OF_ROOF]);
    }
    if (r->timed && r->against) {
        vjp_bench_cell_three(r->ratio.median, "x", cell[RATIO]);
        vjp_bench_cell_interval(r->ratio.low, r->ratio.high, cell[INTERVAL]);
    }
    for (int i = 0; i < N_COLUMNS; i++)
        cells[i] = cell[i];
    vjp_table_add(table, cells, NULL);
}

/* What the machine could do, once for each format that a kernel sums in. */
static void print_limits(const struct vjp_bench_result *results, int count, FILE *out)
{
    const char *shown[2] = {NULL, NULL};
    char text[CELL];
    int n = 0;
    for (int i = 0; i < count; i++) {
        const struct vjp_bench_result *r = &results[i];
        if (!r->timed || n == 2 || (n == 1 && strcmp(shown[0], r->peak_name) == 0))
            continue;
        if (n == 0) {
            vjp_bench_cell_amount(r->bytes, "B", text);
            fprintf(out, "  %s", text);
            if (r->flops > 0) {
                vjp_bench_cell_amount(r->flops, "FLOP", text);
                fprintf(out, ", %s", text);
                vjp_bench_cell_three(vjp_bench_intensity(r), " flop/byte", text);
                fprintf(out, ", %s", text);
            }
            vjp_bench_cell_three(1e-9 * r->bandwidth, " GB/s", text);
            fprintf(out, "; machine: %s", text);
        }
        vjp_bench_cell_three(1e-9 * r->peak, " GFLOP/s", text);
        fprintf(out, ", %s (%s)", text, r->peak_name);
        shown[n++] = r->peak_name;
    }
    if (n > 0)
        fputc('\n', out);
}

/* What is no number: why a kernel has none, and why others are doubtful. */
static void print_remarks(const struct vjp_bench_result *r, FILE *out)
{
    char note[160];
    if (r->above_peak) {
        fprintf(out, "  ");
        vjp_escape_print(short_target(r->target), out);
        fprintf(out, ": no number: %s\n", r->reason);
    } else if (!r->timed) {
        fprintf(out, "  ");
        vjp_escape_print(short_target(r->target), out);
        fprintf(out, ": %s, so it has no number%s", r->verdict, *r->reason ? ": " : "");
        vjp_escape_print(r->reason, out);
        fprintf(out, "\n      ");
        vjp_escape_print(r->replay, out);
        fputc('\n', out);
    } else if (*vjp_bench_note(r, note, sizeof note)) {
        fprintf(out, "  ");
        vjp_escape_print(short_target(r->target), out);
        fprintf(out, ": %s\n", note);
    }
}

void vjp_bench_print_case(const struct vjp_bench_result *results, int count, const char *peers,
                          FILE *out)
{
    struct vjp_table table = {.columns = columns, .n_columns = RATIO};
    const char *against = NULL;
    vjp_escape_print(results[0].line, out);
    fputc('\n', out);
    print_limits(results, count, out);
    for (int i = 0; i < count && !against; i++)
        against = results[i].timed ? results[i].against : NULL;
    if (against)
        table.n_columns = N_COLUMNS;
    for (int i = 0; i < count; i++)
        add_row(&table, &results[i]);
    if (against) {
        fprintf(out, "  speed: of ");
        vjp_escape_print(short_target(against), out);
        fprintf(out, ", pair by pair\n");
    }
    vjp_table_print(&table, "  ", vjp_terminal_has_colour(out), out);
    if (peers) {
        fprintf(out, "  peers, alone: ");
        vjp_escape_print(peers, out);
        fputc('\n', out);
    }
    if (results[0].no_ratio) {
        fprintf(out, "  no speed: ");
        vjp_escape_print(short_target(results[0].no_ratio), out);
        fputc('\n', out);
    }
    for (int i = 0; i < count; i++)
        print_remarks(&results[i], out);
    fputc('\n', out);
    vjp_table_clear(&table);
}

void vjp_bench_print_skips(const struct vjp_bench_skip *skips, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        size_t first = 0, same = 0;
        while (strcmp(skips[first].reason, skips[i].reason) != 0)
            first++;
        if (first < i)
            continue;
        for (size_t k = i; k < count; k++)
            same += strcmp(skips[k].reason, skips[i].reason) == 0;
        fprintf(out, "not timed: %zu shape%s: ", same, same == 1 ? "" : "s");
        vjp_escape_print(skips[i].reason, out);
        for (size_t k = i; k < count; k++) {
            if (strcmp(skips[k].reason, skips[i].reason) != 0)
                continue;
            fprintf(out, k == i ? ": " : "; ");
            vjp_escape_print(skips[k].line, out);
        }
        fputc('\n', out);
    }
}

enum { C_KERNEL, C_OLD, C_NEW, C_RATIO, C_INTERVAL, C_PEAK, C_CHANGE, C_COLUMNS };

static const struct vjp_column comparison_columns[C_COLUMNS] = {
    [C_KERNEL] = {{"", "kernel"}, true},  [C_OLD] = {{"", "old"}, false},
    [C_NEW] = {{"", "new"}, false},       [C_RATIO] = {{"", "speed"}, false},
    [C_INTERVAL] = {{"", "90 %"}, false}, [C_PEAK] = {{"speed by", "the peak"}, false},
    [C_CHANGE] = {{"", ""}, true},
};

static void write_result(const struct vjp_bench_result *r, char cell[CELL])
{
    if (!r)
        snprintf(cell, CELL, "missing");
    else if (r->timed)
        vjp_bench_cell_seconds(r->time.median, cell);
    else
        snprintf(cell, CELL, "%.40s", word_of(r));
}

static void add_comparison(struct vjp_table *table, const struct vjp_comparison *c)
{
    static const char *const words[] = {[VJP_CHANGE_NONE] = "",
                                        [VJP_CHANGE_FASTER] = "faster",
                                        [VJP_CHANGE_SLOWER] = "SLOWER",
                                        [VJP_CHANGE_LOST] = "NO NUMBER",
                                        [VJP_CHANGE_GAINED] = "new"};
    static const char *const colours[] = {[VJP_CHANGE_NONE] = NULL,
                                          [VJP_CHANGE_FASTER] = "32",
                                          [VJP_CHANGE_SLOWER] = "31",
                                          [VJP_CHANGE_LOST] = "31",
                                          [VJP_CHANGE_GAINED] = NULL};
    char cell[C_COLUMNS][CELL];
    const char *cells[C_COLUMNS];
    snprintf(cell[C_KERNEL], CELL, "%s", short_target((c->after ? c->after : c->before)->target));
    write_result(c->before, cell[C_OLD]);
    write_result(c->after, cell[C_NEW]);
    vjp_bench_cell_three(c->ratio, "x", cell[C_RATIO]);
    vjp_bench_cell_interval(c->low, c->high, cell[C_INTERVAL]);
    vjp_bench_cell_three(c->peak_ratio, "x", cell[C_PEAK]);
    snprintf(cell[C_CHANGE], CELL, "%s", words[c->change]);
    for (int i = 0; i < C_COLUMNS; i++)
        cells[i] = cell[i];
    vjp_table_add(table, cells, colours[c->change]);
}

static const char *line_of(const struct vjp_comparison *c)
{
    return (c->after ? c->after : c->before)->line;
}

void vjp_bench_print_comparison(const struct vjp_comparison *comparisons, size_t count, FILE *out)
{
    for (size_t i = 0; i < count;) {
        struct vjp_table table = {.columns = comparison_columns, .n_columns = C_COLUMNS};
        const char *line = line_of(&comparisons[i]);
        vjp_escape_print(line, out);
        fputc('\n', out);
        for (; i < count && strcmp(line_of(&comparisons[i]), line) == 0; i++)
            add_comparison(&table, &comparisons[i]);
        vjp_table_print(&table, "  ", vjp_terminal_has_colour(out), out);
        fputc('\n', out);
        vjp_table_clear(&table);
    }
}
