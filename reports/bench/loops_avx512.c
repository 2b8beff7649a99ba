/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/loops.h"

#include <stddef.h>

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f")))

/* 12 chains, as with AVX2: 4 cycles, two of which start in every cycle at most. */
#define FMA(name, type, vector, p)                                                                 \
    static TARGET void name(int64_t iterations)                                                    \
    {                                                                                              \
        static volatile type zero;                                                                 \
        static volatile type sink;                                                                 \
        const vector a = _mm512_set1_##p(zero), b = _mm512_set1_##p(1 + zero);                     \
        vector c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a;                                     \
        vector c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;                                   \
        for (int64_t i = 0; i < iterations; i++) {                                                 \
            c0 = _mm512_fmadd_##p(c0, a, b), c1 = _mm512_fmadd_##p(c1, a, b);                      \
            c2 = _mm512_fmadd_##p(c2, a, b), c3 = _mm512_fmadd_##p(c3, a, b);                      \
            c4 = _mm512_fmadd_##p(c4, a, b), c5 = _mm512_fmadd_##p(c5, a, b);                      \
            c6 = _mm512_fmadd_##p(c6, a, b), c7 = _mm512_fmadd_##p(c7, a, b);                      \
            c8 = _mm512_fmadd_##p(c8, a, b), c9 = _mm512_fmadd_##p(c9, a, b);                      \
            c10 = _mm512_fmadd_##p(c10, a, b), c11 = _mm512_fmadd_##p(c11, a, b);                  \
            __asm__("" : "+v"(c0), "+v"(c1), "+v"(c2), "+v"(c3), "+v"(c4), "+v"(c5));              \
            __asm__("" : "+v"(c6), "+v"(c7), "+v"(c8), "+v"(c9), "+v"(c10), "+v"(c11));            \
        }                                                                                          \
        c0 = (c0 + c1 + c2 + c3) + (c4 + c5 + c6 + c7) + (c8 + c9 + c10 + c11);                    \
        sink = c0[0];                                                                              \
        (void)sink;                                                                                \
    }

FMA(fma_f32, float, __m512, ps)
FMA(fma_f64, double, __m512d, pd)

const struct vjp_loops *vjp_loops_avx512(void)
{
    static const struct vjp_loops loops = {
        .name = "AVX-512 FMA", .fma_flops = {12 * 16 * 2, 12 * 8 * 2}, .fma = {fma_f32, fma_f64}};
    return __builtin_cpu_supports("avx512f") ? &loops : NULL;
}

#else

const struct vjp_loops *vjp_loops_avx512(void)
{
    return NULL;
}

#endif
