/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_AHEAD_H
#define VJP_REPORTS_CLI_AHEAD_H

#include "cases/line/list.h"
#include "reports/cli/truth.h"

/* The truth about many cases, derived by threads ahead of the one who asks and handed out in the order
 * of the cases: what comes of a run does not depend on how many threads there are. */
struct vjp_ahead;

#define VJP_JOBS_MAX 256

/* A case with its values and its truth. */
struct vjp_prepared {
    const struct vjp_case *c;
    struct vjp_data data;
    struct vjp_truth truth; /* has the references of the conventions that were asked for */
    /* NULL, or: there is no truth, since a stage of the case gives the next what it does not take, in the words
     * of vjp_reference_check_domains. */
    const char *left_out;
};

struct vjp_ahead_plan {
    const struct vjp_case_list *cases;
    int jobs; /* threads, 1 to VJP_JOBS_MAX */
    enum vjp_oracle oracle;
    /* Lists the conventions at kinks that the truth of a case is wanted for, at most
     * VJP_CONVENTIONS_MAX, and returns their number; 0 leaves the case out. Is called by several
     * threads at a time. */
    int (*conventions)(const void *env, const struct vjp_case *c, struct vjp_kinks *out);
    const void *env;
};

/* What a machine can do at a time: the number of processors this process may use, at most VJP_JOBS_MAX. */
int vjp_ahead_jobs(void);

/* Starts the threads. What the plan points to must outlive *out. VJP_ERR_INTERNAL where the system gives
 * no thread. */
VJP_MUST_CHECK enum vjp_status vjp_ahead_start(const struct vjp_ahead_plan *plan,
                                               struct vjp_ahead **out, struct vjp_error *error);

/* Waits for the next case: *out is NULL after the last one, and else valid until the next call. A case
 * that could not be prepared fails, with *out NULL and *which the case; so does every call from then on. */
VJP_MUST_CHECK enum vjp_status vjp_ahead_next(struct vjp_ahead *ahead, struct vjp_prepared **out,
                                              const struct vjp_case **which,
                                              struct vjp_error *error);

/* Ends the threads, each after the case it has in hand. NULL is nothing. */
void vjp_ahead_stop(struct vjp_ahead *ahead);

#endif
