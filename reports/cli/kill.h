/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_KILL_H
#define VJP_REPORTS_CLI_KILL_H

#include "cases/gen/campaign.h"
#include "reports/selftest/ballot.h"
#include "reports/selftest/score.h"

/* A plant before the pipeline. */

/* After so long a call of a plant is hung: each is asked for again in a fresh process, and the cases are small. */
#define VJP_KILL_TIMEOUT 1.0

/* What is asked of plants. */
struct vjp_kill_plan {
    const char *folder;           /* where NAME.so are */
    struct vjp_campaign campaign; /* of the first try; the next has the next seed */
    int64_t cases;                /* at most, of one try */
};

/* A plant, what came of it, and the case that caught it first. A zeroed struct but for kill.plant has seen nothing;
 * clear it. */
struct vjp_victim {
    struct vjp_kill kill;
    char *path;        /* of the plug-in */
    struct vjp_case c; /* spec NULL: none yet */
    int kernel;
    double ratio;
};

/* Makes the victim's next try, for so many seconds; 0: there is no time, and it counts as not run. Where it is the first
 * and does not catch the plant, the cases of the plant's file are asked, of one that names none the built-in cases of its
 * layer. The jury is asked about the answer of the first failure that catches it. */
VJP_MUST_CHECK enum vjp_status vjp_victim_try(struct vjp_victim *victim,
                                              const struct vjp_kill_plan *plan, double seconds,
                                              struct vjp_ballot *ballot, struct vjp_error *error);

/* Makes the case that caught it small, for so many seconds. */
VJP_MUST_CHECK enum vjp_status vjp_victim_shrink(struct vjp_victim *victim,
                                                 const struct vjp_kill_plan *plan, double seconds,
                                                 struct vjp_error *error);

void vjp_victim_clear(struct vjp_victim *victim);

#endif
