/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the speeds of a bench");
}

/* The kernel's row for the group, which is made where there is none; NULL: no memory. */
static struct vjp_tally_row *need_row(struct vjp_tally *tally, const char *kernel,
                                      const char *group)
{
    for (int i = 0; i < tally->count; i++) {
        struct vjp_tally_row *row = &tally->row[i];
        if (strcmp(row->kernel, kernel) == 0 && strcmp(row->group, group) == 0)
            return row;
    }
    struct vjp_tally_row *grown = realloc(tally->row, ((size_t)tally->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    tally->row = grown;
    struct vjp_tally_row *row = &grown[tally->count++];
    *row = (struct vjp_tally_row){.kernel = strdup(kernel), .group = strdup(group)};
    if (row->kernel && row->group)
        return row;
    free(row->kernel);
    free(row->group);
    tally->count--;
    return NULL;
}

enum vjp_status vjp_tally_add(struct vjp_tally *tally, const char *group,
                              const struct vjp_bench_result *result, struct vjp_error *error)
{
    const double speed = result->ratio.median;
    if (!result->timed || !result->against || !(speed > 0 && speed < INFINITY))
        return VJP_OK;
    struct vjp_tally_row *row = need_row(tally, result->target, group);
    if (!row)
        return fail_memory(error);
    if (row->cases == 0 || speed < row->least) {
        char *line = strdup(result->line);
        if (!line)
            return fail_memory(error);
        free(row->least_line);
        row->least_line = line;
        row->least = speed;
    }
    row->cases++;
    row->logs += log(speed);
    row->faster += result->ratio.low > 1;
    row->slower += result->ratio.high < 1;
    return VJP_OK;
}

double vjp_tally_mean(const struct vjp_tally_row *row)
{
    return exp(row->logs / (double)row->cases);
}

void vjp_tally_clear(struct vjp_tally *tally)
{
    for (int i = 0; i < tally->count; i++) {
        free(tally->row[i].kernel);
        free(tally->row[i].group);
        free(tally->row[i].least_line);
    }
    free(tally->row);
    *tally = (struct vjp_tally){0};
}
