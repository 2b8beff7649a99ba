/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/grade.h"

/* The derivation, for errors e of rounding that are independent, of mean 0 and of some u |partial sum|.
 *
 * - Terms of one sign: partial sums of j terms are like j, S is like k. One after the other, the mean square of the error is
 *   sum_j j^2 u^2 ~ k^3 u^2 / 3 and omega ~ k^(1/2) u. In pairs, level l has k / 2^l sums like 2^l, all levels together
 *   sum_l k 2^l ~ 2 k^2, and omega ~ k^0 u.
 * - Terms of both signs and mean 0: partial sums are like j^(1/2). One after the other sum_j j ~ k^2 / 2 and omega ~ k^0 u; in
 *   pairs every level gives k, and omega ~ (k log k)^(1/2) / k ~ k^(-1/2).
 *
 * So sequential is 1/2 above pairwise on either kind of data, and what decides is on which side of the middle, 1/4 above
 * pairwise, the whole confidence interval lies. Which kind the data is, is told by the condition 2 S / |g|: 2 for terms
 * of one sign, about 2 k^(1/2) for mean 0, so that 8 is between them from k = 16 on.
 *
 * Truncation has errors of one sign, that of the partial sum: they add up to k^2 u, omega ~ k u, and their mean square is
 * the square of their mean. Errors of mean 0 have a share of mean^2 in the mean square of 1/n. A share of 1/4 or more
 * with p < 1e-6 is called a bias; both, because elements of one answer share operands and are not quite independent,
 * which makes p too small.
 *
 * A result that is within e ulp before its last rounding is rounded to the wrong side with probability E|e|. The last
 * addition of a sum in the dtype itself adds two sums that were rounded, each by up to 1/2 ulp and, of terms of one sign,
 * each half as large as the result: by up to 1/4 of its ulp, evenly distributed, together E|e| = 1/6 ulp. So at most 5/6 of such
 * elements are correctly rounded, one after the other fewer, and where cancellation makes the result smaller than what is
 * added, fewer still. More than 9/10: it was summed in a wider format. */
#define SEQUENTIAL_ABOVE_PAIRWISE 0.5
#define CONDITION_OF_ONE_SIGN_MAX 8.0
#define BIAS_SHARE_MIN            0.25
#define BIAS_P_MAX                1e-6

static bool is_bias(const struct vjp_bias *bias)
{
    return bias->p < BIAS_P_MAX && bias->share >= BIAS_SHARE_MIN;
}

enum vjp_grade vjp_grade_find(const struct vjp_grade_evidence *e)
{
    const double pairwise =
        e->condition <= CONDITION_OF_ONE_SIGN_MAX ? 0 : -SEQUENTIAL_ABOVE_PAIRWISE;
    const double middle = pairwise + SEQUENTIAL_ABOVE_PAIRWISE / 2;
    if (!e->fit.known && !(e->correct > VJP_GRADE_ROUNDED_ONCE_MIN))
        return VJP_GRADE_UNKNOWN;
    if (e->correct > VJP_GRADE_ROUNDED_ONCE_MIN)
        return VJP_GRADE_ROUNDED_ONCE;
    if (is_bias(&e->toward_zero) && e->toward_zero.mean > 0)
        return VJP_GRADE_TRUNCATING;
    if (is_bias(&e->toward_zero) || is_bias(&e->up))
        return VJP_GRADE_BIASED;
    return e->fit.high < middle  ? VJP_GRADE_PAIRWISE
           : e->fit.low > middle ? VJP_GRADE_SEQUENTIAL
                                 : VJP_GRADE_BETWEEN;
}

const char *vjp_grade_name(enum vjp_grade grade)
{
    static const char *const names[VJP_GRADE_COUNT] = {
        [VJP_GRADE_UNKNOWN] = "not known",      [VJP_GRADE_ROUNDED_ONCE] = "rounded once",
        [VJP_GRADE_PAIRWISE] = "pairwise-like", [VJP_GRADE_BETWEEN] = "between",
        [VJP_GRADE_SEQUENTIAL] = "sequential",  [VJP_GRADE_BIASED] = "biased",
        [VJP_GRADE_TRUNCATING] = "truncating",
    };
    return names[grade];
}
