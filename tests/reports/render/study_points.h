/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_STUDY_POINTS_H
#define VJP_TESTS_REPORTS_RENDER_STUDY_POINTS_H

/* Points of a study as lines of its stream, and as a table. */
#include "reports/render/study_json.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a kernel whose omega is u k^slope, on terms of one sign. */
static inline struct vjp_study_point point_of(const char *kernel, int64_t k, double slope)
{
    const double omega = 0x1p-24 * pow((double)k, slope);
    return (struct vjp_study_point){.key = "a key",
                                    .kernel = kernel,
                                    .layer = "linear",
                                    .dtype = "f32",
                                    .accumulate = "f32",
                                    .gradient = "dx",
                                    .values = "positive",
                                    .axis = "K",
                                    .size = (double)k,
                                    .dim = "M",
                                    .example = "linear dtype=f32 N=1 D=2 M=3, with a comma",
                                    .cases = 4,
                                    .u = 0x1p-24,
                                    .u_out = 0x1p-24,
                                    .figures = {.elements = 2000,
                                                .terms_min = k,
                                                .terms_max = k,
                                                .terms_mean = (double)k,
                                                .ulp = {1, 2, NAN, INFINITY},
                                                .omega = {omega / 2, omega, omega, 2 * omega},
                                                .omega_rms = omega,
                                                .relative = {omega, omega, omega, omega},
                                                .condition = {2, 2, 2, 2},
                                                .correct = 0.25,
                                                .faithful = 0.5,
                                                .up = {2000, 0.125, 0.25, 3, 0.0625},
                                                .toward_zero = {2000, -0.125, 0.25, -3, 1}},
                                    .model = ""};
}

/* With parts: the error of operands, of the kernel, of both. */
static inline struct vjp_study_point parted(struct vjp_study_point point, double operands,
                                            double kernel)
{
    vjp_parts_add(&point.parts, operands, kernel);
    point.parts.spread = 0.25;
    point.model = "f32";
    return point;
}

/* The lines of points, as one text. */
static inline char *lines_of(int n, const struct vjp_study_point *points)
{
    struct vjp_error error = {""};
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = {.file = open_memstream(&text, &size), .path = strdup("memory")};
    for (int i = 0; i < n; i++)
        cr_assert_eq(vjp_study_point_write(&sink, &points[i], &error), VJP_OK, "%s", error.text);
    vjp_sink_clear(&sink);
    return text;
}

/* There and back. */
static inline struct vjp_study_table table_of(int n, const struct vjp_study_point *points)
{
    struct vjp_study_table table = {0};
    struct vjp_error error = {""};
    char *text = lines_of(n, points), *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) && *line;)
        cr_assert_eq(vjp_study_table_add(&table, line, &error), VJP_OK, "%s", error.text);
    free(text);
    cr_assert_eq(table.count, n);
    return table;
}

#endif
