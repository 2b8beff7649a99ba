/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RULES_CLOSE_H
#define VJP_REPORTS_RULES_CLOSE_H

#include "reports/rules/rules.h"

/* The rules of the form |a - b| <= atol + rtol |b|, element by element. None takes NaN for equal to NaN, as
 * equal_nan=False has it; equal infinities are close; no elements are close. The arithmetic is that of the
 * dtype, as the libraries have it, in which 1e-8 is 0 for f16. */

/* torch.testing.assert_close(actual=got, expected=want), PyTorch: torch/testing/_comparison.py at
 * 539f6ce3075a01a0f4a2d54d2061c3696df9ed69 (_DTYPE_PRECISIONS: rtol, atol of f16 1e-3, 1e-5; bf16 1.6e-2, 1e-5;
 * f32 1.3e-6, 1e-5; f64 1e-7, 1e-7), which calls isclose, aten/src/ATen/native/TensorCompare.cpp at
 * 0acb13f480b3ebee1351081a2a84eba548a3fcf5: a == b, or |a - b| is finite and <= atol + |rtol b|. */
enum vjp_opinion vjp_rule_assert_close(const struct vjp_rule_question *question);

/* numpy.allclose(a=got, b=want), NumPy 2: numpy/_core/numeric.py, isclose, at
 * 02179b569e362a40f28ed8c6ce57bd87fc620de7: rtol 1e-5, atol 1e-8; |a - b| <= atol + rtol |b| and b is finite, or
 * a == b. The tolerances take the arrays' dtype first. NumPy has no bf16: no opinion. */
enum vjp_opinion vjp_rule_allclose(const struct vjp_rule_question *question);

/* KernelBench: src/kernelbench/eval.py at 423217d9fda91e0c2d67e4a43bf62f96f6d104f1: torch.allclose(a=want, b=got)
 * with rtol = atol = 1e-4 for f32, 1e-2 for f16 and bf16 (get_tolerance_for_precision), in each of five trials
 * (scripts/eval_from_generations.py: num_correct_trials). The tolerance grows with what the kernel wrote, not
 * with what is right. Its operands are mostly torch.rand. It has no f64: no opinion. */
enum vjp_opinion vjp_rule_kernelbench(const struct vjp_rule_question *question);

/* The same with rtol = atol = 1e-2 for f32 too: "kernelbench v0 and v0.1" in a comment there. */
enum vjp_opinion vjp_rule_kernelbench_first(const struct vjp_rule_question *question);

/* torch.autograd.gradcheck: torch/autograd/gradcheck.py at 0189069d605b6bce78600b59d22c6852c2c0096b:
 * torch.allclose(a=got, b=numerical) with atol 1e-5, rtol 1e-3, in f64, where numerical is central differences
 * with eps 1e-6 (vjp_rule_differences). PyTorch compares every column of the Jacobian, and differences in the
 * precision of the operands; here the products with dy are compared, and the differences are those of f64 for
 * every dtype, which is the rule at its best. */
enum vjp_opinion vjp_rule_gradcheck(const struct vjp_rule_question *question);

#endif
