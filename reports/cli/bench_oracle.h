/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_ORACLE_H
#define VJP_REPORTS_CLI_BENCH_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"

struct vjp_bench_oracle_plan {
    int64_t N, D, M;
    bool goals;          /* the shape is the one that there are goals for */
    const char *modules; /* the folder of the rivals' modules */
    double seconds;      /* for each of both that are timed in turns, about */
    const char
        *json; /* NULL: none; "-": the standard output, and the tables go to the standard error */
};

/* The shape that --shape names, "64,4096,4096"; text NULL: that one, for which there are goals. */
VJP_MUST_CHECK enum vjp_status vjp_bench_oracle_shape(const char *text,
                                                      struct vjp_bench_oracle_plan *out,
                                                      struct vjp_error *error);

/* Measures the exact contraction of dx and dw of a linear layer against OpenBLAS, MPFR and FLINT, on operands that are
 * hard for it against ordinary ones, its memory, and two threads against one; prints each ratio. A library that is not
 * there is told in its row. VJP_ERR_INTERNAL where a gradient fails its self-check. To be called while the
 * process has one thread. */
VJP_MUST_CHECK enum vjp_status vjp_bench_oracle(const struct vjp_bench_oracle_plan *plan,
                                                struct vjp_error *error);

#endif
