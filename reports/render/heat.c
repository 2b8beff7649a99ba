/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/heat.h"

#include "oracle/metric/measure.h"

#include <inttypes.h>
#include <stdbool.h>

static const struct {
    char sign;
    const char *what;
} signs[] = {
    [VJP_CORRECT] = {'.', "correctly rounded"}, [VJP_WITHIN] = {'-', "within the bound"},
    [VJP_EXCUSED] = {'o', "may overflow"},      [VJP_UNRESOLVED] = {'?', "unresolved"},
    [VJP_OUTSIDE] = {'#', "outside"},
};
#define N_SIGNS (int)(sizeof signs / sizeof *signs)

/* How many elements a character stands for along an axis. */
static int64_t block_of(int64_t size, int64_t most)
{
    return (size + most - 1) / most;
}

/* The worst of the block that begins there. */
static int worst_of(const uint8_t *standing, int64_t rows, int64_t cols, int64_t i, int64_t j,
                    int64_t high, int64_t wide)
{
    int worst = 0;
    for (int64_t r = i; r < i + high && r < rows; r++) {
        for (int64_t c = j; c < j + wide && c < cols; c++)
            worst = standing[r * cols + c] > worst ? standing[r * cols + c] : worst;
    }
    return worst;
}

static void print_legend(const uint8_t *standing, int64_t rows, int64_t cols, int64_t high,
                         int64_t wide, const char *indent, FILE *out)
{
    bool occurs[N_SIGNS] = {false};
    bool first = true;
    for (int64_t e = 0; e < rows * cols; e++)
        occurs[standing[e]] = true;
    fputs(indent, out);
    for (int s = N_SIGNS - 1; s >= 0; s--) {
        if (occurs[s])
            fprintf(out, "%s%c %s", first ? "" : ", ", signs[s].sign, signs[s].what);
        first &= !occurs[s];
    }
    if (high > 1 || wide > 1)
        fprintf(out, "; a character is the worst of %" PRId64 " x %" PRId64 " elements", high,
                wide);
    fputc('\n', out);
}

void vjp_heat_print(const uint8_t *standing, int64_t rows, int64_t cols, const char *indent,
                    FILE *out)
{
    if (rows < 1 || cols < 1)
        return;
    const int64_t high = block_of(rows, VJP_HEAT_HEIGHT), wide = block_of(cols, VJP_HEAT_WIDTH);
    print_legend(standing, rows, cols, high, wide, indent, out);
    for (int64_t i = 0; i < rows; i += high) {
        fputs(indent, out);
        for (int64_t j = 0; j < cols; j += wide)
            fputc(signs[worst_of(standing, rows, cols, i, j, high, wide)].sign, out);
        fputc('\n', out);
    }
}

int64_t vjp_heat_blocks(int64_t size, int64_t block)
{
    return block_of(size, block);
}

void vjp_heat_map(const uint8_t *standing, int64_t rows, int64_t cols, struct vjp_heat_map *out)
{
    int at = 0;
    out->high = block_of(rows, VJP_HEAT_MAP_HEIGHT);
    out->wide = block_of(cols, VJP_HEAT_MAP_WIDTH);
    out->rows = (int)vjp_heat_blocks(rows, out->high);
    out->cols = (int)vjp_heat_blocks(cols, out->wide);
    for (int64_t i = 0; i < rows; i += out->high) {
        for (int64_t j = 0; j < cols; j += out->wide)
            out->cells[at++] =
                signs[worst_of(standing, rows, cols, i, j, out->high, out->wide)].sign;
    }
    out->cells[at] = '\0';
}

int vjp_heat_standing(char sign)
{
    for (int s = 0; s < N_SIGNS; s++) {
        if (signs[s].sign == sign)
            return s;
    }
    return -1;
}
