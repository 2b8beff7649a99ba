/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_EXTRACT_H
#define VJP_ORACLE_EXACT_EXTRACT_H

#include <stdbool.h>

/* Error-free vector transformations, on up to VJP_EXTRACT_MAX numbers at a time. The numbers lie in
 * arrays of VJP_EXTRACT_MAX doubles that are zero from n to the next multiple of VJP_EXTRACT_STEP; the
 * operands a and b have n elements. Round to nearest and no flushing to zero are assumed. */
#define VJP_EXTRACT_MAX  512
#define VJP_EXTRACT_STEP 16

/* Sums side by side, and how often numbers of them are taken, two each time. */
#define VJP_EXTRACT_LANES  8
#define VJP_EXTRACT_PASSES 2
#define VJP_EXTRACT_PARTS  (2 * VJP_EXTRACT_PASSES)

struct vjp_extract {
    int width; /* of a vector */

    /* p[k] = a[k] b[k], which must be exact; returns the magnitude of p: the sum of |p[k]|, rounded at
     * each addition, in some order. It is not below the largest |p[k]|. */
    double (*multiply)(const double *a, const double *b, double *p, int n);

    /* p[k] + r[k] = a[k] b[k], p[k] the rounded product. True if that is exact: no product is
     * infinite or NaN, and none so small that r[k] would lose bits. magnitude[0] is that of p,
     * magnitude[1] that of r. */
    bool (*multiply_error)(const double *a, const double *b, double *p, double *r, int n,
                           double magnitude[2]);

    /* Moves the leading bits of all p[k] into two numbers:
     *     sum of p[k] before = sum[0] + sum[1] + sum of p[k] after, exactly.
     * Sets magnitude, that of p before, to that of p after: at most 2^-94 n of the former, and 0 if and
     * only if all p[k] are. magnitude must be positive and below 2^1000. */
    void (*split)(double *p, int n, double *magnitude, double sum[2]);

    /* The same of VJP_EXTRACT_LANES sums side by side, those of the products a[k] b[k lanes + j], n of them, which must
     * be exact: sum j is that of sum[i lanes + j] over VJP_EXTRACT_PARTS i, the numbers that were taken, and of
     * n others, which are 0 if and only if magnitude[j] is then. Before, magnitude[j] is from the magnitude of the
     * products to 2^1000. What is no number in a lane, or too large, spoils that lane only. b, sum and magnitude
     * need no alignment; room: for n lanes numbers, the others, of which that of product k in lane j is at
     * (j / width n + k) width + j % width. */
    void (*split_columns)(const double *a, const double *b, int n, double *room, double *magnitude,
                          double *sum);
};

/* The ones for this machine, or those that run on any. Static; the results are the same but for the
 * rounding of magnitudes. */
const struct vjp_extract *vjp_extract_get(bool portable);

#endif
