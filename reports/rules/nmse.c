/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/nmse.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double limit_of(const char *layer)
{
    static const char *const loose[] = {"linear", "matmul", "conv2d", "attention"};
    for (size_t i = 0; i < sizeof loose / sizeof *loose; i++) {
        if (strcmp(layer, loose[i]) == 0)
            return 5e-4;
    }
    return 1e-7;
}

static bool is_infinite(float value)
{
    return isinf(value) || value == FLT_MAX || value == -FLT_MAX;
}

/* What is looked at before the error is computed. */
static bool is_comparable(float got, float want)
{
    if (isnan(got) || isnan(want) || is_infinite(got) != is_infinite(want))
        return false;
    return !is_infinite(got) || signbit(got) == signbit(want);
}

enum vjp_opinion vjp_rule_nmse(const struct vjp_rule_question *q)
{
    double error = 0, norm = 0;
    if (q->dtype == VJP_F64)
        return VJP_OPINION_NONE;
    for (int64_t i = 0; i < q->count; i++) {
        const float got = (float)q->got[i], want = (float)q->want[i];
        if (!is_comparable(got, want))
            return VJP_OPINION_REFUSE;
        const float difference = got - want;
        const float squared = difference * difference, own = got * got;
        error += (double)squared;
        norm += (double)own;
    }
    return error / norm > limit_of(q->layer) * vjp_rule_slack(q) ? VJP_OPINION_REFUSE
                                                                 : VJP_OPINION_ACCEPT;
}
