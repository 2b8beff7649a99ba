/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_MERGING_H
#define VJP_REPORTS_CLI_MERGING_H

#include "reports/fuzz/seen.h"
#include "reports/render/report.h"

/* Streams that runs have saved, as one run: what is there twice counts once. A zeroed struct is empty; to be cleared. */
struct vjp_merging {
    struct vjp_report report;
    struct vjp_seen asked;    /* target and case */
    struct vjp_seen recorded; /* target, case and verdict */
    struct vjp_seen told;     /* runs, and what campaigns say of failures */
    int64_t duplicates;       /* records that were there already */
    int64_t contrary;         /* that were there with another verdict: kept */
    double seconds;           /* of all runs */
};

/* Opens what the options ask for. n_files: for the title. */
VJP_MUST_CHECK enum vjp_status vjp_merging_begin(const struct vjp_report_options *options,
                                                 int n_files, struct vjp_merging *out,
                                                 struct vjp_error *error);

/* Adds a file; "-": the standard input. VJP_ERR_USAGE, with file and line, where a line is none of a stream. That the run
 * was cut off is told on the standard error, and counted. */
VJP_MUST_CHECK enum vjp_status vjp_merging_add(struct vjp_merging *merging, const char *path,
                                               struct vjp_error *error);

/* Completes the files and prints the summary; the seconds are those of the runs. */
VJP_MUST_CHECK enum vjp_status vjp_merging_end(struct vjp_merging *merging,
                                               const struct vjp_report_options *options,
                                               struct vjp_error *error);

/* What was there twice. */
void vjp_merging_print(const struct vjp_merging *merging, FILE *out);

/* The exit code: 1 where a kernel failed; 2 where nothing was tested, which is told, or a run was cut off. */
int vjp_merging_conclude(const struct vjp_merging *merging);

void vjp_merging_clear(struct vjp_merging *merging);

#endif
