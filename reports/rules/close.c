/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/close.h"

#include <math.h>

/* What an operation on two numbers of the dtype gives. Both libraries compute those of f16 and bf16 in f32 and
 * round the result; an f32 operation is rounded right from one in double, which has more than twice the bits. */
static double rounded(enum vjp_dtype dtype, double value)
{
    const double single = vjp_bits_to_double(VJP_F32, vjp_bits_from_double(VJP_F32, value));
    if (dtype == VJP_F64)
        return value;
    return vjp_bits_to_double(dtype, vjp_bits_from_double(dtype, single));
}

/* In PyTorch a scalar beside a tensor of f16 or bf16 stays f32. */
static double torch_scalar(enum vjp_dtype dtype, double value)
{
    return rounded(dtype == VJP_F64 ? VJP_F64 : VJP_F32, value);
}

static enum vjp_opinion opinion(bool accepts)
{
    return accepts ? VJP_OPINION_ACCEPT : VJP_OPINION_REFUSE;
}

/* torch.allclose(a, b). */
static enum vjp_opinion torch_allclose(enum vjp_dtype dtype, int64_t count, const double *a,
                                       const double *b, double rtol, double atol)
{
    const double r = torch_scalar(dtype, rtol), least = torch_scalar(dtype, atol);
    bool all = true;
    for (int64_t i = 0; i < count; i++) {
        const double allowed = rounded(dtype, least + fabs(rounded(dtype, r * b[i])));
        const double actual = fabs(rounded(dtype, a[i] - b[i]));
        all &= a[i] == b[i] || (isfinite(actual) && actual <= allowed);
    }
    return opinion(all);
}

enum vjp_opinion vjp_rule_assert_close(const struct vjp_rule_question *q)
{
    static const struct {
        double rtol, atol;
    } tolerance[VJP_DTYPE_COUNT] = {[VJP_F16] = {0.001, 1e-5},
                                    [VJP_BF16] = {0.016, 1e-5},
                                    [VJP_F32] = {1.3e-6, 1e-5},
                                    [VJP_F64] = {1e-7, 1e-7}};
    return torch_allclose(q->dtype, q->count, q->got, q->want,
                          tolerance[q->dtype].rtol * vjp_rule_slack(q),
                          tolerance[q->dtype].atol * vjp_rule_slack(q));
}

enum vjp_opinion vjp_rule_allclose(const struct vjp_rule_question *q)
{
    const double rtol = rounded(q->dtype, 1e-5 * vjp_rule_slack(q));
    const double atol = rounded(q->dtype, 1e-8 * vjp_rule_slack(q));
    bool all = true;
    if (q->dtype == VJP_BF16)
        return VJP_OPINION_NONE;
    for (int64_t i = 0; i < q->count; i++) {
        const double a = q->got[i], b = q->want[i];
        const double allowed = rounded(q->dtype, atol + rounded(q->dtype, rtol * fabs(b)));
        const bool within = fabs(rounded(q->dtype, a - b)) <= allowed;
        all &= (within && isfinite(b)) || a == b;
    }
    return opinion(all);
}

static enum vjp_opinion kernelbench(const struct vjp_rule_question *q, double single)
{
    const double tolerance = (q->dtype == VJP_F32 ? single : 1e-2) * vjp_rule_slack(q);
    if (q->dtype == VJP_F64)
        return VJP_OPINION_NONE;
    return torch_allclose(q->dtype, q->count, q->want, q->got, tolerance, tolerance);
}

enum vjp_opinion vjp_rule_kernelbench(const struct vjp_rule_question *q)
{
    return kernelbench(q, 1e-4);
}

enum vjp_opinion vjp_rule_kernelbench_first(const struct vjp_rule_question *q)
{
    return kernelbench(q, 1e-2);
}

enum vjp_opinion vjp_rule_gradcheck(const struct vjp_rule_question *q)
{
    return torch_allclose(VJP_F64, q->count, q->got, q->numerical, 1e-3 * vjp_rule_slack(q),
                          1e-5 * vjp_rule_slack(q));
}
