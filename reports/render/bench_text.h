/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BENCH_TEXT_H
#define VJP_REPORTS_RENDER_BENCH_TEXT_H

#include <stddef.h>
#include <stdio.h>

#include "reports/bench/compare.h"
#include "reports/bench/skip.h"

/* The results of kernels on one case: the case, the limits of the machine, a row for each kernel, and under
 * it what is to be said of single ones. count >= 1. peers: of several peers what each was alone, of which the fastest
 * is the one that speeds are of; NULL: there were no several. */
void vjp_bench_print_case(const struct vjp_bench_result *results, int count, const char *peers,
                          FILE *out);

/* What was asked for and not timed: a line for each reason, with the shapes; nothing for no skips. */
void vjp_bench_print_skips(const struct vjp_bench_skip *skips, size_t count, FILE *out);

/* A row for each comparison, under the case that it is of. */
void vjp_bench_print_comparison(const struct vjp_comparison *comparisons, size_t count, FILE *out);

#endif
