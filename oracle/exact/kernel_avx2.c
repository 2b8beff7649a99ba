/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma")))
#define ALWAYS __attribute__((always_inline)) inline

/* The columns of a tile are vectors, the rows broadcasts; unrolled in full, the sums are registers:
 * 6 x 2, or 6 x 1 pairs of them. */
#define ROWS VJP_TILE_ROWS
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 6")
#endif

TARGET static double lowest_of(__m256d x)
{
    double lane[4];
    _mm256_storeu_pd(lane, x);
    return fmin(fmin(lane[0], lane[1]), fmin(lane[2], lane[3]));
}

TARGET static uint64_t union_of(__m256d x)
{
    uint64_t lane[4];
    _mm256_storeu_pd((double *)(void *)lane, x);
    return lane[0] | lane[1] | lane[2] | lane[3];
}

struct lanes {
    __m256d largest, smallest, bits, bad;
};

/* minpd gives its second operand where the first is NaN: a zero is made one to be passed over. What is not finite times
 * zero is NaN, and stays in the sum. */
TARGET static ALWAYS void survey_lanes(struct lanes *found, __m256d v)
{
    const __m256d magnitude = _mm256_andnot_pd(_mm256_set1_pd(-0.0), v);
    const __m256d zero = _mm256_cmp_pd(v, _mm256_setzero_pd(), _CMP_EQ_OQ);
    found->bad = _mm256_fmadd_pd(v, _mm256_setzero_pd(), found->bad);
    found->largest = _mm256_max_pd(magnitude, found->largest);
    found->smallest = _mm256_min_pd(_mm256_or_pd(magnitude, zero), found->smallest);
    found->bits = _mm256_or_pd(found->bits, v);
}

TARGET void vjp_survey_avx2(const double *v, int64_t K, struct vjp_survey *out)
{
    struct lanes found = {
        .largest = _mm256_setzero_pd(),
        .smallest = _mm256_set1_pd(INFINITY),
        .bits = _mm256_setzero_pd(),
        .bad = _mm256_setzero_pd(),
    };
    int64_t k = 0;
    for (; k + 4 <= K; k += 4)
        survey_lanes(&found, _mm256_loadu_pd(v + k));
    if (k < K) {
        double rest[4] = {0};
        memcpy(rest, v + k, (size_t)(K - k) * sizeof *rest);
        survey_lanes(&found, _mm256_loadu_pd(rest));
    }
    const __m256d bad = _mm256_cmp_pd(found.bad, found.bad, _CMP_UNORD_Q);
    *out = (struct vjp_survey){
        .is_finite = _mm256_movemask_pd(bad) == 0,
        .largest = -lowest_of(_mm256_xor_pd(_mm256_set1_pd(-0.0), found.largest)),
        .smallest = lowest_of(found.smallest),
        .bits = union_of(found.bits),
    };
}

TARGET void vjp_pack_avx2(const double *v, int64_t K, const struct vjp_packing *packing,
                          double *out, float *narrow)
{
    const __m256d scale[2] = {_mm256_set1_pd(packing->scale[0]), _mm256_set1_pd(packing->scale[1])};
    const __m256d narrow_scale = _mm256_set1_pd(packing->narrow_scale);
    const __m256d sign = _mm256_set1_pd(-0.0);
    int64_t k = 0;
    for (; k + 4 <= K; k += 4) {
        const __m256d x = _mm256_mul_pd(_mm256_mul_pd(_mm256_loadu_pd(v + k), scale[0]), scale[1]);
        _mm256_storeu_pd(out + k, x);
        const __m256d y = _mm256_mul_pd(_mm256_andnot_pd(sign, x), narrow_scale);
        _mm_storeu_ps(narrow + k, _mm256_cvtpd_ps(y));
    }
    vjp_kernel_pack(v + k, K - k, packing, out + k, 1, narrow + k, 1);
}

/* The first cols of a tile's 8 columns, as masks of two vectors. */
struct columns {
    bool all;
    __m256i mask[2];
};

