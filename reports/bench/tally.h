/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_TALLY_H
#define VJP_REPORTS_BENCH_TALLY_H

#include <stdint.h>

#include "cases/base/status.h"
#include "reports/bench/result.h"

/* What is said of a kernel's speed beside its peer's over many cases: of every group of cases, such as those of one
 * dtype that ask for one gradient, apart. */
struct vjp_tally_row {
    char *kernel; /* "avx2:linear" */
    char *group;  /* "linear f32 dx" */
    int64_t cases;
    double logs;            /* sum of the logarithms of the speeds */
    int64_t faster, slower; /* all of a case's interval is above 1, or below */
    double least;
    char *least_line; /* the case of the least speed */
};

/* Rows in the order in which their first case came. A zeroed struct is empty. */
struct vjp_tally {
    struct vjp_tally_row *row;
    int count;
};

/* Counts a result that was timed and has a speed; leaves out any other. */
VJP_MUST_CHECK enum vjp_status vjp_tally_add(struct vjp_tally *tally, const char *group,
                                             const struct vjp_bench_result *result,
                                             struct vjp_error *error);

/* The geometric mean, by which a kernel and its peer change places where the speed becomes its reciprocal
 * (Fleming and Wallace 1986). cases >= 1. */
double vjp_tally_mean(const struct vjp_tally_row *row);

void vjp_tally_clear(struct vjp_tally *tally);

#endif
