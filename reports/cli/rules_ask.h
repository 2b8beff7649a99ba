/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_RULES_ASK_H
#define VJP_REPORTS_CLI_RULES_ASK_H

#include "reports/cli/targets.h"
#include "reports/selftest/ruling.h"

/* A kernel whose answers are shown to the rules. */
struct vjp_rules_kernel {
    struct vjp_target *target;
    int kernel;
    const char *label;
    bool defect;
    struct vjp_target *beside; /* of a defect: a correct kernel, to see whether it shows */
    int beside_kernel;
    bool wanted; /* it is asked */

    /* What came; the answers lie in memory of the kernel's. */
    struct vjp_ruling_answer *answer;
    int count;
    bool failed;   /* a call gave no answer */
    char why[512]; /* there is none; or empty */
};

/* Room for so many answers of each, and none of them. */
VJP_MUST_CHECK enum vjp_status vjp_rules_begin(struct vjp_rules_kernel *kernels, int count,
                                               int samples, struct vjp_error *error);
void vjp_rules_end(struct vjp_rules_kernel *kernels, int count);

/* Asks each kernel that is wanted for the gradient of an input of a case, at either end of its pages, and adds what the
 * rules and the bound of its model say of it. Kernels that gave no answer before are not asked again. Numerical
 * differences are not taken: at these sizes they are beyond any patience. VJP_ERR_USAGE or VJP_ERR_LIMIT where the
 * oracle does not take the case. */
VJP_MUST_CHECK enum vjp_status vjp_rules_ask(const struct vjp_case *c, int input,
                                             struct vjp_rules_kernel *kernels, int count,
                                             struct vjp_error *error);

#endif
