/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_REPLAY_H
#define VJP_REPORTS_STUDY_REPLAY_H

#include "cases/base/dtype.h"
#include "reports/study/probe.h"
#include "reports/study/rounded.h"
#include "reports/study/tree.h"

/* The same sum in software: the tree, and an arithmetic. */
struct vjp_replay {
    const struct vjp_tree *tree;
    enum vjp_dtype accumulate;          /* every addition and product is rounded to it */
    enum vjp_rounding rounding;         /* of additions, fused ones among them */
    enum vjp_rounding product_rounding; /* of products that are rounded by themselves */
    enum vjp_rounding result_rounding;  /* of what is rounded to dtype */
    const enum vjp_product
        *product; /* by leaf: fused with the addition above it, or rounded; UNKNOWN as rounded */
    enum vjp_dtype dtype; /* of the result, rounded once more where it is another */
    /* NULL, or by node: its sum is rounded to dtype after it was to accumulate (vjp_probe_widths). */
    const char *narrow;
};

/* The bits of the sum of a[k] b[k], k < leaves. a and b are numbers of the dtype, or of the accumulator. A fused
 * addition of several children adds them without rounding in between, by a sum in long double that is exact where they
 * are not too far apart, and rounds once. value: room for every node of the tree. */
uint64_t vjp_replay_sum(const struct vjp_replay *replay, const double *a, const double *b,
                        double *value);

#endif
