/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_REPORT_H
#define VJP_REPORTS_RENDER_REPORT_H

#include "reports/render/annex.h"
#include "reports/render/campaign.h"
#include "reports/render/dossier.h"
#include "reports/render/junit.h"
#include "reports/render/record.h"
#include "reports/render/sarif.h"
#include "reports/render/sink.h"
#include "reports/render/summary.h"
#include "reports/render/terminal.h"

/* Every rendering of one run together, or of several that were saved: what hands its records over does not know which
 * of them are asked for. */

enum vjp_rendering {
    VJP_RENDER_JSON = 0,
    VJP_RENDER_JUNIT,
    VJP_RENDER_SARIF,
    VJP_RENDER_TAP,
    VJP_RENDER_MARKDOWN,
    VJP_RENDER_HTML,
    VJP_RENDERINGS,
};

/* "json". Static. */
const char *vjp_rendering_name(enum vjp_rendering rendering);

struct vjp_report {
    struct vjp_sink sink[VJP_RENDERINGS]; /* file NULL: not asked for */
    struct vjp_junit junit;
    struct vjp_sarif sarif;
    struct vjp_summary summary;
    struct vjp_dossier dossier; /* filled where a rendering shows it */
    struct vjp_campaigns campaigns;
    struct vjp_annex annex;
    struct vjp_progress progress;
    int64_t checks;   /* expected, for the progress line */
    char version[64]; /* of vjpcheck */
    char title[128];  /* what the summary begins with */
    int incomplete;   /* saved runs that did not come to their end */
    double start;     /* seconds on the monotonic clock */
    bool keeps;       /* whether the dossier is filled */
    bool details;     /* whether some rendering shows more of a failure than counts */
    bool printed;     /* the summary */
};

struct vjp_report_options {
    /* Paths, "-" for the standard output, NULL for none. */
    const char *json, *junit, *sarif, *tap, *markdown, *html;
    bool github; /* annotations, and the step's summary where $GITHUB_STEP_SUMMARY names a file */
    bool only_failed;
};

/* The path that is given for a rendering, or NULL. */
const char *vjp_report_path(const struct vjp_report_options *options, enum vjp_rendering rendering);

/* VJP_ERR_USAGE where two of them go to one place. */
VJP_MUST_CHECK enum vjp_status vjp_report_check(const struct vjp_report_options *options,
                                                struct vjp_error *error);

/* Opens the files and writes the header. */
VJP_MUST_CHECK enum vjp_status vjp_report_begin(const struct vjp_report_options *options,
                                                const struct vjp_run_header *header,
                                                struct vjp_report *out, struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status
vjp_report_add(struct vjp_report *report, const struct vjp_record *record, struct vjp_error *error);

/* What a campaign was, and what it says of a failure. */
VJP_MUST_CHECK enum vjp_status vjp_report_add_campaign(struct vjp_report *report,
                                                       const struct vjp_campaign_record *campaign,
                                                       struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_report_add_find(struct vjp_report *report,
                                                   const struct vjp_find_record *find,
                                                   struct vjp_error *error);

/* Of a saved stream: what ran where, what other commands wrote, and a line of a type that is not known here. */
VJP_MUST_CHECK enum vjp_status vjp_report_add_run(struct vjp_report *report,
                                                  const struct vjp_run_info *run,
                                                  struct vjp_error *error);

/* A line that vjp_annex_takes. */
VJP_MUST_CHECK enum vjp_status vjp_report_add_annex(struct vjp_report *report,
                                                    const struct vjp_stream_line *line,
                                                    struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_report_add_other(struct vjp_report *report, const char *type,
                                                    struct vjp_error *error);

/* Where people are told: the standard output, or the standard error where a rendering has that. */
FILE *vjp_report_out(const struct vjp_report *report);

/* Prints the summary, once. */
VJP_MUST_CHECK enum vjp_status vjp_report_print(struct vjp_report *report,
                                                const struct vjp_report_options *options,
                                                struct vjp_error *error);

/* Completes the files, then prints the summary if it was not. */
VJP_MUST_CHECK enum vjp_status vjp_report_end(struct vjp_report *report,
                                              const struct vjp_report_options *options,
                                              struct vjp_error *error);

/* Ended or not; files that were not completed keep their partial names. */
void vjp_report_clear(struct vjp_report *report);

#endif
