/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_REDUCE_H
#define VJP_REPORTS_CLI_REDUCE_H

#include "cases/shrink/explain.h"
#include "reports/cli/targets.h"
#include "reports/cli/truth.h"
#include "reports/verdict/verdict.h"

/* A failure made small and explained. */

/* A kernel's failure on a case. */
struct vjp_failure {
    struct vjp_targets *targets;
    struct vjp_target *target;
    int kernel;
    enum vjp_oracle oracle;
    enum vjp_verdict verdict;
    double ratio; /* of the worst error to its bound; 0 where nothing was measured */
};

/* A zeroed struct is empty; to be cleared. */
struct vjp_reduced {
    struct vjp_shrunk shrunk;
    bool has_explanation;
    struct vjp_explanation explanation;
    char *reason; /* what is wrong in shrunk.literal */
};

/* Finds the smallest case that fails with the same verdict and an error that is still large, within so many seconds, and
 * what it depends on, within explain_seconds, for 0 not at all. A failure that came of what a process had done before is not looked at: *out is
 * empty. */
VJP_MUST_CHECK enum vjp_status vjp_reduce(const struct vjp_failure *failure,
                                          const struct vjp_case *c, double seconds,
                                          double explain_seconds, struct vjp_reduced *out,
                                          struct vjp_error *error);
void vjp_reduced_clear(struct vjp_reduced *reduced);

#endif
