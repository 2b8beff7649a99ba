/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RULES_BENCHDNN_H
#define VJP_REPORTS_RULES_BENCHDNN_H

#include "reports/rules/rules.h"

/* benchdnn, oneDNN: tests/benchdnn/utils/compare.cpp, compare_p2p, and the drivers' setup_cmp at
 * 3f27bec21fdce6b550f233bf6e0afd086ee8d543. All in f32, also for f64. An element passes where
 * - got == want; or
 * - |want| <= 1e-5 and |got - want| < eps of f32, 2^-23; or
 * - the difference, for |want| > 1e-5 divided by |want|, is at most the driver's threshold; or
 * - the dtype is f16, and both are NaN or the same infinity.
 * The thresholds, with eps = 2 u of the dtype and the default accumulation mode, strict:
 *     matmul, ip, conv (linear, matmul, conv2d)    0, on operands from small integers whose sums are exact
 *                                                  (matmul/cfg.cpp: -64..64 times -128..128 in f32, -4..4 times
 *                                                  -2..2 in f16 and bf16, thinned out): exact operands only
 *     pool with alg max (maxpool2d)                0, exact operands only
 *     pool with alg avg (avgpool2d)                10 eps
 *     softmax, backward                            40 eps in f32 and f64, 0 in f16 and bf16
 *     softmax with alg LOGSOFTMAX (log_softmax)    200 eps in f32 and f64, 0 in f16 and bf16
 * No opinion on the layers of other drivers, whose checks look at the operands, too. A result with too many
 * zeros is "mistrusted" there, and does not fail. */
enum vjp_opinion vjp_rule_benchdnn(const struct vjp_rule_question *question);

#endif
