/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_ANNEX_SCENE_H
#define VJP_TESTS_REPORTS_RENDER_ANNEX_SCENE_H

#include "reports/render/annex.h"
#include "tests/reports/render/selftest_scene.h"
#include "tests/reports/render/study_points.h"

/* Lines as commands write them, added to an annex. */

#define STUDY_HEADER(seed, hash)                                                                   \
    "{\"type\":\"study\",\"study\":\"growth\",\"seed\":\"" seed                                    \
    "\",\"plugins\":[{\"target\":\"one\",\"hash\":\"" hash "\"}]}"

#define ORDER_LINE                                                                                 \
    "{\"type\":\"order\",\"kernel\":\"a<b>:k\",\"layer\":\"linear\",\"dtype\":\"f32\","            \
    "\"gradient\":\"dx\",\"case\":\"linear dtype=f32 N=1 D=2 M=4 threads=2 x=normal\","            \
    "\"elements\":2,\"certified\":2,\"calls\":9,\"failure\":\"\",\"certificate\":\"certified | "   \
    "all\","                                                                                       \
    "\"trees\":[{\"element\":\"dx[0,0]\",\"outcome\":\"revealed\",\"reason\":\"\",\"terms\":4,"    \
    "\"calls\":9,\"height\":2,\"tree\":\"((0 1) (2 3))\",\"name\":\"pairwise\",\"precision\":24,"  \
    "\"at_least\":false,\"rounding\":\"to nearest\",\"subnormals\":\"kept\",\"replay\":"           \
    "{\"done\":true,\"arithmetic\":\"f32, fma\",\"differs\":\"\"}}]}"

#define COVERAGE_LINE                                                                              \
    "{\"type\":\"coverage\",\"files\":[{\"file\":\"k<1>.c\",\"lines\":["                           \
    "{\"line_number\":1,\"count\":1,\"branches\":[{\"count\":1},{\"count\":0}]},"                  \
    "{\"line_number\":2,\"count\":0,\"branches\":[]}],\"source\":[\"if (N > <9>)\",\"  "           \
    "tail();\"],"                                                                                  \
    "\"unreached\":[{\"from\":2,\"to\":2,\"guard\":1,\"notes\":[\"N was 1\"]}]}]}"

/* What adding the line says; *is_new as it is told. */
static inline enum vjp_status annex_try(struct vjp_annex *annex, const char *text, bool *is_new,
                                        struct vjp_error *error)
{
    struct vjp_stream_line line;
    enum vjp_status status = vjp_stream_read(text, strlen(text), &line, error);
    if (status == VJP_OK) {
        cr_expect(vjp_annex_takes(&line), "%s", text);
        status = vjp_annex_add(annex, &line, is_new, error);
    }
    vjp_stream_line_clear(&line);
    return status;
}

/* Adds it; returns whether it was new. */
static inline bool annex_add(struct vjp_annex *annex, const char *text)
{
    struct vjp_error error = {""};
    bool is_new = false;
    cr_assert_eq(annex_try(annex, text, &is_new, &error), VJP_OK, "%s: %s", text, error.text);
    return is_new;
}

/* Adds each line of a text, which is freed. */
static inline void annex_add_all(struct vjp_annex *annex, char *text)
{
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) && *line;)
        annex_add(annex, line);
    free(text);
}

/* The lines of the run in selftest_scene.h. */
static inline char *annex_selftest_lines(void)
{
    struct selftest_scene s;
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = {.file = open_memstream(&text, &size), .path = strdup("memory")};
    selftest_scene_open(&s);
    selftest_scene_write(&s, &sink);
    selftest_scene_close(&s);
    vjp_sink_clear(&sink);
    return text;
}

/* Three points of a study by two kernels, an order, a self-test and the coverage of a file. */
static inline void annex_fill(struct vjp_annex *annex)
{
    struct vjp_study_point points[3];
    for (int i = 0; i < 3; i++)
        points[i] = point_of(i < 2 ? "one:<k>" : "two:k", 16 << i, 0.5);
    points[2].outside = 7;
    vjp_annex_begin(annex);
    annex_add(annex, STUDY_HEADER("0x1", "00ff"));
    annex_add_all(annex, lines_of(3, points));
    annex_add(annex, ORDER_LINE);
    annex_add(annex, COVERAGE_LINE);
    annex_add_all(annex, annex_selftest_lines());
}

#endif
