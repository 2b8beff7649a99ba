/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_ORACLE_STAND_H
#define VJP_REPORTS_CLI_BENCH_ORACLE_STAND_H

#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "oracle/rival/rival.h"
#include "reports/bench/oracle_result.h"
#include "reports/cli/bench_oracle.h"

/* The operands that bench oracle gives to the exact contraction. */
enum vjp_stand_kind {
    VJP_STAND_NORMAL,
    VJP_STAND_CANCEL,
    VJP_STAND_WIDE,
    VJP_STAND_SUBNORMAL,
    VJP_STAND_F64,
};
#define VJP_STAND_COUNT 5

/* Threads of the self-check. */
#define VJP_STAND_JOBS 2

/* One kind of operands, and the contraction of them. A zeroed struct is empty. */
struct vjp_stand {
    enum vjp_stand_kind kind;
    const char *modules;
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_rival *exact; /* one thread */
};

/* Sets name and line. */
void vjp_stand_describe(enum vjp_stand_kind kind, const struct vjp_bench_oracle_plan *plan,
                        struct vjp_oracle_operands *out);

/* Makes the operands of a line. *out is to be closed in any case. */
VJP_MUST_CHECK enum vjp_status vjp_stand_open(enum vjp_stand_kind kind, const char *line,
                                              const char *modules, struct vjp_stand *out,
                                              struct vjp_error *error);
void vjp_stand_close(struct vjp_stand *stand);

/* Another rival on the same operands, as vjp_rival_create. */
VJP_MUST_CHECK enum vjp_status vjp_stand_rival(const struct vjp_stand *stand,
                                               enum vjp_rival_kind_name kind, int jobs,
                                               struct vjp_rival **out, struct vjp_error *error);

/* Has both gradients made as a reference, which checks itself, and sets how their elements were settled and how far
 * sums cancel. VJP_ERR_INTERNAL where a check fails, or some element was not settled. */
VJP_MUST_CHECK enum vjp_status vjp_stand_check(const struct vjp_stand *stand,
                                               struct vjp_oracle_operands *out,
                                               struct vjp_error *error);

#endif
