/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_BLOCK_H
#define VJP_ORACLE_EXACT_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/dtype.h"
#include "cases/base/status.h"

/* Blocks of vectors, and the products of all vectors of one with all of another, fast and with proved
 * errors. For vectors a and b of length K, S is the sum of |a_k b_k|. Everything here is to run with
 * rounding to nearest and without flushing of subnormals.
 *
 * Short elements have at most 24 significant bits and are zero or in 2^-149 .. 2^128 (every f16, bf16
 * and f32): their products are exact in double precision. Long ones are any doubles.
 *
 * The right block is interleaved, which costs a few nanoseconds an element, the left one is not:
 * where one operand is much larger than the other, it should be the left one. The blocks of a product
 * are best small enough for a second-level cache: 12 bytes an element, 8 to 24 bytes a result. */

#define VJP_BLOCK_TERMS_MAX (INT64_C(1) << 24) /* K; the bounds below are proved up to there */

enum vjp_block_side {
    VJP_BLOCK_LEFT,
    VJP_BLOCK_RIGHT,
};

enum vjp_block_elements {
    VJP_BLOCK_SHORT,
    VJP_BLOCK_LONG,
};

/* How far the nonzero elements of a vector reach below its largest. */
enum vjp_reach {
    VJP_REACH_NARROW, /* to 2^-60: products of the scaled elements are no subnormal floats */
    VJP_REACH_WIDE, /* to 2^-400, or any short elements: their products are no subnormal doubles */
    VJP_REACH_EXTREME, /* further: c stands as it is, s is not to be used */
};

/* What is known of a vector. */
struct vjp_block_vector {
    bool is_finite; /* else its products mean nothing, and the rest is as of zeros */
    enum vjp_reach reach;
    int scale; /* the largest magnitude is in [2^scale, 2^(scale + 1)); 0 for zeros */
    /* Every element is a multiple of 2^lowest: the largest such number where all elements have the
     * exponent of the smallest, else up to the bits between them less. INT64_MAX for zeros. */
    int64_t lowest;
    bool is_zero; /* all of it */
};

struct vjp_kernel;

/* Made by init, owned by the caller, cleared by clear; a zeroed struct may be cleared. */
struct vjp_block {
    enum vjp_block_side side;
    enum vjp_block_elements elements;
    int64_t capacity;                 /* vectors */
    int64_t K;                        /* elements of each */
    struct vjp_block_vector *vectors; /* capacity, zeros at first */
    const struct vjp_kernel *kernel;  /* the fastest here; may be exchanged (kernel.h) */
    int64_t stride;                   /* the left side's; from vector to vector */
    int64_t narrow_stride;
    double *values; /* long ones divided by 2^scale */
    float *narrow;  /* |values| divided by 2^scale, rounded */
    double *
        factor; /* of a vector: 2^scale for short elements, else 1; on the left VJP_MAGNITUDE_UP times */
    double *
        unit; /* of a vector: 2^lowest, for long elements 2^(lowest - scale); 1: zeros, NaN: none */
    int32_t *scale; /* of a vector, for long elements */
};

/* VJP_ERR_LIMIT if K exceeds VJP_BLOCK_TERMS_MAX. */
VJP_MUST_CHECK enum vjp_status vjp_block_init(struct vjp_block *out, enum vjp_block_side side,
                                              enum vjp_block_elements elements, int64_t capacity,
                                              int64_t K, struct vjp_error *error);
void vjp_block_clear(struct vjp_block *block);

/* Vector i becomes v, K doubles, which are copied. A block may be filled again and again. */
void vjp_block_set(struct vjp_block *block, int64_t i, const double *v);

/* The elements of vector i, as they are packed: of short elements what was set. From the block itself, or copied to
 * room for K. */
const double *vjp_block_get(const struct vjp_block *block, int64_t i, double *room);

/* So many vectors of the right side from a multiple of that on, element k of vector i + j at [k VJP_BLOCK_LANES + j].
 * Those that were not set are anything. */
#define VJP_BLOCK_LANES 8
const double *vjp_block_lanes(const struct vjp_block *block, int64_t i);

/* The products of vectors i < rows of left and j < cols of right, blocks of equal lengths and elements,
 * row-major with ld >= cols elements from row to row: c[i ld + j]; the same for lo and s.
 *
 * Short elements: |c - exact| <= vjp_block_error(K) S, and S <= s <= S (1 + 2^-14). lo is not used.
 *
 * Long elements: c, lo and s are those of the vectors divided by 2^scale_i and 2^scale_j:
 *     |(c + lo) 2^(scale_i + scale_j) - exact| <= vjp_block_error_long(K) 2^(scale_i + scale_j),
 *     S <= s 2^(scale_i + scale_j) <= S (1 + 2^-14)   where neither vector's reach is extreme. */
struct vjp_products {
    double *c, *lo, *s;
    int64_t ld;
};

void vjp_block_product(const struct vjp_block *left, int64_t rows, const struct vjp_block *right,
                       int64_t cols, const struct vjp_products *out);

/* The bounds of the product's errors, for K <= VJP_BLOCK_TERMS_MAX. */
double vjp_block_error(int64_t K);
double vjp_block_error_long(int64_t K);

#endif
