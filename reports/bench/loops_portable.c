/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/loops.h"

#include <string.h>

/* As scalars in registers; elsewhere the compiler is left to itself. */
#if defined(__x86_64__)
#define VJP_REGISTERS(a, b, c, d) "+x"(a), "+x"(b), "+x"(c), "+x"(d)
#else
#define VJP_REGISTERS(a, b, c, d) "+m"(a), "+m"(b), "+m"(c), "+m"(d)
#endif

/* 8 chains: a multiplication and an addition after it take about 8 cycles, and one of each starts in every
 * cycle or two of them. a b + b = b for a = 0: nothing grows. */
#define FMA(name, type)                                                                            \
    static void name(int64_t iterations)                                                           \
    {                                                                                              \
        static volatile type zero;                                                                 \
        static volatile type sink;                                                                 \
        const type a = zero, b = 1 + zero;                                                         \
        type c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a;                       \
        for (int64_t i = 0; i < iterations; i++) {                                                 \
            c0 = c0 * a + b, c1 = c1 * a + b, c2 = c2 * a + b, c3 = c3 * a + b;                    \
            c4 = c4 * a + b, c5 = c5 * a + b, c6 = c6 * a + b, c7 = c7 * a + b;                    \
            /* Equal as they are, they are not to become one. */                                   \
            __asm__("" : VJP_REGISTERS(c0, c1, c2, c3), VJP_REGISTERS(c4, c5, c6, c7));            \
        }                                                                                          \
        sink = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7;                                              \
        (void)sink;                                                                                \
    }

FMA(fma_f32, float)
FMA(fma_f64, double)

static void read_all(const void *from, int64_t bytes, int64_t times)
{
    static volatile uint64_t sink;
    const uint64_t *p = from;
    const int64_t n = bytes / (int64_t)sizeof *p;
    uint64_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (int64_t t = 0; t < times; t++) {
        for (int64_t i = 0; i + 4 <= n; i += 4)
            s0 += p[i], s1 += p[i + 1], s2 += p[i + 2], s3 += p[i + 3];
        __asm__ volatile("" ::: "memory"); /* the next pass reads again */
    }
    sink = s0 + s1 + s2 + s3;
    (void)sink;
}

static void write_all(void *to, int64_t bytes, int64_t times)
{
    for (int64_t t = 0; t < times; t++) {
        memset(to, (int)t, (size_t)bytes);
        __asm__ volatile("" ::: "memory");
    }
}

const struct vjp_loops vjp_loops_portable = {.name = "portable C",
                                             .fma_flops = {16, 16},
                                             .fma = {fma_f32, fma_f64},
                                             .read = read_all,
                                             .write = write_all};
