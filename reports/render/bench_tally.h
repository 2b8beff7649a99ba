/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BENCH_TALLY_H
#define VJP_REPORTS_RENDER_BENCH_TALLY_H

#include <stdio.h>

#include "reports/bench/tally.h"
#include "reports/render/sink.h"

/* Prints a table: of each kernel and group the cases, the geometric mean of the speeds, how many intervals lie above 1
 * and below, the least speed and its case. Nothing where no group has two cases. against: as a command line has it. */
void vjp_bench_print_tally(const struct vjp_tally *tally, const char *against, FILE *out);

/* Writes a line of type "bench_speed" for each row. */
VJP_MUST_CHECK enum vjp_status
vjp_bench_json_tally(struct vjp_sink *sink, const struct vjp_tally *tally, struct vjp_error *error);

#endif
