/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_COMPARE_H
#define VJP_REPORTS_CLI_BENCH_COMPARE_H

#include "cases/base/status.h"

/* Compares two files that bench --json wrote, and prints it. *code is VJP_EXIT_FAILED where a kernel's ratio is
 * below least, or it had a number and has none; least 0: never. */
VJP_MUST_CHECK enum vjp_status vjp_bench_compare_files(const char *before, const char *after,
                                                       double least, int *code,
                                                       struct vjp_error *error);

#endif
