/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_JACOBIAN_VIEW_H
#define VJP_TESTS_REPORTS_RENDER_JACOBIAN_VIEW_H

#include "reports/render/jacobian.h"
#include "tests/reports/render/fixture.h"

#include <math.h>

/* A 2 x 2 Jacobian with every kind of entry: a structural zero, a point, an enclosure, NaN. With
 * a context the enclosure is a set, and what is NaN not determined. */
static bool entry(const void *context, int64_t i, int64_t j, double *low, double *high)
{
    static const double lows[] = {0, 1.5, 0, NAN};
    static const double highs[] = {0, 1.5, 1, NAN};
    (void)context;
    *low = lows[2 * i + j];
    *high = highs[2 * i + j];
    return i + j > 0;
}

static bool is_known(const void *context, int64_t i, int64_t j)
{
    return !(context && i == 1 && j == 1);
}

static bool is_set(const void *context, int64_t i, int64_t j)
{
    return context && i == 1 && j == 0;
}

static void text(const void *context, int64_t i, int64_t j, char *out, int size)
{
    static const char *const texts[] = {"0", "1.5", "[0, 1]", "nan"};
    (void)context;
    snprintf(out, (size_t)size, "%s", texts[2 * i + j]);
}

static const struct vjp_jacobian_view view = {.of = "y",
                                              .wrt = "x",
                                              .of_shape = {.rank = 1, .dim = {2}},
                                              .wrt_shape = {.rank = 2, .dim = {1, 2}},
                                              .nonzero = 3,
                                              .entry = entry,
                                              .is_known = is_known,
                                              .is_set = is_set,
                                              .text = text};

#endif
