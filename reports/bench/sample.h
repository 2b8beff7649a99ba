/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_SAMPLE_H
#define VJP_REPORTS_BENCH_SAMPLE_H

#include <stdint.h>

/* What is said of repeated measurements of one quantity. All of it are order statistics: nothing is
 * assumed of how times are distributed, which is not normal. */
struct vjp_sample {
    int64_t n;
    double median, q1, q3;
    /* The ends of an interval that holds the true median with a probability of 95 % or more, for
     * measurements that are independent; NaN where n < VJP_SAMPLE_INTERVAL_MIN. */
    double low, high;
};

/* With fewer, even all of the range holds the median with less than 95 %: 1 - 2 / 2^5 = 0.94. */
#define VJP_SAMPLE_INTERVAL_MIN 6

/* Sorts the values, and summarizes them. n = 0: everything is NaN. */
void vjp_sample_make(double *values, int64_t n, struct vjp_sample *out);

/* The value below which the part p of the sorted values lies, interpolated (Hyndman and Fan 1996,
 * definition 7). n >= 1. */
double vjp_sample_quantile(const double *sorted, int64_t n, double p);

/* The interval of the median is from the k-th smallest to the k-th largest value, for the largest k with
 * which its probability is 95 % or more; 0: there is none.
 *
 * Each of n independent values lies below the true median with probability 1/2, so the number of those
 * that do is binomial, B(n, 1/2), whatever their distribution. The k-th smallest is above the median
 * where fewer than k lie below it; so the interval misses with probability 2 P(B(n, 1/2) < k) (David and
 * Nagaraja, Order Statistics, section 7.1). */
int64_t vjp_sample_rank(int64_t n);

/* (q3 - q1) / median. */
double vjp_sample_spread(const struct vjp_sample *sample);

#endif
