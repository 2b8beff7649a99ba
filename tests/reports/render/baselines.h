/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_BASELINES_H
#define VJP_TESTS_REPORTS_RENDER_BASELINES_H

/* Baselines of runs that are made up. */

#include "reports/render/baseline.h"

#include "tests/reports/render/fixture.h"

#include <math.h>
#include <unistd.h>

static struct vjp_summary summary;
static struct vjp_error error;

static inline void clear(void)
{
    vjp_summary_clear(&summary);
}

static inline void add(const char *target, const char *layer, const char *line,
                       enum vjp_verdict verdict, double ratio)
{
    struct vjp_record record = make_record(target, "f32", verdict, 1);
    record.layer = layer;
    record.line = line;
    record.gradient[0].worst_ratio = ratio;
    cr_assert_eq(vjp_summary_add(&summary, &record, &error), VJP_OK);
}

static inline struct vjp_baseline make(void)
{
    struct vjp_baseline baseline = {0};
    cr_assert_eq(vjp_baseline_make(&summary, &baseline, &error), VJP_OK, "%s", error.text);
    return baseline;
}

/* What the comparison prints; free it. */
static inline char *compare(const struct vjp_baseline *a, const struct vjp_baseline *b,
                            int *changes)
{
    struct capture capture;
    int skipped;
    capture_begin(&capture);
    *changes = vjp_baseline_compare(a, b, capture.file, &skipped);
    capture_end(&capture);
    return capture.text;
}

#endif
