/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BENCH_JSON_H
#define VJP_REPORTS_RENDER_BENCH_JSON_H

#include <stddef.h>

#include "reports/bench/result.h"
#include "reports/bench/skip.h"
#include "reports/render/sink.h"

/* A bench as a stream of JSON lines: a "bench_header", a "bench_skip" for each shape that is not timed, the results, and
 * a "bench_summary", without which the stream was cut off. Results are lines of type "bench": each has everything that another run is
 * compared by. Times are in seconds, rates in flop and bytes per second; what is not known is "nan". A
 * kernel without a number has "timed": false and no times. */

/* Of the stream; readers refuse another one. */
#define VJP_BENCH_FORMAT 1

/* What is known before the first result: the options among it. */
struct vjp_bench_header {
    const char *version, *cpu;
    double seconds, timeout;                      /* for a measurement, about; of a call */
    const char *against, *layer, *shapes, *sizes; /* NULL: none */
    bool apart;
    const int *threads; /* n_threads 0: those of the cases */
    int n_threads;
    const char *const *targets; /* the kernels: "naive:linear" */
    int n_targets;
};

/* What came of it. */
struct vjp_bench_totals {
    int64_t results, timed, failed, skipped;
    double seconds; /* that it took */
};

VJP_MUST_CHECK enum vjp_status vjp_bench_json_header(struct vjp_sink *sink,
                                                     const struct vjp_bench_header *header,
                                                     struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_bench_json_skip(struct vjp_sink *sink,
                                                   const struct vjp_bench_skip *skip,
                                                   struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_bench_json_summary(struct vjp_sink *sink,
                                                      const struct vjp_bench_totals *totals,
                                                      struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_bench_json_write(struct vjp_sink *sink,
                                                    const struct vjp_bench_result *result,
                                                    struct vjp_error *error);

/* A stream that was read. A zeroed struct is empty. */
struct vjp_bench_file {
    struct vjp_bench_result *result; /* texts belong to the file */
    size_t count;
    void **object; /* what the texts are part of, one for each result */
};

/* Reads the results of a file. VJP_ERR_USAGE, with the line and what was expected, where something is no JSON, or
 * lacks what a comparison needs; where the file is none of a bench of kernels, of another format, or cut off; where it
 * has no result; and where it cannot be opened. */
VJP_MUST_CHECK enum vjp_status vjp_bench_json_read(const char *path, struct vjp_bench_file *out,
                                                   struct vjp_error *error);
void vjp_bench_file_clear(struct vjp_bench_file *file);

#endif
