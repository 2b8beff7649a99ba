/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_INQUIRY_H
#define VJP_REPORTS_CLI_INQUIRY_H

#include "reports/cli/examine.h"
#include "reports/cli/truth.h"

/* One case with its values and the truth about it, for who asks case by case. Parts point at each other: it stays where
 * it is. A zeroed struct is empty. */
struct vjp_inquiry {
    struct vjp_data data;
    struct vjp_truth truth;
    struct vjp_question question; /* for kernels of one convention at kinks */
};

/* c must outlive *out, which is to be cleared, on failure too. VJP_ERR_USAGE and VJP_ERR_LIMIT where the case has no
 * truth that the oracle finds. */
VJP_MUST_CHECK enum vjp_status vjp_inquiry_make(const struct vjp_case *c, enum vjp_oracle oracle,
                                                struct vjp_kinks kinks, struct vjp_inquiry *out,
                                                struct vjp_error *error);
void vjp_inquiry_clear(struct vjp_inquiry *inquiry);

#endif
