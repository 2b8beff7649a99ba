/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_TRIAL_H
#define VJP_REPORTS_CLI_TRIAL_H

#include "cases/gen/campaign.h"
#include "cases/line/list.h"
#include "reports/cli/examine.h"
#include "reports/selftest/score.h"

/* A plant is asked, as any kernel would be, until it is caught: until it fails with its verdict or one that is alike. */
struct vjp_trial {
    struct vjp_targets *targets; /* the plant's plug-in alone */
    enum vjp_verdict named;
    /* Is given the failure that catches it, while its answers and the truth are there; NULL: nobody is. */
    enum vjp_status (*witness)(void *env, int kernel, const struct vjp_question *question,
                               const struct vjp_finding *finding, struct vjp_error *error);
    void *env;

    /* What came of it; to be cleared. */
    struct vjp_try result;
    bool has_other; /* it failed otherwise before, the first time so: */
    enum vjp_verdict other;
    struct vjp_case c; /* that caught it, with this kernel of the plug-in */
    int kernel;
    double ratio; /* of the worst error to its bound; 0 where nothing was measured */
    char *replay;
};

/* Asks the cases of the campaign over what the plant serves, at most so many and for so many seconds. Begins in a fresh
 * process. VJP_ERR_USAGE where the plant serves nothing. */
VJP_MUST_CHECK enum vjp_status vjp_trial_campaign(struct vjp_trial *trial,
                                                  const struct vjp_campaign *campaign,
                                                  int64_t cases, double seconds,
                                                  struct vjp_error *error);

/* The same with the cases of a list, those that the plant serves. */
VJP_MUST_CHECK enum vjp_status vjp_trial_list(struct vjp_trial *trial,
                                              const struct vjp_case_list *cases, double seconds,
                                              struct vjp_error *error);

void vjp_trial_clear(struct vjp_trial *trial);

#endif
