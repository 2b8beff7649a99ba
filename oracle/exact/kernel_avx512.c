/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx2,fma")))
#define ALWAYS __attribute__((always_inline)) inline

/* A vector is a panel's row of the right block, and two panels are taken at once: 6 x 2 sums are registers, enough
 * that each waits for its own last addition and none for another's. */
#define ROWS   VJP_TILE_ROWS
#define PANELS 2
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 6")
#endif

_Static_assert(VJP_TILE_COLS == 8 && VJP_TILE_NARROW_COLS == 16, "vectors of 64 bytes");

/* Which of the columns from from on, of width at most, a tile has. */
static __mmask16 columns_of(int64_t cols, int64_t from, int width)
{
    const int64_t count = cols - from < 0 ? 0 : cols - from > width ? width : cols - from;
    return (__mmask16)((1U << count) - 1);
}

/* x to the columns of panel p of row i, or added to what is there. */
TARGET static ALWAYS void merge(const struct vjp_tile *tile, int64_t i, int64_t from, __m512d x,
                                double *out)
{
    double *to = out + i * tile->ld + from;
    const __mmask8 mask = (__mmask8)columns_of(tile->cols, from, VJP_TILE_COLS);
    if (!tile->first)
        x = _mm512_add_pd(_mm512_maskz_loadu_pd(mask, to), x);
    _mm512_mask_storeu_pd(to, mask, x);
}

/* The sums of products, or of their magnitudes. */
TARGET static ALWAYS void add_sums(const struct vjp_tile *tile, bool magnitudes, double up,
                                   double *out)
{
    const double *left = tile->left, *right = tile->right;
    const int64_t stride = tile->left_stride, step = tile->right_step, terms = tile->terms;
    __m512d acc[ROWS][PANELS];
    UNROLL
    for (int i = 0; i < ROWS; i++)
        acc[i][0] = acc[i][1] = _mm512_setzero_pd();
    for (int64_t k = 0; k < terms; k++, right += VJP_TILE_COLS) {
        __m512d r[PANELS] = {_mm512_load_pd(right), _mm512_load_pd(right + step)};
        if (magnitudes) {
            r[0] = _mm512_abs_pd(r[0]);
            r[1] = _mm512_abs_pd(r[1]);
        }
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            __m512d l = _mm512_set1_pd(left[i * stride + k]);
            if (magnitudes)
                l = _mm512_abs_pd(l);
            acc[i][0] = _mm512_fmadd_pd(l, r[0], acc[i][0]);
            acc[i][1] = _mm512_fmadd_pd(l, r[1], acc[i][1]);
        }
    }
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        for (int64_t p = 0; p < PANELS && i < tile->rows; p++)
            merge(tile, i, p * VJP_TILE_COLS, _mm512_mul_pd(acc[i][p], _mm512_set1_pd(up)), out);
    }
}

TARGET static void sum(const struct vjp_tile *tile)
{
    add_sums(tile, false, 1, tile->c);
}

TARGET static void magnitude(const struct vjp_tile *tile)
{
    add_sums(tile, true, VJP_MAGNITUDE_UP, tile->s);
}

/* 16 sums of row i; the products with the factors are exact. */
TARGET static ALWAYS void merge_narrow(const struct vjp_tile *tile, int64_t i, int64_t from,
                                       __m512 sums)
{
    const __m512d row = _mm512_set1_pd(tile->row_factor[i]);
    const __m256 high = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(sums), 1));
    const __m256 half[2] = {_mm512_castps512_ps256(sums), high};
    for (int64_t h = 0; h < 2; h++) {
        const int64_t j = from + h * 8;
        const __m512d factor = _mm512_mul_pd(row, _mm512_load_pd(tile->col_factor + j));
        merge(tile, i, j, _mm512_mul_pd(_mm512_cvtps_pd(half[h]), factor), tile->s);
    }
}

