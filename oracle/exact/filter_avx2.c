/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/filter.h"
#include "oracle/exact/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <math.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma")))
#define ALWAYS __attribute__((always_inline)) inline

/* vjp_rounding_rule, in every lane. */
struct lanes {
    __m256d error, exact, overflow;
    __m256i emin_bits, raise, infinity;
    __m128i shift;
};

TARGET static struct lanes lanes_of(const struct vjp_rounding_rule *rounding)
{
    const int64_t unused = 53 - rounding->precision;
    return (struct lanes){
        .error = _mm256_set1_pd(rounding->error),
        .exact = _mm256_set1_pd(rounding->exact),
        .overflow = _mm256_set1_pd(rounding->overflow),
        .emin_bits = _mm256_set1_epi64x(rounding->emin_bits),
        .raise = _mm256_set1_epi64x(unused << 52),
        .infinity = _mm256_set1_epi64x(rounding->infinity),
        .shift = _mm_cvtsi64_si128(unused),
    };
}

/* filter.c's round_pattern. */
TARGET static ALWAYS __m256i round_pattern(const struct lanes *lanes, __m256d a, __m256d *magnitude)
{
    const __m256i mask = _mm256_set1_epi64x(INT64_C(0x7ff) << 52);
    const __m256i own = _mm256_and_si256(_mm256_castpd_si256(a), mask);
    const __m256i below = _mm256_cmpgt_epi64(lanes->emin_bits, own);
    const __m256i exponent = _mm256_blendv_epi8(own, lanes->emin_bits, below);
    const __m256i raise = _mm256_add_epi64(exponent, lanes->raise);
    const __m256d sum = _mm256_add_pd(a, _mm256_castsi256_pd(raise));
    *magnitude = _mm256_sub_pd(sum, _mm256_castsi256_pd(raise));
    const __m256i field =
        _mm256_srl_epi64(_mm256_sub_epi64(exponent, lanes->emin_bits), lanes->shift);
    return _mm256_add_epi64(_mm256_sub_epi64(_mm256_castpd_si256(sum), raise), field);
}

/* Patterns of 16 bits, with their signs. */
TARGET static ALWAYS void put(void *bits, int64_t j, __m256i pattern, __m256i sign)
{
    const __m256i placed = _mm256_or_si256(pattern, _mm256_srli_epi64(sign, 48));
    const __m256i low = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    const __m128i words = _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(placed, low));
    _mm_storel_epi64((__m128i *)(void *)((uint16_t *)bits + j), _mm_packus_epi32(words, words));
}

/* Whether the ends of four intervals round alike; as vjp_filter_from decides it, written out. */
TARGET static ALWAYS int settle(const struct lanes *lanes, int64_t j, __m256d low, __m256d high,
                                __m256d c, struct vjp_filtered *out)
{
    const __m256d sign = _mm256_set1_pd(-0.0);
    const __m256d a = _mm256_andnot_pd(sign, low), b = _mm256_andnot_pd(sign, high);
    __m256d magnitude, unused;
    const __m256i pattern = round_pattern(lanes, a, &magnitude);
    const __m256i other = round_pattern(lanes, b, &unused);
    const __m256d low_sign = _mm256_and_pd(sign, low);
    const __m256i alike =
        _mm256_cmpeq_epi64(_mm256_or_si256(pattern, _mm256_castpd_si256(low_sign)),
                           _mm256_or_si256(other, _mm256_castpd_si256(_mm256_and_pd(sign, high))));
    const __m256d in_range = _mm256_and_pd(_mm256_cmp_pd(a, lanes->overflow, _CMP_LT_OQ),
                                           _mm256_cmp_pd(b, lanes->overflow, _CMP_LT_OQ));
    const __m256i finite = _mm256_cmpgt_epi64(lanes->infinity, pattern);
    put(out->bits, j, pattern, _mm256_castpd_si256(low_sign));
    _mm256_storeu_pd(out->tail + j, _mm256_sub_pd(c, _mm256_or_pd(magnitude, low_sign)));
    return _mm256_movemask_pd(
        _mm256_and_pd(in_range, _mm256_castsi256_pd(_mm256_and_si256(alike, finite))));
}

/* The same for f32, which the CPU converts to. */
TARGET static ALWAYS int settle_f32(int64_t j, __m256d low, __m256d high, __m256d c,
                                    struct vjp_filtered *out)
{
    const __m128 a = _mm256_cvtpd_ps(low), b = _mm256_cvtpd_ps(high);
    const __m128i alike = _mm_cmpeq_epi32(_mm_castps_si128(a), _mm_castps_si128(b));
    const __m128 finite = _mm_cmplt_ps(_mm_andnot_ps(_mm_set1_ps(-0.0F), a), _mm_set1_ps(INFINITY));
    _mm_storeu_ps((float *)out->bits + j, a);
    _mm256_storeu_pd(out->tail + j, _mm256_sub_pd(c, _mm256_cvtps_pd(a)));
    return _mm_movemask_ps(_mm_and_ps(finite, _mm_castsi128_ps(alike)));
}

#define BY(product) ((product) ? VJP_SETTLED_PRODUCT : VJP_SETTLED_FILTER)
#define FOUR(mask)                                                                                 \
    {                                                                                              \
        BY((mask)&1), BY((mask)&2), BY((mask)&4), BY((mask)&8)                                     \
    }

/* By which of four the product is exact on. */
static const uint8_t by_of[16][4] = {FOUR(0),  FOUR(1),  FOUR(2),  FOUR(3), FOUR(4),  FOUR(5),
                                     FOUR(6),  FOUR(7),  FOUR(8),  FOUR(9), FOUR(10), FOUR(11),
                                     FOUR(12), FOUR(13), FOUR(14), FOUR(15)};

TARGET void vjp_filter_avx2(const struct vjp_rounding_rule *rounding, int64_t n, const double *c,
                            const double *s, struct vjp_filtered *out)
{
    const struct lanes lanes = lanes_of(rounding);
    out->products = out->open_count = 0;
    int64_t j = 0;
    for (; j + 4 <= n; j += 4) {
        const __m256d sum = _mm256_loadu_pd(c + j), magnitude = _mm256_loadu_pd(s + j);
        const __m256d limit = _mm256_mul_pd(lanes.exact, _mm256_loadu_pd(rounding->col_unit + j));
        const __m256d exact = _mm256_cmp_pd(magnitude, limit, _CMP_LE_OQ);
        const __m256d e = _mm256_andnot_pd(exact, _mm256_mul_pd(magnitude, lanes.error));
        const __m256d low = _mm256_sub_pd(sum, e), high = _mm256_add_pd(sum, e);
        const int settled = rounding->bytes == 4 ? settle_f32(j, low, high, sum, out)
                                                 : settle(&lanes, j, low, high, sum, out);
        const int products = _mm256_movemask_pd(exact);
        memcpy(out->by + j, &by_of[products], sizeof by_of[products]);
        out->products += __builtin_popcount((unsigned)products);
        for (int open = ~settled & 15; open; open &= open - 1)
            out->open[out->open_count++] = j + __builtin_ctz((unsigned)open);
    }
    vjp_filter_from(rounding, j, n, c, s, out);
}

#endif
