/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BENCH_ORACLE_TEXT_H
#define VJP_REPORTS_RENDER_BENCH_ORACLE_TEXT_H

#include <stdio.h>

#include "reports/bench/oracle_result.h"

/* The ratios with their goals, and what is to be said of single ones. */
void vjp_bench_print_ratios(const struct vjp_oracle_ratio *ratios, int count, FILE *out);

/* How the elements of each kind of operands were settled, and the cases. */
void vjp_bench_print_operands(const struct vjp_oracle_operands *operands, int count, FILE *out);

#endif
