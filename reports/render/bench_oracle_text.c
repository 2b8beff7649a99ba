/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_oracle_text.h"

#include "cases/base/text.h"
#include "oracle/metric/reference.h"
#include "reports/render/bench_cell.h"
#include "reports/render/escape.h"
#include "reports/render/table.h"
#include "reports/render/terminal.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define CELL VJP_BENCH_CELL

enum { RATIO_OF, OPERANDS, OWN, OTHER, PART, SPREAD, RATIO, INTERVAL, GOAL, STATE, N_COLUMNS };

static const struct vjp_column ratio_columns[N_COLUMNS] = {
    [RATIO_OF] = {{"", "held against"}, true},
    [OPERANDS] = {{"", "operands"}, true},
    [OWN] = {{"", "own"}, false},
    [OTHER] = {{"", "other"}, false},
    [PART] = {{"", "part"}, false},
    [SPREAD] = {{"quar-", "tiles"}, false},
    [RATIO] = {{"", "ratio"}, false},
    [INTERVAL] = {{"", "95 %"}, false},
    [GOAL] = {{"", "goal"}, true},
    [STATE] = {{"", ""}, true},
};

static void write_amount(double amount, const char *unit, char cell[CELL])
{
    if (strcmp(unit, "s") == 0)
        vjp_bench_cell_seconds(amount, cell);
    else
        vjp_bench_cell_amount(amount, unit, cell);
}

static void add_ratio(struct vjp_table *table, const struct vjp_oracle_ratio *r)
{
    static const char *const states[] = {
        [VJP_GOAL_NONE] = "", [VJP_GOAL_MET] = "met", [VJP_GOAL_MISSED] = "MISSED"};
    static const char *const colours[] = {
        [VJP_GOAL_NONE] = NULL, [VJP_GOAL_MET] = "32", [VJP_GOAL_MISSED] = "31"};
    const enum vjp_goal_state state = vjp_oracle_ratio_state(r);
    char cell[N_COLUMNS][CELL];
    const char *cells[N_COLUMNS];
    memset(cell, 0, sizeof cell);
    snprintf(cell[RATIO_OF], CELL, "%.63s", r->other);
    snprintf(cell[OPERANDS], CELL, "%s", r->operands);
    if (r->measured) {
        write_amount(r->own_amount, r->unit, cell[OWN]);
        write_amount(r->other_amount, r->unit, cell[OTHER]);
        vjp_bench_cell_three(r->ratio.median, "x", cell[RATIO]);
        vjp_bench_cell_interval(r->ratio.low, r->ratio.high, cell[INTERVAL]);
    }
    if (r->measured && r->share < 1)
        vjp_bench_cell_percent(r->share, cell[PART]);
    if (r->measured && r->spread > 0)
        vjp_bench_cell_percent(r->spread, cell[SPREAD]);
    if (!isnan(r->goal))
        snprintf(cell[GOAL], CELL, "at %s %gx", r->sense == VJP_GOAL_AT_MOST ? "most" : "least",
                 r->goal);
    snprintf(cell[STATE], CELL, "%s", r->measured ? states[state] : "not measured");
    for (int i = 0; i < N_COLUMNS; i++)
        cells[i] = cell[i];
    vjp_table_add(table, cells, colours[state]);
}

static void print_remark(const struct vjp_oracle_ratio *r, FILE *out)
{
    struct vjp_text clean = {0};
    char note[160];
    const char *remark = r->measured ? vjp_oracle_ratio_note(r, note, sizeof note) : r->reason;
    if (!*remark)
        return;
    vjp_escape_terminal(&clean, remark);
    fprintf(out, "  %s, %s: %s\n", r->other, r->operands,
            clean.failed ? "(out of memory)" : clean.data);
    vjp_text_clear(&clean);
}

void vjp_bench_print_ratios(const struct vjp_oracle_ratio *ratios, int count, FILE *out)
{
    struct vjp_table table = {.columns = ratio_columns, .n_columns = N_COLUMNS};
    for (int i = 0; i < count; i++)
        add_ratio(&table, &ratios[i]);
    vjp_table_print(&table, "  ", vjp_terminal_has_colour(out), out);
    for (int i = 0; i < count; i++)
        print_remark(&ratios[i], out);
    fputc('\n', out);
    vjp_table_clear(&table);
}

enum { O_NAME, O_ALL, O_FILTER, O_PRODUCT, O_ACCUMULATOR, O_SPECIAL, O_LEAST, O_COLUMNS };

static const struct vjp_column operand_columns[O_COLUMNS] = {
    [O_NAME] = {{"", "operands"}, true},         [O_ALL] = {{"", "elements"}, false},
    [O_FILTER] = {{"error", "bound"}, false},    [O_PRODUCT] = {{"exact", "product"}, false},
    [O_ACCUMULATOR] = {{"exact", "sum"}, false}, [O_SPECIAL] = {{"NaN,", "infinity"}, false},
    [O_LEAST] = {{"least", "|g| / S"}, false},
};

void vjp_bench_print_operands(const struct vjp_oracle_operands *operands, int count, FILE *out)
{
    static const int ways[] = {[O_FILTER] = VJP_SETTLED_FILTER,
                               [O_PRODUCT] = VJP_SETTLED_PRODUCT,
                               [O_ACCUMULATOR] = VJP_SETTLED_ACCUMULATOR,
                               [O_SPECIAL] = VJP_SETTLED_SPECIAL};
    struct vjp_table table = {.columns = operand_columns, .n_columns = O_COLUMNS};
    for (int i = 0; i < count; i++) {
        char cell[O_COLUMNS][CELL];
        const char *cells[O_COLUMNS];
        snprintf(cell[O_NAME], CELL, "%s", operands[i].name);
        snprintf(cell[O_ALL], CELL, "%" PRId64, operands[i].elements);
        for (int way = O_FILTER; way <= O_SPECIAL; way++)
            snprintf(cell[way], CELL, "%" PRId64, operands[i].settled[ways[way]]);
        snprintf(cell[O_LEAST], CELL, "%.1e", operands[i].least);
        for (int j = 0; j < O_COLUMNS; j++)
            cells[j] = cell[j];
        vjp_table_add(&table, cells, NULL);
    }
    fprintf(out, "  how elements were settled, each kind checked against sums made one by one\n");
    vjp_table_print(&table, "  ", vjp_terminal_has_colour(out), out);
    for (int i = 0; i < count; i++)
        fprintf(out, "  %s: %s%s%s\n", operands[i].name, operands[i].line,
                operands[i].change[0] ? "; then " : "", operands[i].change);
    vjp_table_clear(&table);
}
