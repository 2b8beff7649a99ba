/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_KERNELS_H
#define VJP_REPORTS_CLI_BENCH_KERNELS_H

#include "reports/bench/machine.h"
#include "reports/bench/tally.h"
#include "reports/cli/truth.h"
#include "reports/cli/targets.h"
#include "reports/render/sink.h"
#include "reports/render/terminal.h"

/* A bench while it goes on. */
struct vjp_bench {
    struct vjp_targets *targets;
    struct vjp_targets
        *peers;     /* of which the fastest, case by case, is raced; NULL: nobody to compare with */
    double seconds; /* for each measurement */
    struct vjp_machine machine;
    FILE *out;             /* for the tables */
    struct vjp_sink *json; /* file NULL: none */
    struct vjp_progress progress;
    struct vjp_tally tally; /* of the speeds; to be cleared */
    int64_t results, timed, failed;
};

/* Judges every selected kernel that serves the case, the peer as well, and times those that are right; prints
 * a table and writes a line of JSON for each. n_threads 0: with the threads of the case. */
VJP_MUST_CHECK enum vjp_status vjp_bench_case(struct vjp_bench *bench, const struct vjp_case *c,
                                              const int *threads, int n_threads,
                                              struct vjp_error *error);

#endif
