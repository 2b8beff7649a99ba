/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/table.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void vjp_table_add(struct vjp_table *table, const char *const *cells, const char *colour)
{
    const size_t n = (size_t)table->n_columns;
    const size_t rows = (size_t)table->n_rows + 1;
    char **grown = realloc(table->cells, rows * n * sizeof *grown);
    if (grown)
        table->cells = grown;
    const char **colours = realloc(table->colour, rows * sizeof *colours);
    if (colours)
        table->colour = colours;
    if (!grown || !colours) {
        table->failed = true;
        return;
    }
    colours[table->n_rows] = colour;
    for (size_t i = 0; i < n; i++) {
        char *cell = strdup(cells[i]);
        grown[(rows - 1) * n + i] = cell;
        table->failed = table->failed || !cell;
    }
    table->n_rows++;
}

static void widen(int *width, const char *cell)
{
    const int length = (int)strlen(cell);
    *width = length > *width ? length : *width;
}

/* Nothing is padded behind the last word of a line. */
static void print_line(const struct vjp_table *table, const char *const *cells, const int *width,
                       const char *indent, const char *colour, FILE *out)
{
    int last = table->n_columns - 1;
    while (last > 0 && !*cells[last])
        last--;
    fputs(indent, out);
    for (int i = 0; i <= last; i++) {
        const bool coloured = colour && i + 1 == table->n_columns;
        if (i > 0)
            fputs("  ", out);
        if (coloured)
            fprintf(out, "\033[%sm", colour);
        if (!table->columns[i].left)
            fprintf(out, "%*s", width[i], cells[i]);
        else
            fprintf(out, "%-*s", i < last ? width[i] : 0, cells[i]);
        if (coloured)
            fputs("\033[0m", out);
    }
    fputc('\n', out);
}

static void print_head(const struct vjp_table *table, const int *width, const char *indent,
                       bool colour, FILE *out)
{
    for (int line = 0; line < 2; line++) {
        const char *cells[VJP_COLUMNS_MAX];
        bool any = false;
        for (int i = 0; i < table->n_columns; i++) {
            cells[i] = table->columns[i].head[line];
            any = any || *cells[i];
        }
        if (!any)
            continue;
        if (colour)
            fputs("\033[1m", out);
        print_line(table, cells, width, indent, NULL, out);
        if (colour)
            fputs("\033[0m", out);
    }
}

void vjp_table_print(const struct vjp_table *table, const char *indent, bool colour, FILE *out)
{
    int width[VJP_COLUMNS_MAX] = {0};
    if (table->failed) {
        fprintf(out, "%s(no memory for a table)\n", indent);
        return;
    }
    for (int i = 0; i < table->n_columns; i++) {
        widen(&width[i], table->columns[i].head[0]);
        widen(&width[i], table->columns[i].head[1]);
        for (int row = 0; row < table->n_rows; row++)
            widen(&width[i], table->cells[row * table->n_columns + i]);
    }
    print_head(table, width, indent, colour, out);
    for (int row = 0; row < table->n_rows; row++)
        print_line(table, (const char *const *)table->cells + (ptrdiff_t)row * table->n_columns,
                   width, indent, colour ? table->colour[row] : NULL, out);
}

void vjp_table_clear(struct vjp_table *table)
{
    for (int i = 0; i < table->n_rows * table->n_columns; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table->colour);
    *table = (struct vjp_table){0};
}
