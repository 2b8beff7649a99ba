/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_STUDY_WIDE_H
#define VJP_REPORTS_CLI_STUDY_WIDE_H

#include <stdint.h>

#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "oracle/metric/reference.h"
#include "reports/study/parts.h"

/* The gradient of the operands of a case before they were rounded to its dtype: as the same line has them in f64. */
struct vjp_study_wide {
    int64_t count; /* elements; 0: nothing is known */
    double *exact; /* NaN: this one is not */
    double *terms; /* sqrt(sum t_i^2) / S; NULL: not known */
};

/* data: of the case. Known of dtypes below f64 where its operands are those of the line in f64, rounded. Terms are, where the
 * gradient is a sum of products that the oracle contracts at any size. */
VJP_MUST_CHECK enum vjp_status vjp_study_wide_find(const struct vjp_case *c,
                                                   const struct vjp_data *data, int slot,
                                                   struct vjp_study_wide *out,
                                                   struct vjp_error *error);
void vjp_study_wide_clear(struct vjp_study_wide *wide);

/* Adds a kernel's answer to the case, of which reference knows the truth. */
void vjp_study_wide_compare(const struct vjp_study_wide *wide,
                            const struct vjp_reference *reference, int slot,
                            const struct vjp_tensor *got, struct vjp_parts *parts);

#endif
