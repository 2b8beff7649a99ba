/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/blas.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define THRESHOLD 16

/* MAX(a, b) as GFortran 12 compiles it for x86-64: MAXSS, which gives its second argument where one is NaN. */
static double fortran_max(double a, double b)
{
    return a > b ? a : b;
}

/* Sets *ratio to ERR of the column; false where a result is less than half accurate. */
static bool check_column(const struct vjp_rule_question *q, int64_t begin, double eps,
                         double *ratio)
{
    *ratio = 0;
    for (int64_t i = begin; i < begin + q->row; i++) {
        double error = fabs(q->want[i] - q->got[i]) / eps;
        if (q->scale[i] != 0)
            error /= q->scale[i];
        *ratio = fortran_max(*ratio, error);
        if (*ratio * sqrt(eps) >= 1)
            return false;
    }
    return true;
}

enum vjp_opinion vjp_rule_blas(const struct vjp_rule_question *q)
{
    const double eps = q->dtype == VJP_F32 ? 0x1p-23 : 0x1p-52;
    double ratio = 0;
    assert(q->row > 0 || q->count == 0);
    if ((strcmp(q->layer, "linear") != 0 && strcmp(q->layer, "matmul") != 0) ||
        (q->dtype != VJP_F32 && q->dtype != VJP_F64))
        return VJP_OPINION_NONE;
    for (int64_t begin = 0; begin < q->count; begin += q->row) {
        if (!check_column(q, begin, eps, &ratio))
            return VJP_OPINION_REFUSE;
    }
    return fortran_max(0, ratio) < THRESHOLD * vjp_rule_slack(q) ? VJP_OPINION_ACCEPT
                                                                 : VJP_OPINION_REFUSE;
}
