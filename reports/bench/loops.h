/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_LOOPS_H
#define VJP_REPORTS_BENCH_LOOPS_H

#include <stdint.h>

/* The loops with which a machine's limits are measured, in one instruction set. */
struct vjp_loops {
    const char *name; /* "AVX2 FMA" */
    /* Multiplications and additions in registers, in chains that do not wait for each other, as many as
     * hide the latency. fma_flops: of one iteration, in f32 and f64. */
    int fma_flops[2];
    void (*fma[2])(int64_t iterations);
    /* Reads, or writes, every byte of a stretch that is 64-aligned and of a multiple of VJP_LOOPS_BYTES,
     * so many times. */
    void (*read)(const void *from, int64_t bytes, int64_t times);
    void (*write)(void *to, int64_t bytes, int64_t times);
};

enum { VJP_LOOPS_F32, VJP_LOOPS_F64 };

#define VJP_LOOPS_BYTES 256

/* Those that peaks and bandwidths are measured with: AVX2 where the CPU can do it, else portable ones. */
const struct vjp_loops *vjp_loops_best(void);

extern const struct vjp_loops vjp_loops_portable;

/* NULL where the CPU, or the compiler, has no AVX2 and FMA. */
const struct vjp_loops *vjp_loops_avx2(void);

/* Only fma, no read and write. NULL where the CPU, or the compiler, has no AVX-512. */
const struct vjp_loops *vjp_loops_avx512(void);

#endif
