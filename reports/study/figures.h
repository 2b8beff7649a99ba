/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_FIGURES_H
#define VJP_REPORTS_STUDY_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "oracle/metric/deviation.h"
#include "reports/study/bias.h"

/* Elements of several answers gathered, and what they are in figures. */

struct vjp_gather {
    struct vjp_deviation *element; /* KNOWN and LOST ones */
    int64_t count, capacity;
    int64_t open;
    bool failed; /* memory has ended: some are missing */
};

/* A visitor for vjp_deviation_visit; env is the struct vjp_gather. */
void vjp_gather_visit(void *env, const struct vjp_deviation *deviation);
void vjp_gather_clear(struct vjp_gather *gather);

/* Order statistics by nearest rank: each is the value of an element, the smallest that at least so large a share of the
 * elements does not exceed. A tail that fewer than one element would stand for is NaN: p99 of fewer than 100, p999 of
 * fewer than 1000. */
struct vjp_quantiles {
    double p50, p99, p999, max;
};

/* Sorts the values. All NaN where there are none. */
struct vjp_quantiles vjp_quantiles_find(int64_t n, double *values);

/* omega = |error| / S, the componentwise backward error; relative = |error| / |g|; condition = 2 S / |g|. 0 / 0 is 0. A
 * LOST element has infinite errors, and is not correct and not faithful. */
struct vjp_figures {
    int64_t elements, lost, open; /* elements: KNOWN and LOST */
    int64_t terms_min, terms_max;
    double terms_mean;
    struct vjp_quantiles ulp, omega, relative, condition;
    double omega_rms;
    double correct, faithful;        /* shares */
    struct vjp_bias up, toward_zero; /* of error / (u S), and of that times - sign g */
};

/* False where memory has ended. Zeros, and quantiles of NaN, where there is none. */
bool vjp_figures_find(const struct vjp_gather *gather, double u, struct vjp_figures *out);

#endif
