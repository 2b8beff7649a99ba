/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BENCH_JSON_H
#define VJP_REPORTS_RENDER_BENCH_JSON_H

#include <stddef.h>

#include "reports/bench/result.h"
#include "reports/render/sink.h"

/* Results of a bench as a stream of JSON lines of type "bench": each has everything that another run is
 * compared by. Times are in seconds, rates in flop and bytes per second; what is not known is "nan". A
 * kernel without a number has "timed": false and no times. */

VJP_MUST_CHECK enum vjp_status vjp_bench_json_write(struct vjp_sink *sink,
                                                    const struct vjp_bench_result *result,
                                                    struct vjp_error *error);

/* A stream that was read. A zeroed struct is empty. */
struct vjp_bench_file {
    struct vjp_bench_result *result; /* texts belong to the file */
    size_t count;
    void **object; /* what the texts are part of, one for each result */
};

/* Reads the lines of type "bench" of a file; other types are skipped. VJP_ERR_USAGE, with the line and what was
 * expected, where something is no JSON, or lacks what a comparison needs, and where there is no such
 * line; VJP_ERR_USAGE too for a file that cannot be opened. */
VJP_MUST_CHECK enum vjp_status vjp_bench_json_read(const char *path, struct vjp_bench_file *out,
                                                   struct vjp_error *error);
void vjp_bench_file_clear(struct vjp_bench_file *file);

#endif
