/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_FILTER_H
#define VJP_ORACLE_EXACT_FILTER_H

#include "oracle/exact/block.h"
#include "oracle/exact/settled.h"

/* Rounds what vjp_block_product computed to a format, where the bound of its error leaves no doubt: both
 * ends of the interval round alike to nearest even, and rounding is monotone. Where s shows that every
 * partial sum was a double, s <= 2^53 2^(lowest_i + lowest_j), the interval is a point.
 *
 * Everything else is left open: infinite results and vectors that are not finite; for long elements
 * also results below 2^-1021. */
struct vjp_filter {
    const struct vjp_block *left, *right;
    const struct vjp_products *products;
    enum vjp_dtype dtype; /* short elements: bf16, f16 or f32; long ones: f64 */
};

/* The caller's storage, for as many elements as a row has columns. Where an element is open, its bits
 * and its tail mean nothing. */
struct vjp_filtered {
    void *bits; /* elements of the format */
    double *
        tail; /* the exact result less what bits is: within 2^-1070 and the bound of the product's error */
    uint8_t
        *by; /* enum vjp_settled_by: by the product, where that is exact, or else by the filter */
    int64_t products; /* how many by the product; of all columns, as if none were open */
    int64_t *open;    /* the columns left open, ascending */
    int64_t open_count;
};

/* The first cols columns of row i. */
void vjp_filter_row(const struct vjp_filter *filter, int64_t i, int64_t cols,
                    struct vjp_filtered *out);

#endif
