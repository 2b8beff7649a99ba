/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_REPRODUCTION_H
#define VJP_TESTS_REPORTS_RENDER_REPRODUCTION_H

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "reports/render/reproduce.h"

#include <criterion/criterion.h>

/* A case with its values, and a reproduction of it that expects nothing. Not to be moved. */
struct reproduction {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_reproduction r;
};

static inline void make_reproduction(struct reproduction *m, const char *line)
{
    struct vjp_error error = {""};
    *m = (struct reproduction){0};
    cr_assert_eq(vjp_case_parse(line, &m->c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_data_generate(&m->c, &m->data, &error), VJP_OK, "%s", error.text);
    m->r = (struct vjp_reproduction){.c = &m->c,
                                     .data = &m->data,
                                     .line = line,
                                     .verdict = "wrong",
                                     .reason = "dx is off",
                                     .kernel = "mine",
                                     .model = "sums are in f32",
                                     .library = "./mine.so",
                                     .file = "fault.c",
                                     .version = "1.2.3",
                                     .seconds = 0.5,
                                     .rounds = 7,
                                     .rounds_least = 2};
}

static inline void clear_reproduction(struct reproduction *m)
{
    vjp_data_clear(&m->data);
    vjp_case_clear(&m->c);
}

#endif
