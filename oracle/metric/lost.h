/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_LOST_H
#define VJP_ORACLE_METRIC_LOST_H

#include "cases/spec/data.h"
#include "oracle/metric/measure.h"

/* Terms that lie side by side in the sums of a gradient, and were not counted once. */
struct vjp_lost {
    int64_t from,
        to;        /* terms from to to - 1, in the order of the dimensions that are summed over */
    int64_t terms; /* of each sum */
    bool twice;    /* false: lost */
};

/* Looks for a block of terms whose sum is the error of each element that is outside, of the first VJP_LOST_ELEMENTS of
 * them: then it is these terms that are missing, and no rounding. Only of layers that are sums of products (linear,
 * matmul, conv2d) with sums of 2 to VJP_LOST_TERMS terms, and only where so many elements are not explained so by
 * chance, but in one case of a hundred or less, nor by several blocks. *found false: nothing was found. VJP_ERR_MEMORY. */
VJP_MUST_CHECK enum vjp_status vjp_lost_find(const struct vjp_case *c, const struct vjp_data *data,
                                             const struct vjp_reference *reference, int slot,
                                             const struct vjp_model *model,
                                             const struct vjp_tensor *got, bool *found,
                                             struct vjp_lost *out, struct vjp_error *error);

#define VJP_LOST_ELEMENTS 8
#define VJP_LOST_TERMS    2048

#endif
