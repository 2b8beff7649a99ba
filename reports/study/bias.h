/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_BIAS_H
#define VJP_REPORTS_STUDY_BIAS_H

#include <stdint.h>

/* Whether errors have a mean other than zero: Student's t-test of one sample. Sums, not the errors, so that samples may be
 * joined. A zeroed struct has seen nothing. */
struct vjp_bias_sums {
    int64_t n;
    double sum, squares;
};

struct vjp_bias {
    int64_t n;
    double mean;
    double
        share; /* mean^2 / mean square: how much of the squared error is systematic, 0 to 1; 0 where all are 0 */
    double t; /* mean / (s / sqrt n) */
    double p; /* of a |t| as large, were the mean 0; 1 where nothing is known */
};

void vjp_bias_add(struct vjp_bias_sums *sums, double error);
void vjp_bias_join(struct vjp_bias_sums *sums, const struct vjp_bias_sums *more);

/* Not known, p = 1, of fewer than 2 errors or of errors that are not finite. */
struct vjp_bias vjp_bias_find(const struct vjp_bias_sums *sums);

#endif
