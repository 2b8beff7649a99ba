/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_BENCH_ORACLE_SCENE_H
#define VJP_TESTS_REPORTS_RENDER_BENCH_ORACLE_SCENE_H

#include "reports/bench/oracle_result.h"

#include <math.h>

/* A goal that is missed, one that is met by a part and on a noisy machine, one that could not be measured, and one
 * for which there is no goal. */
static const struct vjp_oracle_ratio ratios[4] = {
    {.name = "gemm",
     .operands = "normal",
     .own = "exact contraction, 1 thread",
     .other = "OpenBLAS 1.0 dgemm (Core)",
     .measured = true,
     .unit = "s",
     .own_amount = 0.5,
     .other_amount = 0.125,
     .share = 1,
     .ratio = {.n = 6, .median = 4, .q1 = 3.75, .q3 = 4.25, .low = 3.5, .high = 4.5},
     .spread = 0.0625,
     .noise = 0.03125,
     .sense = VJP_GOAL_AT_MOST,
     .goal = 3},
    {.name = "mpfr_dot",
     .operands = "normal",
     .own = "exact contraction, 1 thread",
     .other = "MPFR 4 mpfr_dot",
     .measured = true,
     .unit = "s",
     .own_amount = 0.5,
     .other_amount = 256,
     .share = 0.25,
     .ratio = {.n = 3, .median = 512, .q1 = 512, .q3 = 512, .low = NAN, .high = NAN},
     .spread = 0.0625,
     .noise = 0.5,
     .sense = VJP_GOAL_AT_LEAST,
     .goal = 400},
    {.name = "arb_mat_mul",
     .operands = "normal",
     .own = "exact contraction, 1 thread",
     .other = "FLINT",
     .reason = "not built: \033",
     .sense = VJP_GOAL_AT_LEAST,
     .goal = 5},
    {.name = "memory",
     .operands = "normal",
     .own = "exact contraction, 1 thread",
     .other = "size",
     .measured = true,
     .unit = "B",
     .own_amount = 3e6,
     .other_amount = 1e6,
     .share = 1,
     .ratio = {.n = 1, .median = 3, .q1 = 3, .q3 = 3, .low = NAN, .high = NAN},
     .sense = VJP_GOAL_AT_MOST,
     .goal = NAN},
};

static const struct vjp_oracle_operands operands = {.name = "cancel",
                                                    .line = "linear dtype=f32 N=1 D=1 M=1",
                                                    .change = "mirrored",
                                                    .elements = 100,
                                                    .settled = {10, 20, 30, 40},
                                                    .least = 0x1p-100};

#endif
