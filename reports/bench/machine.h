/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_MACHINE_H
#define VJP_REPORTS_BENCH_MACHINE_H

#include "cases/base/model.h"
#include "cases/spec/case.h"
#include "reports/bench/limits.h"

/* The machine's limits, each measured when it is first asked for. */
struct vjp_machine {
    const struct vjp_loops *loops;
    char cpu[128];
    double peak[2]
               [VJP_THREADS_MAX + 1]; /* by VJP_LOOPS_F32 or F64 and threads; 0: not measured yet */
    char peak_name[2][32];
    char ceiling_name[32]; /* of what was asked last */
    /* What was asked last: kernels on the same case have the same tensors. */
    int64_t bytes;
    int threads; /* 0: nothing yet */
    struct vjp_bandwidth bandwidth;
};

void vjp_machine_init(struct vjp_machine *out);

/* Flop per second in the format that sums are taken in, f64 or (for it and all narrower ones) f32, and its
 * name: "AVX2 FMA f32", the machine's. */
VJP_MUST_CHECK enum vjp_status vjp_machine_peak(struct vjp_machine *machine, enum vjp_dtype format,
                                                int threads, double *out, const char **name,
                                                struct vjp_error *error);

/* Flop per second, in the format of the operands, f32 or f64, that no kernel reaches which does all of its operations
 * on so many threads: VJP_MACHINE_MARGIN times the highest of several peaks, measured anew, by the widest
 * instructions that there are as well, times the highest over the lowest of one kind, which is how far a
 * measurement of this minute may be off. *name is that of the highest, the machine's. */
VJP_MUST_CHECK enum vjp_status vjp_machine_ceiling(struct vjp_machine *machine,
                                                   enum vjp_dtype format, int threads, double *out,
                                                   const char **name, struct vjp_error *error);

/* The best kernels reach 0.95 of a peak, and from one minute to the next a machine may change its frequency by a
 * fifth: 0.95 x 1.2 = 1.14. */
#define VJP_MACHINE_MARGIN 1.15

/* Bytes per second where so many are read and so many written, of a working set of both together: the
 * bytes over the sum of the times of either. */
VJP_MUST_CHECK enum vjp_status vjp_machine_bandwidth(struct vjp_machine *machine, int64_t read,
                                                     int64_t written, int threads, double *out,
                                                     struct vjp_error *error);

#endif
