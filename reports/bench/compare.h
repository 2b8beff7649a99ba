/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_COMPARE_H
#define VJP_REPORTS_BENCH_COMPARE_H

#include <stddef.h>

#include "cases/base/status.h"
#include "reports/bench/result.h"

/* What became of a kernel's speed on a case. An interval tells the noise within either run only: from one run
 * to the next a machine changes its frequency, by a fifth and more. So a change is one where the ratio of
 * the parts of the peak, which was measured in the same minute, says the same. */
enum vjp_change {
    VJP_CHANGE_NONE,   /* neither of those below: also where there is no interval */
    VJP_CHANGE_FASTER, /* all of the ratio's interval is above 1, by the clock and by the peak */
    VJP_CHANGE_SLOWER, /* all of it is below, by both */
    VJP_CHANGE_LOST, /* the kernel had a number and has none: no longer right, or no longer there */
    VJP_CHANGE_GAINED, /* the other way round */
};

struct vjp_comparison {
    const struct vjp_bench_result *before, *after; /* NULL: there is none */
    /* before's time / after's, above 1 where it became faster, from the lower end of the one median's interval
     * over the upper end of the other's, and the other way round. Each interval holds its median with 95 %, so
     * this one holds the ratio of the medians with 90 % or more (Bonferroni), in fact with much more where
     * both are as wide. NaN where one of them is not timed, or has no interval. */
    double ratio, low, high;
    double
        peak_ratio; /* the same of the parts of the peak, from which the frequency of the moment has
                          gone; NaN where one is not known */
    enum vjp_change change;
};

/* Pairs results of the same case, threads among it, and target, in the order of after, and behind them what
 * only before has. VJP_ERR_USAGE where one list has two of the same. The array is the caller's to free; what it
 * points to must outlive it. */
VJP_MUST_CHECK enum vjp_status vjp_compare(const struct vjp_bench_result *before, size_t n_before,
                                           const struct vjp_bench_result *after, size_t n_after,
                                           struct vjp_comparison **out, size_t *count,
                                           struct vjp_error *error);

/* Whether a comparison is worse than a ratio that is demanded: below it by the clock and, where that is known,
 * by the peak; or LOST. */
bool vjp_comparison_is_below(const struct vjp_comparison *comparison, double least);

#endif
