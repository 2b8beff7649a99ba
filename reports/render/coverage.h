/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_COVERAGE_H
#define VJP_REPORTS_RENDER_COVERAGE_H

#include <stdio.h>

#include "reports/fuzz/census.h"

/* Which lines of a kernel's source ran, as gcovr counts them. */

struct vjp_coverage_line {
    int number; /* from 1 */
    bool ran;
    int branches, taken; /* ways out of the line, and those that were gone */
};

struct vjp_coverage_file {
    char *path;                     /* relative to the root that gcovr was given */
    struct vjp_coverage_line *line; /* those with code, ascending */
    int count;
};

struct vjp_coverage {
    struct vjp_coverage_file *file;
    int count;
};

/* Reads the file that gcovr --json wrote. VJP_ERR_USAGE where it is none. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_coverage_read(const char *path, struct vjp_coverage *out,
                                                 struct vjp_error *error);
void vjp_coverage_clear(struct vjp_coverage *coverage);

struct vjp_coverage_totals {
    int64_t lines, ran, branches, taken;
};

struct vjp_coverage_totals vjp_coverage_count(const struct vjp_coverage *coverage);

/* Tells what no case reached: the lines, what guards them, and what the cases were like in the dimensions that the guard
 * names; then the lines of which a branch was never taken. root is the folder of the files. */
void vjp_coverage_print(const struct vjp_coverage *coverage, const char *root,
                        const struct vjp_census *census, FILE *out);

#endif
