/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_LIMITS_H
#define VJP_REPORTS_BENCH_LIMITS_H

#include "cases/base/dtype.h"
#include "cases/base/status.h"
#include "reports/bench/loops.h"

/* What a machine can do at most, measured. Of several runs the fastest counts: whatever else goes on only
 * slows one down. */

/* Floating-point operations per second of so many threads, in f32 or f64, where every operation is a fused
 * multiplication and addition in registers (two operations). */
VJP_MUST_CHECK enum vjp_status vjp_limits_peak(const struct vjp_loops *loops, enum vjp_dtype format,
                                               int threads, double *out, struct vjp_error *error);

/* Bytes per second of a stream through memory, each thread through its part. */
struct vjp_bandwidth {
    double read, write;
};

/* The same stretch of so many bytes again and again: so it comes from whatever cache has room for it, as
 * the operands of a kernel that is timed again and again do, and above the size of the last cache from
 * memory. Takes bytes of memory, 1 GiB at most. */
VJP_MUST_CHECK enum vjp_status vjp_limits_bandwidth(const struct vjp_loops *loops, int64_t bytes,
                                                    int threads, struct vjp_bandwidth *out,
                                                    struct vjp_error *error);

/* Writes the CPU's name as the system has it, cut at size, or "unknown"; returns text. */
char *vjp_limits_cpu(char *text, int size);

#endif
