/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_SARIF_H
#define VJP_REPORTS_RENDER_SARIF_H

#include "cases/base/text.h"
#include "reports/render/record.h"
#include "reports/render/sink.h"

/* SARIF 2.1.0 (OASIS standard, 2020): a log of one run, a result for each failure. The rule is the verdict, its id
 * "vjpcheck/wrong"; partialFingerprints hold what the finding is known by from run to run, a hash of kernel, verdict and
 * case; the location is the plug-in's file and the kernel in it. */

/* The large hosting site takes no more results from one run; those beyond are counted, and told in the log. */
#define VJP_SARIF_RESULTS_MAX 25000

/* A zeroed struct is empty; to be cleared. */
struct vjp_sarif {
    struct vjp_text results; /* the elements of the array, with commas between them */
    int64_t count;
    int64_t left_out;
};

/* Records that are no failure are not taken. */
VJP_MUST_CHECK enum vjp_status
vjp_sarif_add(struct vjp_sarif *sarif, const struct vjp_record *record, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_sarif_write(const struct vjp_sarif *sarif, const char *version,
                                               struct vjp_sink *sink, struct vjp_error *error);
void vjp_sarif_clear(struct vjp_sarif *sarif);

/* The name of the file of a target: "./a b.so:kernel" gives "./a b.so". Writes to text, cut at size; returns text. */
char *vjp_sarif_file(const char *target, char *text, size_t size);

#endif
