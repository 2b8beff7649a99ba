/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/bias.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

void vjp_bias_add(struct vjp_bias_sums *sums, double error)
{
    sums->n++;
    sums->sum += error;
    sums->squares += error * error;
}

void vjp_bias_join(struct vjp_bias_sums *sums, const struct vjp_bias_sums *more)
{
    sums->n += more->n;
    sums->sum += more->sum;
    sums->squares += more->squares;
}

struct vjp_bias vjp_bias_find(const struct vjp_bias_sums *sums)
{
    const double n = (double)sums->n;
    struct vjp_bias bias = {.n = sums->n, .p = 1};
    if (sums->n < 2 || !isfinite(sums->squares) || sums->squares == 0)
        return bias;
    bias.mean = sums->sum / n;
    bias.share = fmin(bias.mean * bias.mean / (sums->squares / n), 1);
    /* squares - n mean^2, in which everything cancels where all errors are alike: then t is large anyway. */
    const double rest = fmax(sums->squares * (1 - bias.share), sums->squares * 0x1p-50);
    bias.t = bias.mean / sqrt(rest / (n - 1) / n);
    bias.p = 2 * gsl_cdf_tdist_Q(fabs(bias.t), n - 1);
    return bias;
}
