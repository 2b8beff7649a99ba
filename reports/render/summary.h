/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_SUMMARY_H
#define VJP_REPORTS_RENDER_SUMMARY_H

#include <stdio.h>

#include "cases/base/status.h"
#include "cases/base/text.h"
#include "reports/render/record.h"

/* Failures of one kernel and verdict that are kept in full: the smallest cases. The others are
 * counted; the JSON stream has them all. */
#define VJP_SUMMARY_SHOWN 3

/* Why a kernel declined, in its own words, and in how many cases. */
struct vjp_summary_decline {
    char *reason;
    int64_t count;
};

/* A line of the table: one kernel and dtype. */
struct vjp_summary_row {
    char *target;
    char *layer;
    char *dtype;
    struct vjp_totals totals;
    uint64_t asked;   /* a hash of the cases, whatever their order */
    double worst_ulp; /* over the records that were measured */
    double worst_ratio;
    bool measured;
    struct vjp_summary_decline
        *declines; /* most frequent first, of equals the one that was first */
    int n_declines;
    char *left_out; /* why the first of the cases that were left out was; NULL: none was */
};

struct vjp_summary_failure {
    char *reason;
    char *replay;
    int64_t elements;
};

/* The failures of one kernel with one verdict. */
struct vjp_summary_group {
    char *target;
    enum vjp_verdict verdict;
    int64_t count;
    int n_shown;
    struct vjp_summary_failure shown[VJP_SUMMARY_SHOWN]; /* smallest case first */
};

/* What a person is told at the end of a run. A zeroed struct is empty. */
struct vjp_summary {
    struct vjp_totals totals;
    struct vjp_summary_row *rows; /* kernels in the order of their first records */
    int n_rows;
    struct vjp_summary_group *groups;
    int n_groups;
};

VJP_MUST_CHECK enum vjp_status vjp_summary_add(struct vjp_summary *summary,
                                               const struct vjp_record *record,
                                               struct vjp_error *error);
void vjp_summary_clear(struct vjp_summary *summary);

/* The number of different kernels. */
int vjp_summary_kernels(const struct vjp_summary *summary);

/* What a run says as a whole. */
enum vjp_summary_state {
    VJP_SUMMARY_SOUND = 0,
    VJP_SUMMARY_FAILED,
    VJP_SUMMARY_NOTHING,    /* no conclusive verdict */
    VJP_SUMMARY_INCOMPLETE, /* nothing failed, but a run did not come to its end */
};

/* incomplete: runs that did not come to their end. */
enum vjp_summary_state vjp_summary_state(const struct vjp_summary *summary, int incomplete);

/* "failed", "sound", "nothing was tested", "incomplete". Static. */
const char *vjp_summary_state_name(enum vjp_summary_state state);

/* Adds a sentence or two: how many kernels and checks there were, and what came of them. */
void vjp_summary_headline(const struct vjp_summary *summary, int incomplete, struct vjp_text *out);

/* The gravest verdict's word; where there is none, "not run" or "left out". Static. */
const char *vjp_totals_worst(const struct vjp_totals *totals);

/* A plug-in that was named by a path is shown by its file's name, and without the kernel's name where that is the same:
 * "/tmp/mine.so:mine" as "mine.so". Writes to text, cut at size; good for a terminal. */
void vjp_summary_short_name(const char *target, char *text, int size);

struct vjp_summary_style {
    bool colour;
    bool only_failed; /* leave rows without a failure out of the table */
    double seconds;
};

/* Writes the table, why kernels declined, why cases were left out, the failures and, as the last line, the conclusion. */
void vjp_summary_print(const struct vjp_summary *summary, const struct vjp_summary_style *style,
                       FILE *out);

#endif
