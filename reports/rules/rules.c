/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/rules.h"

#include "reports/rules/benchdnn.h"
#include "reports/rules/blas.h"
#include "reports/rules/close.h"
#include "reports/rules/nmse.h"

const struct vjp_published_rule vjp_rules[] = {
    {"torch.testing.assert_close",
     "PyTorch, torch/testing/_comparison.py at 539f6ce3, aten/src/ATen/native/TensorCompare.cpp at "
     "0acb13f4",
     0, 1, vjp_rule_assert_close},
    {"numpy.allclose", "NumPy, numpy/_core/numeric.py at 02179b56", 0, 1, vjp_rule_allclose},
    {"benchdnn", "oneDNN, tests/benchdnn at 3f27bec2", VJP_RULE_NEEDS_EXACT, 1, vjp_rule_benchdnn},
    {"ggml NMSE", "ggml, tests/test-backend-ops.cpp at d99724f2", 0, 1, vjp_rule_nmse},
    {"KernelBench 1e-2", "KernelBench v0.1, as told in src/kernelbench/eval.py at 423217d9", 0, 5,
     vjp_rule_kernelbench_first},
    {"KernelBench 1e-4", "KernelBench, src/kernelbench/eval.py at 423217d9", 0, 5,
     vjp_rule_kernelbench},
    {"BLAS ratio of 16", "Reference LAPACK, BLAS/TESTING/sblat3.f at 51b34947",
     VJP_RULE_NEEDS_SCALE, 1, vjp_rule_blas},
    {"gradcheck", "PyTorch, torch/autograd/gradcheck.py at 0189069d", VJP_RULE_NEEDS_NUMERICAL, 1,
     vjp_rule_gradcheck},
    {0},
};

enum vjp_opinion vjp_rule_judge(const struct vjp_published_rule *rule,
                                const struct vjp_rule_question *q)
{
    if (((rule->needs & VJP_RULE_NEEDS_SCALE) && !q->scale) ||
        ((rule->needs & VJP_RULE_NEEDS_NUMERICAL) && !q->numerical))
        return VJP_OPINION_NONE;
    return rule->judge(q);
}
