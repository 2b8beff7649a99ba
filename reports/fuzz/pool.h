/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_FUZZ_POOL_H
#define VJP_REPORTS_FUZZ_POOL_H

#include "cases/spec/case.h"

/* The cases on which right answers came closest to their bounds: what a search for larger errors begins with. */

/* Cases that are kept of each kernel and dtype. */
#define VJP_POOL_KEPT 8

struct vjp_pool_entry {
    struct vjp_case c;
    double ratio; /* of the error to the bound: finite, above 0 */
};

/* Of one kernel in one dtype. */
struct vjp_pool_group {
    char *target; /* "naive:linear" */
    enum vjp_dtype dtype;
    int count;
    struct vjp_pool_entry entry[VJP_POOL_KEPT]; /* the largest ratio first */
};

/* A zeroed struct is empty; to be cleared. */
struct vjp_pool {
    struct vjp_pool_group *group; /* in the order in which they came */
    int n_groups;
};

/* Keeps a copy of the case if its ratio is among the largest. A ratio that is 0 or no number is nothing to climb
 * from. */
VJP_MUST_CHECK enum vjp_status vjp_pool_add(struct vjp_pool *pool, const char *target,
                                            const struct vjp_case *c, double ratio,
                                            struct vjp_error *error);
void vjp_pool_clear(struct vjp_pool *pool);

#endif
