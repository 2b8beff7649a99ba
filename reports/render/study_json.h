/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_STUDY_JSON_H
#define VJP_REPORTS_RENDER_STUDY_JSON_H

#include <stdint.h>

#include "cases/base/text.h"
#include "reports/render/sink.h"
#include "reports/study/grade.h"
#include "reports/study/point.h"

/* Studies as JSON lines. */

/* The first line. plugins: names as on the command line, with what their files are, in hexadecimal digits. */
struct vjp_study_header {
    const char *version, *study, *line;
    uint64_t seed;
    int n_plugins;
    const char *const *plugin;
    const uint64_t *hash;
};

/* Adds it with its newline. */
VJP_MUST_CHECK enum vjp_status vjp_study_header_print(const struct vjp_study_header *header,
                                                      struct vjp_text *out,
                                                      struct vjp_error *error);

/* The probability of the probabilistic bound: that one element lies above it. */
#define VJP_STUDY_FAILURE 1e-3

/* A point or a gap. */
VJP_MUST_CHECK enum vjp_status vjp_study_point_write(struct vjp_sink *sink,
                                                     const struct vjp_study_point *point,
                                                     struct vjp_error *error);

/* What the points of one kernel, dtype, gradient and kind of values say together: one of them, like, stands for these. */
struct vjp_study_verdict {
    const struct vjp_study_point *like;
    struct vjp_grade_evidence evidence;
    enum vjp_grade grade;
};

VJP_MUST_CHECK enum vjp_status vjp_study_fit_write(struct vjp_sink *sink,
                                                   const struct vjp_study_verdict *verdict,
                                                   struct vjp_error *error);

struct vjp_study_totals {
    int64_t points, gaps;
    int64_t outside, lost; /* elements */
    int64_t failed;        /* gaps because a kernel gave no answer */
};

VJP_MUST_CHECK enum vjp_status vjp_study_summary_write(struct vjp_sink *sink,
                                                       const struct vjp_study_totals *totals,
                                                       struct vjp_error *error);

/* The points and gaps that lines hold; other lines are passed over. A zeroed struct is empty. */
struct vjp_study_table {
    struct vjp_study_point *point; /* their texts are the table's */
    int64_t count;
    void **memory;
};

/* Reads the object of a line of type "point" or "gap"; json: a json_t, to which the texts belong. VJP_ERR_USAGE names what
 * it lacks. */
VJP_MUST_CHECK enum vjp_status vjp_study_point_read(const void *json, struct vjp_study_point *out,
                                                    struct vjp_error *error);
/* Adds what was read so, and keeps the object. */
VJP_MUST_CHECK enum vjp_status vjp_study_table_keep(struct vjp_study_table *table, void *json,
                                                    const struct vjp_study_point *point,
                                                    struct vjp_error *error);

/* Adds a line. VJP_ERR_USAGE where it is no JSON, or a point that lacks something. */
VJP_MUST_CHECK enum vjp_status vjp_study_table_add(struct vjp_study_table *table, const char *line,
                                                   struct vjp_error *error);
/* Adds all lines of a file. */
VJP_MUST_CHECK enum vjp_status vjp_study_table_read(struct vjp_study_table *table, const char *path,
                                                    struct vjp_error *error);
/* How many there are of everything. */
struct vjp_study_totals vjp_study_table_count(const struct vjp_study_table *table);
void vjp_study_table_clear(struct vjp_study_table *table);

#endif