TARGET static struct columns columns_of(int64_t cols)
{
    static const int64_t edge[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    const int64_t *from = edge + 8 - (cols < 0 ? 0 : cols > 8 ? 8 : cols);
    return (struct columns){
        .all = cols >= 8,
        .mask = {_mm256_loadu_si256((const __m256i *)(const void *)from),
                 _mm256_loadu_si256((const __m256i *)(const void *)(from + 4))},
    };
}

TARGET static ALWAYS __m256d load(const double *from, const struct columns *columns, int64_t h)
{
    return columns->all ? _mm256_loadu_pd(from + 4 * h)
                        : _mm256_maskload_pd(from + 4 * h, columns->mask[h]);
}

TARGET static ALWAYS void store(double *to, const struct columns *columns, int64_t h, __m256d x)
{
    if (columns->all)
        _mm256_storeu_pd(to + 4 * h, x);
    else
        _mm256_maskstore_pd(to + 4 * h, columns->mask[h], x);
}

/* The sums of products, or of their magnitudes. */
TARGET static ALWAYS void sums_of(const struct vjp_tile *tile, bool magnitudes,
                                  __m256d sums[ROWS][2])
{
    const __m256d sign = magnitudes ? _mm256_set1_pd(-0.0) : _mm256_setzero_pd();
    const double *left = tile->left, *right = tile->right;
    const int64_t stride = tile->left_stride, terms = tile->terms;
    __m256d acc[ROWS][2];
    UNROLL
    for (int i = 0; i < ROWS; i++)
        acc[i][0] = acc[i][1] = _mm256_setzero_pd();
    for (int64_t k = 0; k < terms; k++, right += VJP_TILE_COLS) {
        const __m256d r0 = _mm256_andnot_pd(sign, _mm256_load_pd(right));
        const __m256d r1 = _mm256_andnot_pd(sign, _mm256_load_pd(right + 4));
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            const __m256d l = _mm256_andnot_pd(sign, _mm256_broadcast_sd(left + i * stride + k));
            acc[i][0] = _mm256_fmadd_pd(l, r0, acc[i][0]);
            acc[i][1] = _mm256_fmadd_pd(l, r1, acc[i][1]);
        }
    }
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        sums[i][0] = acc[i][0];
        sums[i][1] = acc[i][1];
    }
}

TARGET static ALWAYS void merge_row(const struct vjp_tile *tile, const struct columns *columns,
                                    const __m256d row[2], __m256d factor, double *out)
{
    for (int64_t h = 0; h < 2; h++) {
        __m256d x = _mm256_mul_pd(row[h], factor);
        if (!tile->first)
            x = _mm256_add_pd(load(out, columns, h), x);
        store(out, columns, h, x);
    }
}

TARGET static ALWAYS void merge(const struct vjp_tile *tile, __m256d sums[ROWS][2], __m256d factor,
                                double *out)
{
    const struct columns columns = columns_of(tile->cols);
    if (tile->rows == ROWS && columns.all) { /* the sums need not leave the registers */
        const struct columns all = {.all = true};
        UNROLL
        for (int i = 0; i < ROWS; i++)
            merge_row(tile, &all, sums[i], factor, out + i * tile->ld);
        return;
    }
    for (int64_t i = 0; i < tile->rows; i++)
        merge_row(tile, &columns, sums[i], factor, out + i * tile->ld);
}

TARGET static void sum(const struct vjp_tile *tile)
{
    __m256d sums[ROWS][2];
    sums_of(tile, false, sums);
    merge(tile, sums, _mm256_set1_pd(1), tile->c);
}

TARGET static void magnitude(const struct vjp_tile *tile)
{
    __m256d sums[ROWS][2];
    sums_of(tile, true, sums);
    merge(tile, sums, _mm256_set1_pd(VJP_MAGNITUDE_UP), tile->s);
}

/* 16 columns of row i; the products with the factors are exact. */
TARGET static ALWAYS void merge_narrow_row(const struct vjp_tile *tile,
                                           const struct columns columns[2], const __m256 sums[2],
                                           int64_t i)
{
    const __m256d row = _mm256_broadcast_sd(tile->row_factor + i);
    for (int64_t h = 0; h < 4; h++) {
        double *to = tile->s + i * tile->ld + h / 2 * 8;
        const __m128 part =
            h % 2 ? _mm256_extractf128_ps(sums[h / 2], 1) : _mm256_castps256_ps128(sums[h / 2]);
        const __m256d factor = _mm256_mul_pd(row, _mm256_load_pd(tile->col_factor + 4 * h));
        __m256d x = _mm256_mul_pd(_mm256_cvtps_pd(part), factor);
        if (!tile->first)
            x = _mm256_add_pd(load(to, &columns[h / 2], h % 2), x);
        store(to, &columns[h / 2], h % 2, x);
    }
}

