/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_LISTS_H
#define VJP_REPORTS_CLI_BENCH_LISTS_H

#include "reports/cli/targets.h"

/* What a command line of bench has with commas between. */

/* So many thread counts are enough for one machine, and so many libraries to be compared with. */
#define VJP_BENCH_THREADS_MAX 16
#define VJP_BENCH_PEERS_MAX   8

/* "1,2": numbers of threads, none twice. VJP_ERR_USAGE where it is something else. */
VJP_MUST_CHECK enum vjp_status vjp_bench_threads_read(const char *text,
                                                      int threads[VJP_BENCH_THREADS_MAX],
                                                      int *count, struct vjp_error *error);

/* "openblas,blis": opens all of them (vjp_targets_open). *names is what their names point into, to be freed by the
 * caller after the targets were closed, also on failure. timeout: of a call, in seconds. */
VJP_MUST_CHECK enum vjp_status vjp_bench_peers_open(const char *text, double timeout, char **names,
                                                    struct vjp_targets *out,
                                                    struct vjp_error *error);

#endif
