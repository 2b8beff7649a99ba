/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/loops.h"

#include <stddef.h>

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))

/* 12 chains: an FMA takes 4 or 5 cycles, two start in every cycle, and there are 16 registers. Each is a
 * variable: an array would lie in memory. c a + b = b for a = 0: nothing grows. */
#define FMA(name, type, vector, p)                                                                 \
    static TARGET void name(int64_t iterations)                                                    \
    {                                                                                              \
        static volatile type zero;                                                                 \
        static volatile type sink;                                                                 \
        const vector a = _mm256_set1_##p(zero), b = _mm256_set1_##p(1 + zero);                     \
        vector c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a;                                     \
        vector c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;                                   \
        for (int64_t i = 0; i < iterations; i++) {                                                 \
            c0 = _mm256_fmadd_##p(c0, a, b), c1 = _mm256_fmadd_##p(c1, a, b);                      \
            c2 = _mm256_fmadd_##p(c2, a, b), c3 = _mm256_fmadd_##p(c3, a, b);                      \
            c4 = _mm256_fmadd_##p(c4, a, b), c5 = _mm256_fmadd_##p(c5, a, b);                      \
            c6 = _mm256_fmadd_##p(c6, a, b), c7 = _mm256_fmadd_##p(c7, a, b);                      \
            c8 = _mm256_fmadd_##p(c8, a, b), c9 = _mm256_fmadd_##p(c9, a, b);                      \
            c10 = _mm256_fmadd_##p(c10, a, b), c11 = _mm256_fmadd_##p(c11, a, b);                  \
            /* Equal as they are, they are not to become one. */                                   \
            __asm__("" : "+x"(c0), "+x"(c1), "+x"(c2), "+x"(c3), "+x"(c4), "+x"(c5));              \
            __asm__("" : "+x"(c6), "+x"(c7), "+x"(c8), "+x"(c9), "+x"(c10), "+x"(c11));            \
        }                                                                                          \
        c0 = (c0 + c1 + c2 + c3) + (c4 + c5 + c6 + c7) + (c8 + c9 + c10 + c11);                    \
        sink = c0[0];                                                                              \
        (void)sink;                                                                                \
    }

FMA(fma_f32, float, __m256, ps)
FMA(fma_f64, double, __m256d, pd)

static TARGET void read_all(const void *from, int64_t bytes, int64_t times)
{
    static volatile int64_t sink;
    const __m256i *p = from;
    const int64_t n = bytes / (int64_t)sizeof *p;
    __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0;
    for (int64_t t = 0; t < times; t++) {
        for (int64_t i = 0; i + 4 <= n; i += 4) {
            s0 = _mm256_xor_si256(s0, _mm256_load_si256(p + i));
            s1 = _mm256_xor_si256(s1, _mm256_load_si256(p + i + 1));
            s2 = _mm256_xor_si256(s2, _mm256_load_si256(p + i + 2));
            s3 = _mm256_xor_si256(s3, _mm256_load_si256(p + i + 3));
        }
        __asm__ volatile("" ::: "memory"); /* the next pass reads again */
    }
    s0 = _mm256_xor_si256(_mm256_xor_si256(s0, s1), _mm256_xor_si256(s2, s3));
    sink = _mm256_extract_epi64(s0, 0);
    (void)sink;
}

static TARGET void write_all(void *to, int64_t bytes, int64_t times)
{
    __m256i *p = to;
    const int64_t n = bytes / (int64_t)sizeof *p;
    for (int64_t t = 0; t < times; t++) {
        const __m256i value = _mm256_set1_epi64x(t);
        for (int64_t i = 0; i + 4 <= n; i += 4) {
            _mm256_store_si256(p + i, value);
            _mm256_store_si256(p + i + 1, value);
            _mm256_store_si256(p + i + 2, value);
            _mm256_store_si256(p + i + 3, value);
        }
        __asm__ volatile("" ::: "memory");
    }
}

const struct vjp_loops *vjp_loops_avx2(void)
{
    static const struct vjp_loops loops = {.name = "AVX2 FMA",
                                           .fma_flops = {12 * 8 * 2, 12 * 4 * 2},
                                           .fma = {fma_f32, fma_f64},
                                           .read = read_all,
                                           .write = write_all};
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &loops : NULL;
}

#else

const struct vjp_loops *vjp_loops_avx2(void)
{
    return NULL;
}

#endif
