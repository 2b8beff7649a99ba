/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_SELFTEST_H
#define VJP_REPORTS_RENDER_SELFTEST_H

#include <stdio.h>

#include "reports/render/sink.h"
#include "reports/selftest/ballot.h"
#include "reports/selftest/score.h"

/* What "vjpcheck selftest" found. */
struct vjp_selftest_record {
    const char *version;
    uint64_t seed; /* of the first campaign against each plant */
    int seeds;
    int64_t dim_max;
    const struct vjp_kill *kills;
    int n_kills;
    struct vjp_score all; /* of the kills */
    const struct vjp_ballot *ballot;
    const struct vjp_alarms *alarms;
    double seconds;
};

struct vjp_selftest_style {
    bool colour;
    bool only_missed; /* leave out classes of which every plant was caught */
};

/* For people: a table of fault classes, plants that were missed with what asks them again, false alarms, other people's
 * rules beside, and as the last line the conclusion. */
void vjp_selftest_print(const struct vjp_selftest_record *record,
                        const struct vjp_selftest_style *style, FILE *out);

/* JSON lines: of type "plant" each, "rule" each, "alarm" each, and a "summary" as the last. */
VJP_MUST_CHECK enum vjp_status vjp_selftest_write(struct vjp_sink *sink,
                                                  const struct vjp_selftest_record *record,
                                                  struct vjp_error *error);

#endif
