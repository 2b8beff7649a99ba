/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_AVX2_LANES_H
#define VJP_IMPLS_AVX2_LANES_H

/* What the two dtypes need from AVX2 that no single intrinsic gives. */

#include <immintrin.h>
#include <stdint.h>

/* Only what uses intrinsics is compiled for AVX2: the rest runs anywhere, and OpenMP's outlined
 * loop bodies need no target. */
#define TARGET __attribute__((target("avx2,fma")))

/* Inlined, and so made for the constants that it is called with. */
#define TEMPLATE static inline __attribute__((always_inline, target("avx2,fma")))

/* Unrolled in full, an array of vectors is registers. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 12")
#endif

/* The vector is still in its register here. */
#define KEPT(vector) __asm__ volatile("" : : "x"(vector))

/* What was computed from the integer is computed anew: kept over a loop it would take registers from it. */
#define FORGET(integer) __asm__ volatile("" : "+r"(integer))

static inline int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* All bits set in the first bytes of a vector; below 0 is 0, above 32 is 32. */
TEMPLATE __m256i mask(int64_t bytes)
{
    static const int8_t edge[64] = {
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    };
    const int64_t set = bytes < 0 ? 0 : smaller(bytes, 32);
    return _mm256_loadu_si256((const __m256i *)(const void *)(edge + 32 - set));
}

/* The first lanes of v, up to all, in pieces: a masked store took a Zen 3 some 10 cycles more than these
 * (dw of N = 1, D = 3072, M = 7: 20.2 against 11.1 microseconds). */
TEMPLATE void store_part_f32(float *to, int64_t count, __m256 v)
{
    __m128 half = _mm256_castps256_ps128(v);
    if (count >= 8) {
        _mm256_storeu_ps(to, v);
        return;
    }
    if (count & 4) {
        _mm_storeu_ps(to, half);
        half = _mm256_extractf128_ps(v, 1);
        to += 4;
    }
    if (count & 2) {
        _mm_storel_pi((__m64 *)(void *)to, half);
        half = _mm_movehl_ps(half, half);
        to += 2;
    }
    if (count & 1)
        _mm_store_ss(to, half);
}

TEMPLATE void store_part_f64(double *to, int64_t count, __m256d v)
{
    __m128d half = _mm256_castpd256_pd128(v);
    if (count >= 4) {
        _mm256_storeu_pd(to, v);
        return;
    }
    if (count & 2) {
        _mm_storeu_pd(to, half);
        half = _mm256_extractf128_pd(v, 1);
        to += 2;
    }
    if (count & 1)
        _mm_store_sd(to, half);
}

/* v[i] lane j becomes v[j] lane i: pairs of lanes, pairs of pairs, then the halves. */
TEMPLATE void transpose_f32(__m256 v[8])
{
    __m256 pair[8], quad[8];
    UNROLL
    for (int i = 0; i < 8; i += 2) {
        pair[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
        pair[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
    }
    UNROLL
    for (int h = 0; h < 8; h += 4) {
        quad[h] = _mm256_shuffle_ps(pair[h], pair[h + 2], 0x44);
        quad[h + 1] = _mm256_shuffle_ps(pair[h], pair[h + 2], 0xee);
        quad[h + 2] = _mm256_shuffle_ps(pair[h + 1], pair[h + 3], 0x44);
        quad[h + 3] = _mm256_shuffle_ps(pair[h + 1], pair[h + 3], 0xee);
    }
    UNROLL
    for (int i = 0; i < 4; i++) {
        v[i] = _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x20);
        v[i + 4] = _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x31);
    }
}

TEMPLATE void transpose_f64(__m256d v[4])
{
    const __m256d a = _mm256_unpacklo_pd(v[0], v[1]), b = _mm256_unpackhi_pd(v[0], v[1]);
    const __m256d c = _mm256_unpacklo_pd(v[2], v[3]), d = _mm256_unpackhi_pd(v[2], v[3]);
    v[0] = _mm256_permute2f128_pd(a, c, 0x20);
    v[1] = _mm256_permute2f128_pd(b, d, 0x20);
    v[2] = _mm256_permute2f128_pd(a, c, 0x31);
    v[3] = _mm256_permute2f128_pd(b, d, 0x31);
}

/* to[i] = the sum of the lanes of v[i]: every one in the same order. */
TEMPLATE void across_f32(float to[4], const __m256 v[4])
{
    const __m256 quads = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
    _mm_storeu_ps(to, _mm_add_ps(_mm256_castps256_ps128(quads), _mm256_extractf128_ps(quads, 1)));
}

TEMPLATE void across_f64(double to[4], const __m256d v[4])
{
    const __m256d low = _mm256_hadd_pd(v[0], v[1]), high = _mm256_hadd_pd(v[2], v[3]);
    _mm256_storeu_pd(to, _mm256_add_pd(_mm256_permute2f128_pd(low, high, 0x20),
                                       _mm256_permute2f128_pd(low, high, 0x31)));
}

#endif
