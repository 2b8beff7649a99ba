/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_tally.h"

#include "reports/render/bench_cell.h"
#include "reports/render/escape.h"
#include "reports/render/json_line.h"
#include "reports/render/table.h"
#include "reports/render/terminal.h"

#include <inttypes.h>
#include <string.h>

#define CELL VJP_BENCH_CELL

enum { KERNEL, CASES, MEAN, FASTER, SLOWER, LEAST, LINE, N_COLUMNS };

static const struct vjp_column columns[N_COLUMNS] = {
    [KERNEL] = {{"", "kernel"}, true},   [CASES] = {{"", "cases"}, false},
    [MEAN] = {{"mean", "speed"}, false}, [FASTER] = {{"", "faster"}, false},
    [SLOWER] = {{"", "slower"}, false},  [LEAST] = {{"", "least"}, false},
    [LINE] = {{"", "at"}, true},
};

static void add_row(struct vjp_table *table, const struct vjp_tally_row *row)
{
    char cell[N_COLUMNS][CELL];
    const char *cells[N_COLUMNS];
    struct vjp_text kernel = {0}, line = {0};
    const char *slash = strrchr(row->kernel, '/');
    vjp_escape_terminal(&kernel, slash ? slash + 1 : row->kernel);
    vjp_text_add(&kernel, ", %s", row->group);
    vjp_escape_terminal(&line, row->least_line);
    snprintf(cell[CASES], CELL, "%" PRId64, row->cases);
    snprintf(cell[FASTER], CELL, "%" PRId64, row->faster);
    snprintf(cell[SLOWER], CELL, "%" PRId64, row->slower);
    vjp_bench_cell_three(vjp_tally_mean(row), "x", cell[MEAN]);
    vjp_bench_cell_three(row->least, "x", cell[LEAST]);
    for (int i = 0; i < N_COLUMNS; i++)
        cells[i] = cell[i];
    cells[KERNEL] = kernel.failed ? "(out of memory)" : kernel.data;
    cells[LINE] = line.failed ? "(out of memory)" : line.data;
    vjp_table_add(table, cells, NULL);
    vjp_text_clear(&kernel);
    vjp_text_clear(&line);
}

void vjp_bench_print_tally(const struct vjp_tally *tally, const char *against, FILE *out)
{
    struct vjp_table table = {.columns = columns, .n_columns = N_COLUMNS};
    struct vjp_text clean = {0};
    int64_t most = 0;
    for (int i = 0; i < tally->count; i++)
        most = tally->row[i].cases > most ? tally->row[i].cases : most;
    if (most < 2)
        return;
    vjp_escape_terminal(&clean, against);
    fprintf(out,
            "speed of %s%s, geometric means; faster and slower: cases whose interval lies above 1, "
            "below 1\n",
            strchr(against, ',') ? "the fastest, case by case, of " : "",
            clean.failed ? "(out of memory)" : clean.data);
    for (int i = 0; i < tally->count; i++)
        add_row(&table, &tally->row[i]);
    vjp_table_print(&table, "  ", vjp_terminal_has_colour(out), out);
    fputc('\n', out);
    vjp_table_clear(&table);
    vjp_text_clear(&clean);
}

enum vjp_status vjp_bench_json_tally(struct vjp_sink *sink, const struct vjp_tally *tally,
                                     struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < tally->count && status == VJP_OK; i++) {
        const struct vjp_tally_row *row = &tally->row[i];
        struct vjp_json_line line = vjp_json_begin("bench_speed");
        vjp_json_set(&line, "kernel", vjp_json_text(row->kernel));
        vjp_json_set(&line, "group", vjp_json_text(row->group));
        vjp_json_set(&line, "cases", json_integer(row->cases));
        vjp_json_set(&line, "mean", vjp_json_number(vjp_tally_mean(row)));
        vjp_json_set(&line, "faster", json_integer(row->faster));
        vjp_json_set(&line, "slower", json_integer(row->slower));
        vjp_json_set(&line, "least", vjp_json_number(row->least));
        vjp_json_set(&line, "least_case", vjp_json_text(row->least_line));
        status = vjp_json_end(&line, sink, error);
    }
    return status;
}
