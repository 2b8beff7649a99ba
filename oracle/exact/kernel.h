/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_KERNEL_H
#define VJP_ORACLE_EXACT_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* The inner loops of blocks (block.h), in portable C and for CPUs with AVX2 and FMA or AVX-512. What is proved of
 * their results is proved of the operations that stand here, so every kernel has to perform these: in
 * the order of k, rounded to nearest, without flushing of subnormals. */

/* Terms that are summed one after the other; the sums of chunks are added after that. It bounds the
 * height of the summation tree, and so every error: with K terms in one chain, (K - 1) u S. 256 terms of
 * a tile's panels fit a first-level cache of 32 KiB. */
#define VJP_CHUNK 256

/* A tile: rows of the left block by columns of the right one, of one panel or as many as the kernel takes. */
#define VJP_TILE_ROWS        6
#define VJP_TILE_COLS        8  /* of a panel of doubles */
#define VJP_TILE_NARROW_COLS 16 /* of a panel of floats */
#define VJP_TILE_PANELS_MAX  2

/* What the fast path for long elements starts its sums from: while a sum of at most VJP_CHUNK products
 * below 4 is added to it, it stays in [2^12, 2^13], so that its last place is always 2^-40. */
#define VJP_EXTRACT 0x1.8p12

/* Magnitudes are multiplied by this, so that rounding never leaves them below the sum (block.h). */
#define VJP_MAGNITUDE_UP (1 + 0x1p-15)

/* One chunk of one tile: element (i, j) is a sum over k < terms of l r, l = left[i left_stride + k],
 * r = right[p right_step + k VJP_TILE_COLS + j - p VJP_TILE_COLS] in panel p = j / VJP_TILE_COLS. Rows and columns that are not wanted are read, but not written; the
 * others are set where this is the first chunk, else added to. Row-major outputs with ld elements from
 * row to row; those that a function does not name may be NULL. */
struct vjp_tile {
    int64_t terms; /* 1 .. VJP_CHUNK */
    int64_t rows;  /* 1 .. VJP_TILE_ROWS */
    int64_t cols;  /* 1 .. VJP_TILE_COLS, or VJP_TILE_NARROW_COLS, times the kernel's panels */
    bool first;
    const double *left, *right;
    int64_t left_stride, right_step;
    double *c, *lo, *s;
    int64_t ld;
    /* Magnitudes in single precision, and for each row and column by what to multiply them. */
    const float *narrow_left, *narrow_right; /* panels of VJP_TILE_NARROW_COLS */
    int64_t narrow_stride, narrow_step;
    const double *row_factor, *col_factor;
};

/* What one pass over a vector finds out. */
struct vjp_survey {
    bool is_finite;  /* else the rest means nothing */
    double largest;  /* max |v|, 0 where all are zero; what follows holds for those that are not */
    double smallest; /* min |v| */
    uint64_t bits;   /* set where any element's is */
};

/* How a vector is packed: x = v[k] scale[0] scale[1] to out[k step], |x| narrow_scale, rounded, to
 * narrow[k narrow_step]. */
struct vjp_packing {
    double scale[2];
    double narrow_scale;
};

/* What a row of results is rounded by (filter.h). Pattern: the bits of a number's magnitude in the
 * format. */
struct vjp_rounding_rule {
    int precision;     /* p of the format, at most 24 */
    int bytes;         /* of its elements: 2 or 4 */
    int64_t emin_bits; /* the bits of the double 2^emin */
    int64_t infinity;  /* the pattern of infinity */
    double overflow;   /* 2^(emax + 1): surely too large */
    double error;      /* e = error s */
    double exact;      /* c is exact where s <= exact col_unit[j] */
    const double *col_unit;
};

struct vjp_filtered;

struct vjp_kernel {
    const char *name;
    int64_t panels; /* of a right block that a tile has, 1 .. VJP_TILE_PANELS_MAX */
    void (*survey)(const double *v, int64_t K, struct vjp_survey *out);
    /* Packs K elements with steps of 1. */
    void (*pack)(const double *v, int64_t K, const struct vjp_packing *packing, double *out,
                 float *narrow);
    /* c (+)= sum of l r, each product exact. */
    void (*sum)(const struct vjp_tile *tile);
    /* c + lo (+)= sum of l r, |l| and |r| below 2, by the error-free extraction of VJP_EXTRACT. */
    void (*sum_long)(const struct vjp_tile *tile);
    /* s (+)= VJP_MAGNITUDE_UP sum of |l r|, in double precision. */
    void (*magnitude)(const struct vjp_tile *tile);
    /* s (+)= row_factor col_factor sum of l r, the sum in single precision; NULL: use the other. */
    void (*magnitude_narrow)(const struct vjp_tile *tile);
    /* vjp_filter_short (filter.h). */
    void (*filter)(const struct vjp_rounding_rule *rounding, int64_t n, const double *c,
                   const double *s, struct vjp_filtered *out);
};

extern const struct vjp_kernel vjp_kernel_portable;

/* pack with any steps. */
void vjp_kernel_pack(const double *v, int64_t K, const struct vjp_packing *packing, double *out,
                     int64_t step, float *narrow, int64_t narrow_step);

/* filter, and its part from element from on, which adds to the open elements that are there. */
void vjp_filter_portable(const struct vjp_rounding_rule *rounding, int64_t n, const double *c,
                         const double *s, struct vjp_filtered *out);
void vjp_filter_avx2(const struct vjp_rounding_rule *rounding, int64_t n, const double *c,
                     const double *s, struct vjp_filtered *out);
void vjp_filter_from(const struct vjp_rounding_rule *rounding, int64_t from, int64_t n,
                     const double *c, const double *s, struct vjp_filtered *out);

/* What the kernels for AVX2 and AVX-512 share. */
void vjp_survey_avx2(const double *v, int64_t K, struct vjp_survey *out);
void vjp_pack_avx2(const double *v, int64_t K, const struct vjp_packing *packing, double *out,
                   float *narrow);

/* NULL where the CPU or the compiler's target has no AVX2 and FMA, or no AVX-512F besides. */
const struct vjp_kernel *vjp_kernel_avx2(void);
const struct vjp_kernel *vjp_kernel_avx512(void);

/* The fastest that runs here. */
const struct vjp_kernel *vjp_kernel_best(void);

#endif
