/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_MODEL_H
#define VJP_CASES_BASE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/dtype.h"

/* The elements of the subdifferential that a kernel takes at a kink, where it says. ANY: all of them
 * are right. A point kink is that of one argument: relu(0), |0|, a hinge's corner; a tie is that of a
 * maximum whose largest arguments are equal. */
enum vjp_point_kink {
    VJP_POINT_ANY = 0,
    VJP_POINT_LOWER,  /* the lower end: 0 for relu, -1 for |x| */
    VJP_POINT_UPPER,  /* the upper end: 1 */
    VJP_POINT_MIDDLE, /* the middle: 1/2 for relu, 0 for |x| */
};

enum vjp_tie_kink {
    VJP_TIE_ANY = 0,
    VJP_TIE_FIRST, /* the first of the largest arguments, in row-major order, takes everything */
    VJP_TIE_LAST,
    VJP_TIE_SPLIT, /* equal shares */
};

struct vjp_kinks {
    enum vjp_point_kink point;
    enum vjp_tie_kink tie;
};

static inline bool vjp_kinks_are_equal(struct vjp_kinks a, struct vjp_kinks b)
{
    return a.point == b.point && a.tie == b.tie;
}

/* The error of exp, log, tanh, erf and the like, in units of u |result|, where a kernel does not
 * declare another. */
#define VJP_ULPS_DEFAULT 4

/* The most that a kernel may declare. */
#define VJP_ULPS_MAX 1000

/* How a kernel says that it computes: what the error bound is derived from. Operations are each
 * rounded to nearest in the format accumulate, sums in any order, with or without FMA; elementary
 * functions are off by at most ulps u |result|; the result is rounded once more to the dtype where
 * that is narrower. */
struct vjp_model {
    enum vjp_dtype accumulate;
    bool flushes; /* results below the normal range may become zero */
    bool
        narrow_operands; /* operands of inner products that are computed are rounded to the dtype */
    int ulps;            /* at least 1 */
    uint32_t wants_saved; /* bit k: the kernel is given saved value k of the spec, rounded once */
};

#endif
