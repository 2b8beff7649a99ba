/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_SHAPE_H
#define VJP_CASES_BASE_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"

/* Limits on what a case may ask for. They keep every product of sizes far inside int64_t; a shape
 * past 2^31 elements stays possible, because 32-bit index overflow is a fault to look for. */
#define VJP_RANK_MAX    32                 /* as NumPy 1 has it */
#define VJP_DIM_MAX     (INT64_C(1) << 32) /* one dimension */
#define VJP_STORAGE_MAX (INT64_C(1) << 38) /* bytes of one operand, padding included: 256 GiB */

/* The shape of a tensor, outermost dimension first. Rank 0 is a scalar with one element. */
struct vjp_shape {
    int rank;
    int64_t dim[VJP_RANK_MAX];
};

/* The number of elements, the product of the dimensions: 1 for rank 0, 0 if any dimension is 0.
 * VJP_ERR_LIMIT if it does not fit an int64_t, VJP_ERR_USAGE for a negative dimension. */
VJP_MUST_CHECK enum vjp_status vjp_shape_count(const struct vjp_shape *shape, int64_t *out,
                                               struct vjp_error *error);

bool vjp_shape_is_equal(const struct vjp_shape *a, const struct vjp_shape *b);

/* Sets out to the dimensions of a followed by those of b: the shape of a generalized Jacobian.
 * VJP_ERR_LIMIT if there are more than VJP_RANK_MAX. */
VJP_MUST_CHECK enum vjp_status vjp_shape_concat(const struct vjp_shape *a,
                                                const struct vjp_shape *b, struct vjp_shape *out,
                                                struct vjp_error *error);

/* Writes "2x3", or "scalar" for rank 0, cut at size, and returns text. */
char *vjp_shape_text(const struct vjp_shape *shape, char *text, int size);

/* Writes the multi-index of element i in row-major order as "[1,0,2]", cut at size, and returns
 * text. The shape's count must fit and i lie in it. */
char *vjp_shape_index_text(const struct vjp_shape *shape, int64_t i, char *text, int size);

#endif
