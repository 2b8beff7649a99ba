/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_STRIDED_H
#define VJP_IMPLS_HOST_STRIDED_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/shape.h"

/* How the elements of a tensor lie in memory, set against the same elements in a contiguous
 * row-major array. The dimensions are ordered by their stride in memory, largest first, and merged
 * where they run on; so walking them walks upward through memory. */
struct vjp_strided {
    int bytes; /* of an element: 2, 4 or 8 */
    int rank;  /* at least 1 */
    int64_t dim[VJP_RANK_MAX];
    int64_t memory[VJP_RANK_MAX]; /* strides in memory, in elements */
    int64_t index[VJP_RANK_MAX];  /* strides in the contiguous array, in elements */
    int64_t count;                /* of elements */
    int64_t extent;               /* bytes from the first element to one past the last */
};

/* A stretch of elements that the innermost dimension spans: without gaps in memory. */
struct vjp_span {
    int64_t memory; /* where it begins, in bytes from the first element */
    int64_t bytes;  /* from its first element to one past its last */
    int64_t index;  /* of its first element in the contiguous array */
    int64_t at[VJP_RANK_MAX];
    bool begun;
};

/* Strides are positive, but for dimensions of size 1, whose strides do not matter, and of stride 0: the elements along
 * such a one are equal, and the first stands for all. No two other elements may lie in one place. */
void vjp_strided_init(struct vjp_strided *out, const struct vjp_shape *shape,
                      const int64_t *strides, int bytes);

/* Moves on to the next span, the first one of a zeroed *span. False at the end. */
bool vjp_strided_next(const struct vjp_strided *s, struct vjp_span *span);

/* Copies every element out of or into memory, where first is the first element's place. */
void vjp_strided_gather(const struct vjp_strided *s, const void *first, void *array);
void vjp_strided_scatter(const struct vjp_strided *s, const void *array, void *first);

/* Sets every element in memory to the low bytes of bits. */
void vjp_strided_fill(const struct vjp_strided *s, uint64_t bits, void *first);

/* The byte, counted from the first element in memory, at which an element in memory first differs
 * from the array; -1: none does. */
int64_t vjp_strided_difference(const struct vjp_strided *s, const void *first, const void *array);

/* Where the byte at offset, 0 <= offset < extent, lies: 0 in an element, else between rows, this
 * many bytes (from 1) behind the end of the row before. */
int64_t vjp_strided_gap(const struct vjp_strided *s, int64_t offset);

#endif
