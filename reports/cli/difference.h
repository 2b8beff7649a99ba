/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_DIFFERENCE_H
#define VJP_REPORTS_CLI_DIFFERENCE_H

#include "reports/render/summary.h"

/* What got better or worse between two runs, "before" and "after", by kernel and case. */

/* A kernel's verdict on a case. Of several in one file the worst. */
struct vjp_answered {
    char *target;
    char *line;
    char *replay;
    bool ran;
    enum vjp_verdict verdict;
};

/* A run. A zeroed struct is empty; to be cleared. */
struct vjp_history {
    struct vjp_answered *answered;
    size_t count, capacity;
    struct vjp_summary summary; /* by kernel and dtype */
};

/* Reads a stream that "check --json", "fuzz --json" or "merge --json" wrote. VJP_ERR_USAGE where it is none, was cut off,
 * or has no record. *out is to be cleared in any case. */
VJP_MUST_CHECK enum vjp_status vjp_history_read(const char *path, struct vjp_history *out,
                                                struct vjp_error *error);
void vjp_history_clear(struct vjp_history *history);

enum vjp_trend {
    VJP_TREND_SAME = 0,
    VJP_TREND_BETTER,
    VJP_TREND_OTHER, /* neither, as a failure that is now unsupported */
    VJP_TREND_WORSE,
};

/* From one verdict to another, ran false: there is none. Worse: a failure where there was none, or a graver one; pass where
 * there was exact; a case that said something and now says nothing. Better: the other way round. */
enum vjp_trend vjp_trend_of(bool ran_before, enum vjp_verdict before, bool ran_after,
                            enum vjp_verdict after);

struct vjp_difference {
    int rows[VJP_TREND_WORSE + 1];      /* kernels and dtypes, by trend */
    int rows_new, rows_gone;            /* gone is worse, where they had said something */
    int64_t cases[VJP_TREND_WORSE + 1]; /* that are in both runs */
    int64_t appeared, vanished;
};

/* Compares and prints: a row for each kernel and dtype that changed, the cases that got worse with the commands that
 * replay them, the counts. A row is worse where its worst verdict is, or where its largest error is more than slack times
 * what it was of the bound; slack is at least 1. VJP_ERR_USAGE where the runs have no kernel and dtype in common. */
VJP_MUST_CHECK enum vjp_status vjp_difference_print(struct vjp_history *before,
                                                    struct vjp_history *after, double slack,
                                                    FILE *out, struct vjp_difference *difference,
                                                    struct vjp_error *error);

/* Whether something is worse. */
bool vjp_difference_is_worse(const struct vjp_difference *difference);

#endif
