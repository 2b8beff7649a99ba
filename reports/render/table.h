/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_TABLE_H
#define VJP_REPORTS_RENDER_TABLE_H

#include <stdbool.h>
#include <stdio.h>

/* Text in aligned columns. */

#define VJP_COLUMNS_MAX 16

struct vjp_column {
    const char *head[2]; /* the heading stands in two lines; an empty first line is left out */
    bool left;
};

struct vjp_table {
    const struct vjp_column *columns; /* the caller's */
    int n_columns;
    char **cells; /* row after row */
    int n_rows;
    const char **colour; /* by row, of the last cell: an SGR code as "31", or NULL */
    bool failed;         /* memory has ended: the table is not whole */
};

/* Adds a row; the cells are copied, colour must outlive the table. */
void vjp_table_add(struct vjp_table *table, const char *const *cells, const char *colour);

/* With colour, the heading is bold and the last cells have their colours. Writes a note instead of
 * a table that failed. */
void vjp_table_print(const struct vjp_table *table, const char *indent, bool colour, FILE *out);
void vjp_table_clear(struct vjp_table *table);

#endif
