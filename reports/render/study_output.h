/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_STUDY_OUTPUT_H
#define VJP_REPORTS_RENDER_STUDY_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "reports/render/plot_svg.h"
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

/* Whether they are in the same plots: alike but for their kernels. */
bool vjp_study_is_beside(const struct vjp_study_point *a, const struct vjp_study_point *b);

/* Of the points that are alike the one of the largest size: what is told of them. */
const struct vjp_study_point *vjp_study_last(const struct vjp_study_table *table,
                                             const struct vjp_study_point *like);

/* What a study says of a kernel in a word or three: a grade, what explains its error, or whether it keeps to its bound. */
const char *vjp_study_conclusion(const char *study, const struct vjp_study_point *last,
                                 const struct vjp_study_verdict *verdict);

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
/* A plot of the points beside one, which has several. */
struct vjp_study_plot {
    const struct vjp_study_point *like;
    const char *view; /* "omega" */
    struct vjp_plot plot;
    bool is_first, is_last; /* of those */
};

typedef enum vjp_status (*vjp_study_plot_visitor)(void *env, const struct vjp_study_plot *drawn,
                                                  struct vjp_error *error);

/* Draws all plots, those of the same points one after the other; of the output it needs study and table. */
VJP_MUST_CHECK enum vjp_status vjp_study_plots_visit(const struct vjp_study_output *output,
                                                     vjp_study_plot_visitor visit, void *env,
                                                     struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_study_plots_write(const struct vjp_study_output *output,
                                                     struct vjp_error *error);

void vjp_study_output_print(const struct vjp_study_output *output, bool colour, FILE *out);

#endif
