/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_RIVAL_SMALL_H
#define VJP_TESTS_ORACLE_RIVAL_SMALL_H

#include "oracle/rival/rival.h"
#include "tests/cases/lines.h"

#include <math.h>

/* A case and its data, and a rival on them. */
struct arena {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_rival *rival; /* NULL: its library is not there */
};

static inline enum vjp_status try_arena(struct arena *a, const char *line,
                                        enum vjp_rival_kind_name kind, int jobs,
                                        struct vjp_error *error)
{
    *a = (struct arena){.c = parse_case(line), .data = generate_line(line)};
    const struct vjp_rival_request request = {.kind = kind,
                                              .c = &a->c,
                                              .data = &a->data,
                                              .jobs = jobs,
                                              .modules = TEST_BINARY_DIR "/rivals"};
    return vjp_rival_create(&request, &a->rival, error);
}

/* Skips the test where the build has no such rival. */
static inline void make_arena(struct arena *a, const char *line, enum vjp_rival_kind_name kind,
                              int jobs)
{
    struct vjp_error error = {""};
    const enum vjp_status status = try_arena(a, line, kind, jobs, &error);
    if (status == VJP_ERR_IO && strncmp(error.text, "not built: ", 11) == 0)
        cr_skip_test("%s", error.text);
    cr_assert_eq(status, VJP_OK, "%s", error.text);
}

static inline void clear_arena(struct arena *a)
{
    vjp_rival_destroy(a->rival);
    vjp_data_clear(&a->data);
    vjp_case_clear(&a->c);
}

static inline void run_arena(struct arena *a)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_rival_run(a->rival, &error), VJP_OK, "%s", error.text);
}

static inline void expect_element(const struct arena *a, int input, int64_t row, int64_t col,
                                  double expected)
{
    double value = NAN;
    cr_assert(vjp_rival_element(a->rival, input, row, col, &value));
    cr_expect_eq(value, expected, "input %d [%d,%d]: %g for %g", input, (int)row, (int)col, value,
                 expected);
}

/* x = 1 2   w = 1 2 3   dy = 1 0 2   dx = dy w^T =  7 16   dw = x^T dy = 10 3 5
 *     3 4       4 5 6        3 1 1                  8 23                 14 4 8   by hand. */
#define SMALL "linear dtype=f32 N=2 D=2 M=3 x=[1,2,3,4] w=[1,2,3,4,5,6] dy=[1,0,2,3,1,1]"

static inline void expect_small(enum vjp_rival_kind_name kind, int jobs)
{
    static const double dx[2][2] = {{7, 16}, {8, 23}};
    static const double dw[2][3] = {{10, 3, 5}, {14, 4, 8}};
    struct arena a;
    make_arena(&a, SMALL, kind, jobs);
    cr_expect_eq(vjp_rival_share(a.rival), 1);
    /* Twice: a run leaves nothing behind that another one would add to. */
    for (int times = 0; times < 2; times++) {
        run_arena(&a);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++)
                expect_element(&a, 0, i, j, dx[i][j]);
            for (int j = 0; j < 3; j++)
                expect_element(&a, 1, i, j, dw[i][j]);
        }
        vjp_rival_forget(a.rival);
    }
    clear_arena(&a);
}

#endif
