/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_cell.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#define CELL VJP_BENCH_CELL

void vjp_bench_cell_three(double value, const char *unit, char cell[CELL])
{
    const double size = fabs(value);
    if (isnan(value))
        snprintf(cell, CELL, "-");
    else
        snprintf(cell, CELL, "%.*f%s", size < 9.995 ? 2 : size < 99.95 ? 1 : 0, value, unit);
}

void vjp_bench_cell_seconds(double seconds, char cell[CELL])
{
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1, " s"}, {1e-3, " ms"}, {1e-6, " us"}, {1e-9, " ns"}};
    size_t i = 0;
    while (i < 3 && seconds < 0.9995 * units[i].unit)
        i++;
    vjp_bench_cell_three(seconds / units[i].unit, units[i].name, cell);
}

void vjp_bench_cell_amount(double value, const char *unit, char cell[CELL])
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T"};
    char name[16];
    int i = 0;
    while (i < 4 && value >= 999.5) {
        value *= 1e-3;
        i++;
    }
    snprintf(name, sizeof name, " %s%s", prefixes[i], unit);
    vjp_bench_cell_three(value, name, cell);
}

void vjp_bench_cell_percent(double part, char cell[CELL])
{
    if (isnan(part))
        snprintf(cell, CELL, "-");
    else
        snprintf(cell, CELL, "%.*f%%", part < 0.0995 ? 1 : 0, 100 * part);
}

void vjp_bench_cell_interval(double low, double high, char cell[CELL])
{
    char a[CELL], b[CELL];
    vjp_bench_cell_three(low, "", a);
    vjp_bench_cell_three(high, "", b);
    snprintf(cell, CELL, isnan(low) ? "-" : "%.20s-%.20s", a, b);
}
