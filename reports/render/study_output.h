/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_STUDY_OUTPUT_H
#define VJP_REPORTS_RENDER_STUDY_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "reports/render/study_json.h"

/* What is made of a study's points: grades, a table for other programs, plots, a text. */

/* A grade for every kernel, dtype, gradient and kind of values with points, in the order of the points. */
struct vjp_study_verdicts {
    struct vjp_study_verdict *verdict;
    int count;
};

VJP_MUST_CHECK enum vjp_status vjp_study_verdicts_make(const struct vjp_study_table *table,
                                                       struct vjp_study_verdicts *out,
                                                       struct vjp_error *error);
void vjp_study_verdicts_clear(struct vjp_study_verdicts *verdicts);

/* Whether two points are of the same kernel, dtype, gradient and values. */
bool vjp_study_is_alike(const struct vjp_study_point *a, const struct vjp_study_point *b);

struct vjp_study_output {
    const char *study, *folder;
    const struct vjp_study_table *table;
    const struct vjp_study_verdicts *verdicts;
    const struct vjp_study_totals *totals;
};

/* RFC 4180: a row for each point and gap, the names of the columns first. */
void vjp_study_csv_print(const struct vjp_study_table *table, FILE *out);

/* Writes study.csv and the plots into the folder. */
VJP_MUST_CHECK enum vjp_status vjp_study_output_write(const struct vjp_study_output *output,
                                                      struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_study_plots_write(const struct vjp_study_output *output,
                                                     struct vjp_error *error);

void vjp_study_output_print(const struct vjp_study_output *output, bool colour, FILE *out);

#endif