TARGET static void magnitude_narrow(const struct vjp_tile *tile)
{
    const float *left = tile->narrow_left, *right = tile->narrow_right;
    const int64_t stride = tile->narrow_stride, terms = tile->terms;
    __m256 acc[ROWS][2];
    UNROLL
    for (int i = 0; i < ROWS; i++)
        acc[i][0] = acc[i][1] = _mm256_setzero_ps();
    for (int64_t k = 0; k < terms; k++, right += VJP_TILE_NARROW_COLS) {
        const __m256 r0 = _mm256_load_ps(right), r1 = _mm256_load_ps(right + 8);
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            const __m256 l = _mm256_broadcast_ss(left + i * stride + k);
            acc[i][0] = _mm256_fmadd_ps(l, r0, acc[i][0]);
            acc[i][1] = _mm256_fmadd_ps(l, r1, acc[i][1]);
        }
    }
    __m256 sums[ROWS][2];
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        sums[i][0] = acc[i][0];
        sums[i][1] = acc[i][1];
    }
    const struct columns columns[2] = {columns_of(tile->cols), columns_of(tile->cols - 8)};
    if (tile->rows == ROWS && columns[1].all) {
        const struct columns all[2] = {{.all = true}, {.all = true}};
        UNROLL
        for (int i = 0; i < ROWS; i++)
            merge_narrow_row(tile, all, sums[i], i);
        return;
    }
    for (int64_t i = 0; i < tile->rows; i++)
        merge_narrow_row(tile, columns, sums[i], i);
}

/* The portable kernel's add_long. */
TARGET static ALWAYS void add_long(const struct vjp_tile *tile, int64_t i,
                                   const struct columns *columns, int64_t h, __m256d hi,
                                   __m256d rest)
{
    double *to_c = tile->c + i * tile->ld, *to_lo = tile->lo + i * tile->ld;
    const __m256d zero = _mm256_setzero_pd();
    const __m256d c = tile->first ? zero : load(to_c, columns, h);
    const __m256d lo = tile->first ? zero : load(to_lo, columns, h);
    const __m256d sum = _mm256_add_pd(c, hi);
    const __m256d part = _mm256_sub_pd(sum, c);
    const __m256d lost =
        _mm256_add_pd(_mm256_sub_pd(c, _mm256_sub_pd(sum, part)), _mm256_sub_pd(hi, part));
    store(to_c, columns, h, sum);
    store(to_lo, columns, h, _mm256_add_pd(lo, _mm256_add_pd(lost, rest)));
}

TARGET static void sum_long(const struct vjp_tile *tile)
{
    const struct columns columns = columns_of(tile->cols);
    const __m256d start = _mm256_set1_pd(VJP_EXTRACT);
    const int64_t stride = tile->left_stride, terms = tile->terms;
    for (int64_t h = 0; h < 2; h++) {
        const double *left = tile->left, *right = tile->right + 4 * h;
        __m256d acc[ROWS], low[ROWS];
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            acc[i] = start;
            low[i] = _mm256_setzero_pd();
        }
        for (int64_t k = 0; k < terms; k++, right += VJP_TILE_COLS) {
            const __m256d r = _mm256_load_pd(right);
            UNROLL
            for (int i = 0; i < ROWS; i++) {
                const __m256d l = _mm256_broadcast_sd(left + i * stride + k);
                const __m256d next = _mm256_fmadd_pd(l, r, acc[i]);
                const __m256d added = _mm256_sub_pd(next, acc[i]);
                low[i] = _mm256_add_pd(low[i], _mm256_fmsub_pd(l, r, added));
                acc[i] = next;
            }
        }
        __m256d sums[ROWS], rests[ROWS];
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            sums[i] = _mm256_sub_pd(acc[i], start);
            rests[i] = low[i];
        }
        for (int64_t i = 0; i < tile->rows; i++)
            add_long(tile, i, &columns, h, sums[i], rests[i]);
    }
}

static const struct vjp_kernel kernel = {
    .name = "avx2",
    .panels = 1,
    .survey = vjp_survey_avx2,
    .pack = vjp_pack_avx2,
    .sum = sum,
    .sum_long = sum_long,
    .magnitude = magnitude,
    .magnitude_narrow = magnitude_narrow,
    .filter = vjp_filter_avx2,
};

const struct vjp_kernel *vjp_kernel_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &kernel : NULL;
}

#else

const struct vjp_kernel *vjp_kernel_avx2(void)
{
    return NULL;
}

#endif
