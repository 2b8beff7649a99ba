/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_STUDY_CONDITION_H
#define VJP_REPORTS_CLI_STUDY_CONDITION_H

#include "reports/cli/study_axis.h"

/* Data whose gradient elements have a condition number 2 S / |g| that is asked for: the generator cancel makes every line
 * of one operand cancel against one line of its partner, so that all elements do where the partner has a single line. */
struct vjp_study_cancel {
    int slot; /* whose values are cancel:C */
    double
        gain; /* the condition that comes of cancel:1e4, over 1e4: GenDot's S is that of many terms */
    struct vjp_study_axis axis; /* with the partner's other dimension held at 1 */
};

/* Terms of an element. */
#define VJP_STUDY_CANCEL_TERMS 64

/* Elements count for a target where their condition is within this factor of it. */
#define VJP_STUDY_CANCEL_FACTOR 4.0

/* Finds the slot, and the dimension to hold, with which most elements come near their target, by asking the oracle.
 * VJP_ERR_USAGE where none does. */
VJP_MUST_CHECK enum vjp_status vjp_study_cancel_find(const struct vjp_study_axis *axis,
                                                     struct vjp_study_cancel *out,
                                                     struct vjp_error *error);

/* A case of so many elements for the target; *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_study_cancel_case(const struct vjp_study_cancel *cancel,
                                                     double target, int64_t elements, uint64_t seed,
                                                     struct vjp_case *out, struct vjp_error *error);

/* Whether an element is near the target. */
bool vjp_study_cancel_is_near(double target, double scale, double exact);

#endif
