/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_FIT_H
#define VJP_REPORTS_STUDY_FIT_H

#include <stdbool.h>

/* The exponent of a power law, y = c x^slope, from points that scatter. */
struct vjp_fit {
    bool known; /* else the rest means nothing */
    int points; /* that were fitted */
    double slope;
    double low, high; /* of its confidence interval */
    double intercept; /* log2 y at x = 1 */
};

#define VJP_FIT_CONFIDENCE 0.95

/* Fits a line to (log2 x, log2 y) by iteratively reweighted least squares with the bisquare weights, which let a point
 * far off count for little (GSL, gsl_multifit_robust; Holland and Welsch, Comm. Statist. A6, 1977). The interval is slope
 * +- t s, t the quantile of Student's t with points - 2 degrees of freedom. Points that are not finite and above 0 are
 * left out. Not known with fewer than 3 points or 3 different x, or where memory has ended. */
struct vjp_fit vjp_fit_power(int n, const double *x, const double *y);

#endif
