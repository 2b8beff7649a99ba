/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_RULINGS_H
#define VJP_TESTS_REPORTS_RENDER_RULINGS_H

#include "reports/selftest/ruling.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* A right kernel, one of whose answers is outside the bound; a plant with two answers that show; a gap. Rules other than
 * the first two have no opinion. */
#define NOBODY                                                                                     \
    VJP_LEVEL_NONE, VJP_LEVEL_NONE, VJP_LEVEL_NONE, VJP_LEVEL_NONE, VJP_LEVEL_NONE, VJP_LEVEL_NONE

static struct vjp_ruling_answer right_answers[] = {
    {true, 0.5, -3, {-2, 1, NOBODY}},
    {true, 40, 1, {-2, 2, NOBODY}},
};
static struct vjp_ruling_answer planted_answers[] = {
    {true, 1e7, 7, {0, -40, NOBODY}},
    {true, INFINITY, VJP_LEVEL_NEVER, {VJP_LEVEL_NEVER, 5, NOBODY}},
    {false, 0, VJP_LEVEL_NONE, {VJP_LEVEL_NONE, VJP_LEVEL_NONE, NOBODY}},
};

enum { N_RULINGS = 3 };
static const struct vjp_ruling rulings[N_RULINGS] = {
    {.key = "1",
     .kernel = "naive:linear",
     .layer = "linear",
     .dtype = "f32",
     .gradient = "dx",
     .values = "normal",
     .axis = "K",
     .at = 16,
     .example = "linear dtype=f32",
     .count = 2,
     .answer = right_answers},
    {.key = "2",
     .kernel = "lost",
     .layer = "linear",
     .dtype = "f32",
     .gradient = "dx",
     .values = "normal",
     .axis = "K",
     .at = 64,
     .defect = true,
     .example = "linear dtype=f32",
     .count = 3,
     .answer = planted_answers},
    {.key = "3",
     .kernel = "avx2:linear",
     .layer = "linear",
     .dtype = "f32",
     .gradient = "db, \"b\"",
     .values = "normal",
     .axis = "K",
     .at = 64,
     .why = "too large",
     .failed = true},
};

#endif
