/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_REPORT_H
#define VJP_REPORTS_RENDER_REPORT_H

#include "reports/render/junit.h"
#include "reports/render/record.h"
#include "reports/render/sink.h"
#include "reports/render/summary.h"
#include "reports/render/terminal.h"

/* Every rendering of one run together: what the run hands its records to. */
struct vjp_report {
    struct vjp_sink json_sink;  /* file NULL: not asked for */
    struct vjp_sink junit_sink; /* the same */
    struct vjp_junit junit;
    struct vjp_summary summary;
    struct vjp_progress progress;
    int64_t checks;  /* expected, for the progress line */
    char title[128]; /* what the summary begins with */
    double start;    /* seconds on the monotonic clock */
};

struct vjp_report_options {
    const char *json; /* a path, "-" for the standard output, NULL for none */
    const char *junit;
    bool only_failed;
};

/* Opens the files and writes the header. */
VJP_MUST_CHECK enum vjp_status vjp_report_begin(const struct vjp_report_options *options,
                                                const struct vjp_run_header *header,
                                                struct vjp_report *out, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status
vjp_report_add(struct vjp_report *report, const struct vjp_record *record, struct vjp_error *error);

/* Completes the files, then prints the summary to the standard output, or to the standard error
 * where a stream has the standard output. */
VJP_MUST_CHECK enum vjp_status vjp_report_end(struct vjp_report *report,
                                              const struct vjp_report_options *options,
                                              struct vjp_error *error);

/* Ended or not; files that were not completed keep their partial names. */
void vjp_report_clear(struct vjp_report *report);

#endif
