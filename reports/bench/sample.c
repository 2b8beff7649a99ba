/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/sample.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

double vjp_sample_quantile(const double *sorted, int64_t n, double p)
{
    const double at = p * (double)(n - 1);
    const int64_t below = (int64_t)at;
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

int64_t vjp_sample_rank(int64_t n)
{
    /* P(B(n, 1/2) = i) by logarithms: 2^-n underflows for n > 1074. */
    const double size = (double)n;
    double missed = 0;
    int64_t k = 0;
    for (; k < n / 2; k++) {
        const double i = (double)k;
        missed += exp(lgamma(size + 1) - lgamma(i + 1) - lgamma(size - i + 1) - size * log(2.0));
        if (2 * missed > 0.05)
            break;
    }
    return k;
}

void vjp_sample_make(double *values, int64_t n, struct vjp_sample *out)
{
    *out =
        (struct vjp_sample){.n = n, .median = NAN, .q1 = NAN, .q3 = NAN, .low = NAN, .high = NAN};
    if (n == 0)
        return;
    qsort(values, (size_t)n, sizeof *values, compare);
    out->median = vjp_sample_quantile(values, n, 0.5);
    out->q1 = vjp_sample_quantile(values, n, 0.25);
    out->q3 = vjp_sample_quantile(values, n, 0.75);
    const int64_t k = vjp_sample_rank(n);
    if (k > 0) {
        out->low = values[k - 1];
        out->high = values[n - k];
    }
}

double vjp_sample_spread(const struct vjp_sample *sample)
{
    return (sample->q3 - sample->q1) / sample->median;
}
