/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_VERDICT_PATTERN_H
#define VJP_REPORTS_VERDICT_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/spec/case.h"
#include "oracle/metric/measure.h"
#include "oracle/metric/reference.h"

/* What the elements of a gradient that are outside the bound have in common: a dropped tail, a
 * flipped sign and a doubled term each leave a picture. A hint for a reader, never part of the
 * judgement. */
struct vjp_pattern {
    int64_t outside;
    int64_t low[VJP_RANK_MAX];  /* the smallest box that holds them: first ... */
    int64_t high[VJP_RANK_MAX]; /* ... and last index along each dimension */
    bool proportional;          /* at least two, and got = factor * exact for each, to rounding */
    double factor;
};

void vjp_pattern_find(const struct vjp_case *c, const struct vjp_reference *reference, int slot,
                      const struct vjp_model *model, const struct vjp_tensor *got,
                      struct vjp_pattern *out);

/* Writes it as the end of a sentence: "5 of 130 elements are outside the bound, all within
 * dw[0:2,64:65]; each is 2 times the exact result". Ranges are half open. Cut at size, returns
 * text. */
char *vjp_pattern_text(const struct vjp_pattern *pattern, const struct vjp_shape *shape,
                       const char *name, char *text, int size);

#endif
