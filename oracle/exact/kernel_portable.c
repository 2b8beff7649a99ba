/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/kernel.h"

#include "cases/base/dtype.h"
#include "oracle/exact/two_sum.h"

#include <math.h>
#include <string.h>

/* A tile's sums over one chunk. */
typedef double tile_sums[VJP_TILE_ROWS][VJP_TILE_COLS];

static void survey(const double *v, int64_t K, struct vjp_survey *out)
{
    struct vjp_survey found = {.is_finite = true, .smallest = INFINITY};
    for (int64_t k = 0; k < K; k++) {
        const double magnitude = fabs(v[k]);
        if (!isfinite(magnitude)) {
            found.is_finite = false;
            continue;
        }
        if (magnitude == 0)
            continue;
        found.largest = fmax(found.largest, magnitude);
        found.smallest = fmin(found.smallest, magnitude);
        found.bits |= vjp_double_bits(v[k]);
    }
    *out = found;
}

void vjp_kernel_pack(const double *v, int64_t K, const struct vjp_packing *packing, double *out,
                     int64_t step, float *narrow, int64_t narrow_step)
{
    const struct vjp_packing p = *packing;
    for (int64_t k = 0; k < K; k++) {
        const double x = v[k] * p.scale[0] * p.scale[1];
        out[k * step] = x;
        narrow[k * narrow_step] = (float)(fabs(x) * p.narrow_scale);
    }
}

static void pack(const double *v, int64_t K, const struct vjp_packing *packing, double *out,
                 float *narrow)
{
    vjp_kernel_pack(v, K, packing, out, 1, narrow, 1);
}

static void merge(const struct vjp_tile *tile, tile_sums sums, double factor, double *out)
{
    for (int64_t i = 0; i < tile->rows; i++) {
        for (int64_t j = 0; j < tile->cols; j++) {
            double *at = out + i * tile->ld + j;
            *at = tile->first ? sums[i][j] * factor : *at + sums[i][j] * factor;
        }
    }
}

/* The products are exact, so that a sum after a product is what a fused operation gives. */
static void sum(const struct vjp_tile *tile)
{
    tile_sums sums = {{0}};
    for (int64_t k = 0; k < tile->terms; k++) {
        const double *right = tile->right + k * VJP_TILE_COLS;
        for (int i = 0; i < VJP_TILE_ROWS; i++) {
            const double left = tile->left[i * tile->left_stride + k];
            for (int j = 0; j < VJP_TILE_COLS; j++)
                sums[i][j] += left * right[j];
        }
    }
    merge(tile, sums, 1, tile->c);
}

static void magnitude(const struct vjp_tile *tile)
{
    tile_sums sums = {{0}};
    for (int64_t k = 0; k < tile->terms; k++) {
        const double *right = tile->right + k * VJP_TILE_COLS;
        for (int i = 0; i < VJP_TILE_ROWS; i++) {
            const double left = tile->left[i * tile->left_stride + k];
            for (int j = 0; j < VJP_TILE_COLS; j++)
                sums[i][j] += fabs(left * right[j]);
        }
    }
    merge(tile, sums, VJP_MAGNITUDE_UP, tile->s);
}

/* (c, lo) becomes (c + hi) + (lo + what the first sum lost + lo'). */
static void add_long(double *c, double *lo, double hi, double rest)
{
    double lost;
    *c = vjp_two_sum(*c, hi, &lost);
    *lo += lost + rest;
}

static void sum_long(const struct vjp_tile *tile)
{
    tile_sums sums, rests = {{0}};
    for (int i = 0; i < VJP_TILE_ROWS; i++) {
        for (int j = 0; j < VJP_TILE_COLS; j++)
            sums[i][j] = VJP_EXTRACT;
    }
    for (int64_t k = 0; k < tile->terms; k++) {
        const double *right = tile->right + k * VJP_TILE_COLS;
        for (int i = 0; i < VJP_TILE_ROWS; i++) {
            const double left = tile->left[i * tile->left_stride + k];
            for (int j = 0; j < VJP_TILE_COLS; j++) {
                const double next = fma(left, right[j], sums[i][j]);
                const double added = next - sums[i][j]; /* exact */
                rests[i][j] += fma(left, right[j], -added);
                sums[i][j] = next;
            }
        }
    }
    for (int64_t i = 0; i < tile->rows; i++) {
        for (int64_t j = 0; j < tile->cols; j++) {
            double *c = tile->c + i * tile->ld + j, *lo = tile->lo + i * tile->ld + j;
            if (tile->first)
                *c = *lo = 0;
            add_long(c, lo, sums[i][j] - VJP_EXTRACT, rests[i][j]);
        }
    }
}

const struct vjp_kernel vjp_kernel_portable = {
    .name = "portable",
    .panels = 1,
    .survey = survey,
    .pack = pack,
    .sum = sum,
    .sum_long = sum_long,
    .magnitude = magnitude,
    .filter = vjp_filter_portable,
};