TARGET static void magnitude_narrow(const struct vjp_tile *tile)
{
    const float *left = tile->narrow_left, *right = tile->narrow_right;
    const int64_t stride = tile->narrow_stride, step = tile->narrow_step, terms = tile->terms;
    __m512 acc[ROWS][PANELS];
    UNROLL
    for (int i = 0; i < ROWS; i++)
        acc[i][0] = acc[i][1] = _mm512_setzero_ps();
    for (int64_t k = 0; k < terms; k++, right += VJP_TILE_NARROW_COLS) {
        const __m512 r[PANELS] = {_mm512_load_ps(right), _mm512_load_ps(right + step)};
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            const __m512 l = _mm512_set1_ps(left[i * stride + k]);
            acc[i][0] = _mm512_fmadd_ps(l, r[0], acc[i][0]);
            acc[i][1] = _mm512_fmadd_ps(l, r[1], acc[i][1]);
        }
    }
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        for (int64_t p = 0; p < PANELS && i < tile->rows; p++)
            merge_narrow(tile, i, p * VJP_TILE_NARROW_COLS, acc[i][p]);
    }
}

/* The portable kernel's add_long. */
TARGET static ALWAYS void add_long(const struct vjp_tile *tile, int64_t i, int64_t from,
                                   __m512d sums, __m512d rests)
{
    double *c_at = tile->c + i * tile->ld + from, *lo_at = tile->lo + i * tile->ld + from;
    const __mmask8 mask = (__mmask8)columns_of(tile->cols, from, VJP_TILE_COLS);
    __m512d c = _mm512_setzero_pd(), lo = c;
    if (!tile->first) {
        c = _mm512_maskz_loadu_pd(mask, c_at);
        lo = _mm512_maskz_loadu_pd(mask, lo_at);
    }
    const __m512d sum = _mm512_add_pd(c, sums);
    const __m512d part = _mm512_sub_pd(sum, c);
    const __m512d lost =
        _mm512_add_pd(_mm512_sub_pd(c, _mm512_sub_pd(sum, part)), _mm512_sub_pd(sums, part));
    _mm512_mask_storeu_pd(c_at, mask, sum);
    _mm512_mask_storeu_pd(lo_at, mask, _mm512_add_pd(lo, _mm512_add_pd(lost, rests)));
}

TARGET static void sum_long(const struct vjp_tile *tile)
{
    const double *left = tile->left, *right = tile->right;
    const __m512d start = _mm512_set1_pd(VJP_EXTRACT);
    const int64_t stride = tile->left_stride, step = tile->right_step, terms = tile->terms;
    __m512d acc[ROWS][PANELS], low[ROWS][PANELS];
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        acc[i][0] = acc[i][1] = start;
        low[i][0] = low[i][1] = _mm512_setzero_pd();
    }
    for (int64_t k = 0; k < terms; k++, right += VJP_TILE_COLS) {
        const __m512d r[PANELS] = {_mm512_load_pd(right), _mm512_load_pd(right + step)};
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            const __m512d l = _mm512_set1_pd(left[i * stride + k]);
            UNROLL
            for (int p = 0; p < PANELS; p++) {
                const __m512d next = _mm512_fmadd_pd(l, r[p], acc[i][p]);
                const __m512d added = _mm512_sub_pd(next, acc[i][p]);
                low[i][p] = _mm512_add_pd(low[i][p], _mm512_fmsub_pd(l, r[p], added));
                acc[i][p] = next;
            }
        }
    }
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        for (int64_t p = 0; p < PANELS && i < tile->rows; p++)
            add_long(tile, i, p * VJP_TILE_COLS, _mm512_sub_pd(acc[i][p], start), low[i][p]);
    }
}

static const struct vjp_kernel kernel = {
    .name = "avx512",
    .panels = PANELS,
    .survey = vjp_survey_avx2,
    .pack = vjp_pack_avx2,
    .sum = sum,
    .sum_long = sum_long,
    .magnitude = magnitude,
    .magnitude_narrow = magnitude_narrow,
    .filter = vjp_filter_avx2,
};

const struct vjp_kernel *vjp_kernel_avx512(void)
{
    __builtin_cpu_init();
    return vjp_kernel_avx2() && __builtin_cpu_supports("avx512f") ? &kernel : NULL;
}

#else

const struct vjp_kernel *vjp_kernel_avx512(void)
{
    return NULL;
}

#endif
