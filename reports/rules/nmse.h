/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RULES_NMSE_H
#define VJP_REPORTS_RULES_NMSE_H

#include "reports/rules/rules.h"

/* test-backend-ops, ggml: tests/test-backend-ops.cpp at d99724f2b141fed9e1a9f402213506c081433465 (v0.21.0-2):
 * refused where got or want has a NaN, where one is infinite and the other is not or has another sign (the
 * largest number of f32 counts as infinite), or where
 *
 *     nmse = sum (got - want)^2 / sum got^2 > limit,
 *
 * squares in f32, sums in f64. The limit is 1e-7 and, of the operations that are here, 5e-4 for MUL_MAT and OUT_PROD
 * (linear, matmul), CONV_2D, FLASH_ATTN_EXT (attention); the backward ones that ggml has (softmax, rms_norm,
 * silu, get_rows, rope, cross_entropy_loss) have the 1e-7 of all. As published:
 * - the norm that the error is divided by is that of the kernel's result, not of what is right;
 * - a mean over all elements: one that is entirely wrong among 10^7 of its size passes;
 * - NaN > limit is false, so that inf/inf and 0/0 pass: beside infinities that agree, where squares leave the range of
 *   f32 at either end (numbers from about 1.8e19 on, or all of them below 2e-23), where all is zero, and where
 *   there is nothing.
 * Its tests have no f64: no opinion. */
enum vjp_opinion vjp_rule_nmse(const struct vjp_rule_question *question);

#endif
