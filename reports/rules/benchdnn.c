/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/benchdnn.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Thresholds, in eps of the dtype: of f32 and f64, of f16 and bf16. */
struct driver {
    const char *layer;
    float wide, narrow;
    bool exact; /* its operands are */
};

static const struct driver drivers[] = {
    {"linear", 0, 0, true},         {"matmul", 0, 0, true},       {"conv2d", 0, 0, true},
    {"maxpool2d", 0, 0, true},      {"avgpool2d", 10, 10, false}, {"softmax", 40, 0, false},
    {"log_softmax", 200, 0, false},
};

static const struct driver *find_driver(const char *layer)
{
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
        if (strcmp(drivers[i].layer, layer) == 0)
            return &drivers[i];
    }
    return NULL;
}

/* epsilon_dt: the distance from 1 to the next number. */
static float epsilon(enum vjp_dtype dtype)
{
    return ldexpf(1, 1 - vjp_format(dtype)->precision);
}

static bool are_both_extreme(float a, float b)
{
    return (isnan(a) && isnan(b)) || (isinf(a) && isinf(b) && signbit(a) == signbit(b));
}

/* fabsf(NaN) compares false with everything, so NaN passes by the last line alone. */
static bool is_accepted(enum vjp_dtype dtype, float got, float want, float threshold,
                        float near_zero)
{
    const float difference = fabsf(want - got);
    const float relative = difference / (fabsf(want) > FLT_MIN ? fabsf(want) : 1);
    if (got == want)
        return true;
    if (fabsf(want) <= 1e-5f && difference < near_zero)
        return true;
    if ((fabsf(want) > 1e-5f ? relative : difference) <= threshold)
        return true;
    return dtype == VJP_F16 && are_both_extreme(want, got);
}

enum vjp_opinion vjp_rule_benchdnn(const struct vjp_rule_question *q)
{
    const struct driver *driver = find_driver(q->layer);
    if (!driver || (driver->exact && !q->exact))
        return VJP_OPINION_NONE;
    const bool is_wide = q->dtype == VJP_F32 || q->dtype == VJP_F64;
    const float slack = (float)vjp_rule_slack(q);
    const float threshold = (is_wide ? driver->wide : driver->narrow) * epsilon(q->dtype) * slack;
    const float near_zero = epsilon(VJP_F32) * slack;
    for (int64_t i = 0; i < q->count; i++) {
        if (!is_accepted(q->dtype, (float)q->got[i], (float)q->want[i], threshold, near_zero))
            return VJP_OPINION_REFUSE;
    }
    return VJP_OPINION_ACCEPT;
}
