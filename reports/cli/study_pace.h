/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_STUDY_PACE_H
#define VJP_REPORTS_CLI_STUDY_PACE_H

#include "reports/render/terminal.h"

/* How far a study, or another command of many parts, is, and how long it will take: a line on the standard error. */
struct vjp_study_pace {
    struct vjp_progress progress;
    double start;
    double done, all; /* work, in any unit: for the time that is left */
    double skipped;   /* of done: was done before */
    double
        end; /* on the clock: it is over then, whatever is left; 0: it is over when all is done */
};

/* From now on. all is the caller's to set. */
void vjp_study_pace_begin(struct vjp_study_pace *out);

/* So much work is done; skipped: it was done before. */
void vjp_study_pace_step(struct vjp_study_pace *pace, double work, bool skipped, const char *what);

#endif
