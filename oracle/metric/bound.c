/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/bound.h"

#include <math.h>

/* The derivation.
 *
 * One element is g = t_1 + ... + t_k, t_i = a_i b_i the k terms that are not zero (terms that are
 * zero are added without error), S = |t_1| + ... + |t_k|. The kernel works with unit roundoff u,
 * rounds to nearest, takes the terms in any order, in any tree, with or without FMA. Leave underflow
 * and overflow aside.
 *
 * Theorem. |computed - g| <= k u S.
 * Without FMA this is Jeannerod and Rump, "Improved error bounds for inner products in
 * floating-point arithmetic", SIAM J. Matrix Anal. Appl. 34 (2013), who allow any order and put no
 * limit on k. With FMA it still holds; the proof covers both. Let v = u / (1 + u); a rounded x has
 * an error of at most v |x|. By induction over the tree, with E_i <= n_i u S_i for its parts:
 *
 *   leaf, fl(t): E <= v |t| <= u S. A number that is there already (k counts it): E = 0.
 *   sum of two parts, S = S1 + S2, n = n1 + n2, error of the addition d <= min(|s1^|, |s2^|,
 *   v |s1^ + s2^|), where s^ is the computed part.
 *     (a) S2 <= v S1: d <= |s2^| <= S2 + E2, so E <= S2 + 2 E2 + E1 <= S2 (1 + 2 n2 u) + n1 u S1.
 *         That is at most n u S iff S2 (1 + n2 u - n1 u) <= n2 u S1, and since S2 <= u S1 / (1 + u)
 *         it is enough that 1 + n2 u - n1 u <= n2 (1 + u), that is 1 - n1 u <= n2: true.
 *     (b) the same with 1 and 2 exchanged.
 *     (c) otherwise d <= v (S + E1 + E2), so E <= v S + (1 + v) u (n1 S1 + n2 S2). Divided by v:
 *         S + (1 + 2u)(n1 S1 + n2 S2) <= (1 + u) n S is to be shown, that is
 *         0 <= (n1 - 1) S2 + (n2 - 1) S1 + u (n1 - n2)(S2 - S1). For n1 >= n2 the right side is
 *         (n2 - 1) S + (n1 - n2)((1 + u) S2 - u S1), and S2 > v S1: true; else exchange 1 and 2.
 *   fma(a, b, s1^), n = n1 + 1, P = |a b|: s1^ is a number of the format and the result is the
 *   nearest one to s1^ + a b, so d <= P; also d <= v |s1^ + a b|.
 *     P <= v S1: E <= P + E1 <= u S1 + n1 u S1 <= n u S.
 *     P > v S1: E <= v (S1 + P + E1) + E1; divided by v, S + (1 + 2u) n1 S1 <= (1 + u)(n1 + 1) S is
 *     to be shown, that is u (n1 - 1) S1 <= n1 P + u (n1 + 1) P, and P (1 + u) > u S1: true.
 *
 * Underflow. Sums of numbers of the format are exact below the normal range. A product, alone or in
 * an FMA, may be off by h = 2^(emin - p), half of the smallest subnormal number; that is as if t_i
 * were t_i + h_i with |h_i| <= h and nothing else happened. So k h (1 + k u) is added. If every term
 * is a multiple of 2^(emin - p + 1) such a product is exact, and nothing is added. A kernel that
 * flushes may lose 2^emin in each of its at most 2 k operations, unless every term, hence every
 * partial sum, is a multiple of 2^emin.
 *
 * Operands that are rounded to the working precision first (only to explain an answer: a declared
 * format holds its operands) change t_i by at most (2 u + u^2) |t_i|: (2 u + u^2)(1 + k u) S is added.
 *
 * Exact data. If every term is a multiple of q and S <= 2^p q, with q at least the smallest
 * subnormal number, every partial sum of every order is a number of the format: nothing is rounded,
 * and nothing tolerated.
 *
 * The result. Where the dtype has fewer bits than the working precision, the sum is rounded to it
 * once: u_out |sum| + h_out; under accumulate twice, before and after the old value is added. (That
 * addition, of two numbers of the dtype, may be rounded to the working precision first: with at least
 * 2 p + 2 bits, which every pair of formats here has, that changes nothing. Figueroa, "When is double
 * rounding innocuous?", SIGNUM Newsletter 30 (1995).)
 *
 * Overflow. Let P be the sum of the positive terms and Q that of the negative ones, P + Q = S and
 * P - Q = g. A partial sum over some of the terms, P' and Q' of them, is computed as at most
 * P' - Q' + k u (P' + Q') <= P (1 + k u) as long as k u <= 1, and at most P + k u S in any case, both
 * with what underflow adds; only where that reaches (2 - 2^-p) 2^emax can it become infinite. Likewise Q and minus infinity. Under
 * accumulate the sum alone may overflow in the dtype, where it is rounded to that before the old
 * value is added. */

/* A computed bound is enlarged by this part of itself. S and the bound are rounded up, which only
 * enlarges them; the error that is compared with the bound is rounded up as well, in at most four
 * operations of 64 bits, so by less than 2^-60 of itself. A kernel that keeps the bound is therefore
 * never refused, and one that passes is at most 2^-60 of the bound outside it. */
#define SLACK_EXPONENT (-60)

/* To explain an answer by a narrower arithmetic the worst case says little: at k u near 1 it explains
 * anything, a lost block of terms among it. So an explanation must be probable: with roundings that
 * are independent and of mean zero the error is at most lambda sqrt(k) u S, but for terms in u^2,
 * with probability 1 - 2 k exp(-lambda^2 / 2) (Higham and Mary, "A new approach to probabilistic
 * rounding error analysis", SIAM J. Sci. Comput. 41 (2019)). With lambda = 6 that is all but 3e-8 k.
 * Nothing passes or fails by it: it only chooses between the words inaccurate and wrong. */
#define PROBABLE 6

struct vjp_arithmetic vjp_arithmetic_of_model(const struct vjp_model *model, enum vjp_dtype dtype,
                                              bool accumulate)
{
    const struct vjp_format *format = vjp_format(model->accumulate);
    const struct vjp_format *output = vjp_format(dtype);
    return (struct vjp_arithmetic){.format = model->accumulate,
                                   .precision = format->precision,
                                   .emin = format->emin,
                                   .emax = format->emax,
                                   .flushes = model->flushes,
                                   .narrow_operands = model->narrow_operands,
                                   .rounds_operands = format->precision < output->precision,
                                   .output = output,
                                   .accumulate = accumulate,
                                   .ulps = model->ulps,
                                   .wants_saved = model->wants_saved};
}

struct vjp_arithmetic vjp_arithmetic_narrowed(const struct vjp_arithmetic *arithmetic,
                                              enum vjp_dtype narrower, enum vjp_dtype dtype)
{
    struct vjp_arithmetic narrow = *arithmetic;
    narrow.precision = vjp_format(narrower)->precision;
    narrow.probable = true;
    narrow.rounds_operands = narrow.precision < vjp_format(dtype)->precision;
    return narrow;
}

void vjp_bound_init(struct vjp_bound *bound)
{
    mpfr_init2(bound->total, VJP_SCALE_PRECISION);
    mpfr_init2(bound->before, VJP_SCALE_PRECISION);
    mpfr_init2(bound->underflow, VJP_SCALE_PRECISION);
    mpfr_init2(bound->magnitude, VJP_SCALE_PRECISION);
    mpfr_inits2(VJP_SCALE_PRECISION, bound->spare[0], bound->spare[1], (mpfr_ptr)0);
}

void vjp_bound_clear(struct vjp_bound *bound)
{
    mpfr_clear(bound->total);
    mpfr_clear(bound->before);
    mpfr_clear(bound->underflow);
    mpfr_clear(bound->magnitude);
    mpfr_clears(bound->spare[0], bound->spare[1], (mpfr_ptr)0);
}

/* Exact data, see above, for numbers of p bits and exponents from emin. */
static bool is_exact(const struct vjp_gradient *g, int64_t j, int precision, int emin, bool flushes)
{
    const int64_t lowest = g->lowest[j];
    if (lowest == INT64_MAX)
        return true;
    const int64_t smallest = flushes ? emin : emin - precision + 1;
    return lowest != VJP_LOWEST_UNKNOWN && lowest >= smallest &&
           mpfr_cmp_ui_2exp(&g->scale[j], 1, lowest + precision) <= 0;
}

int64_t vjp_bound_probable_terms(int64_t k)
{
    const double terms = ceil(PROBABLE * sqrt((double)k));
    return terms < (double)k ? (int64_t)terms : k;
}

/* total = k u S, and what is added for rounded operands and underflow. */
static void set_sum_error(struct vjp_bound *bound, const struct vjp_arithmetic *a,
                          const struct vjp_gradient *g, int64_t j)
{
    mpfr_ptr out = bound->total, spare = bound->spare[0];
    const int64_t k = g->terms[j];
    const int64_t lowest = g->lowest[j];
    mpfr_mul_si(out, &g->scale[j], a->probable ? vjp_bound_probable_terms(k) : k, MPFR_RNDU);
    if (a->rounds_operands) { /* + 3 (1 + k u) S, and 3 u >= 2 u + u^2 */
        mpfr_set_si_2exp(spare, k, -a->precision, MPFR_RNDU);
        mpfr_add_ui(spare, spare, 1, MPFR_RNDU);
        mpfr_mul_ui(spare, spare, 3, MPFR_RNDU);
        mpfr_mul(spare, spare, &g->scale[j], MPFR_RNDU);
        mpfr_add(out, out, spare, MPFR_RNDU);
    }
    mpfr_mul_2si(out, out, -a->precision, MPFR_RNDU);
    const int64_t smallest = a->flushes ? a->emin : a->emin - a->precision + 1;
    if (lowest != VJP_LOWEST_UNKNOWN && lowest >= smallest)
        return;
    mpfr_set_si_2exp(spare, k, -a->precision, MPFR_RNDU);
    mpfr_add_ui(spare, spare, 1, MPFR_RNDU); /* 1 + k u */
    mpfr_mul_si(spare, spare, a->flushes ? 2 * k : k, MPFR_RNDU);
    mpfr_mul_2si(bound->underflow, spare, a->flushes ? a->emin : a->emin - a->precision, MPFR_RNDU);
    mpfr_add(out, out, bound->underflow, MPFR_RNDU);
}

/* total += part * 2^exponent, rounded up. */
static void add_part(struct vjp_bound *bound, long double part, int64_t exponent)
{
    mpfr_set_ld(bound->spare[0], part, MPFR_RNDU);
    mpfr_mul_2si(bound->spare[0], bound->spare[0], exponent, MPFR_RNDU);
    mpfr_add(bound->total, bound->total, bound->spare[0], MPFR_RNDU);
}

/* The bound of an element that comes of a recorded backward pass: that of the kernel's way of computing
 * (oracle/jacobian/ways.c). It is made for elementary functions with VJP_ULPS_DEFAULT and with VJP_ULPS_MAX;
 * between them it is taken to be linear in the ulps, as it is to first order. What is of higher order grows
 * faster towards the end, so that the line is above it. */
static void set_program_error(struct vjp_bound *bound, const struct vjp_arithmetic *a,
                              const struct vjp_gradient *g, int64_t j)
{
    const struct vjp_sensitivity *s = &g->sensitivity[j];
    mpfr_set_zero(bound->total, 1);
    if (a->probable) {
        add_part(bound, PROBABLE * s->probable, -a->precision);
        if (a->rounds_operands)
            add_part(bound, s->operands, -a->precision);
        return;
    }
    if (a->format < g->dtype) { /* no way to compute, and no bound */
        mpfr_set_inf(bound->total, 1);
        return;
    }
    struct vjp_way way = {.accumulate = a->format,
                          .narrow_operands = a->narrow_operands,
                          .flushes = a->flushes,
                          .saved = a->wants_saved};
    const long double *of = &g->running[j * g->ways];
    const long double fine = of[vjp_gradient_way(g, &way)];
    way.coarse = true;
    const long double coarse = of[vjp_gradient_way(g, &way)];
    const long double share =
        (long double)(a->ulps - VJP_ULPS_DEFAULT) / (VJP_ULPS_MAX - VJP_ULPS_DEFAULT);
    add_part(bound, fine, 0);
    if (share > 0 && coarse > fine)
        add_part(bound, share * (coarse - fine), 0);
}

/* Whether some infinity may become a finite number, and a wrong one. What overflows is taken to be off by no
 * more than itself. */
static bool may_lose_itself(struct vjp_bound *out, const struct vjp_arithmetic *a,
                            const struct vjp_sensitivity *s)
{
    mpfr_set_ld(out->spare[0], 2 * s->swallowed, MPFR_RNDU);
    return (s->overflowed & a->wants_saved) != 0 ||
           vjp_bound_overflows(out->spare[0], a->precision, a->emax);
}

/* Whether a number that the backward pass meets may be infinite in the working format, or is given so. */
static bool may_overflow(struct vjp_bound *out, const struct vjp_arithmetic *a,
                         const struct vjp_sensitivity *s)
{
    if ((s->overflowed & a->wants_saved) != 0)
        return true;
    mpfr_set_ld(out->spare[0], s->peak, MPFR_RNDU);
    mpfr_add(out->spare[0], out->spare[0], out->total, MPFR_RNDU);
    return vjp_bound_overflows(out->spare[0], a->precision, a->emax);
}

/* error = error + u_out (magnitude + error) + h_out: one rounding of a number that is within error
 * of one of that magnitude. */
static void add_rounding(mpfr_t error, mpfr_t spare, mpfr_srcptr magnitude,
                         const struct vjp_format *format)
{
    mpfr_add(spare, magnitude, error, MPFR_RNDU);
    mpfr_mul_2si(spare, spare, -format->precision, MPFR_RNDU);
    mpfr_add(error, error, spare, MPFR_RNDU);
    mpfr_set_ui_2exp(spare, 1, format->emin - format->precision, MPFR_RNDU);
    mpfr_add(error, error, spare, MPFR_RNDU);
}

bool vjp_bound_overflows(mpfr_srcptr x, int precision, int emax)
{
    /* (2^(p + 1) - 1) 2^(emax - p), with a factor of at most 54 bits */
    return mpfr_cmp_ui_2exp(x, (UINT64_C(1) << (precision + 1)) - 1, emax - precision) >= 0;
}

/* out = (S + sign g) / 2, rounded up: P for sign 1, Q for -1. Where g is not finite nothing is known
 * of the signs of the finite terms, and it is S. */
static void set_one_sided(mpfr_t out, const struct vjp_gradient *g, int64_t j, int sign)
{
    const struct vjp_real *value = &g->value[j];
    if (value->kind != VJP_REAL_FINITE) {
        mpfr_set(out, &g->scale[j], MPFR_RNDU);
        return;
    }
    if (sign > 0)
        mpfr_add(out, &g->scale[j], vjp_real_high(value), MPFR_RNDU);
    else
        mpfr_sub(out, &g->scale[j], vjp_real_low(value), MPFR_RNDU);
    mpfr_div_2ui(out, out, 1, MPFR_RNDU);
}

/* Whether a partial sum of that sign may overflow; out->total is the error of the sum. */
static bool may_reach(struct vjp_bound *out, const struct vjp_arithmetic *a,
                      const struct vjp_gradient *g, int64_t j, int sign)
{
    mpfr_ptr side = out->spare[0], error = out->spare[1];
    set_one_sided(side, g, j, sign);
    if (!out->exact_sum) {
        mpfr_set_si_2exp(error, g->terms[j], -a->precision, MPFR_RNDU); /* k u */
        if (mpfr_cmp_ui(error, 1) <= 0)
            mpfr_fma(error, error, side, out->underflow, MPFR_RNDU);
        else
            mpfr_set(error, out->total, MPFR_RNDU);
        mpfr_add(side, side, error, MPFR_RNDU);
    }
    return vjp_bound_overflows(side, a->precision, a->emax);
}

/* The first of two roundings to the dtype under accumulate: of the sum without the old value. */
static void round_sum(struct vjp_bound *out, const struct vjp_arithmetic *a,
                      const struct vjp_gradient *g, int64_t j, double old)
{
    mpfr_ptr sum = out->spare[0], end = out->spare[1];
    const struct vjp_real *value = &g->value[j];
    const struct vjp_format *format = a->output;
    if (value->kind == VJP_REAL_FINITE) {
        mpfr_sub_d(sum, vjp_real_high(value), old, MPFR_RNDU);
        mpfr_add(end, sum, out->total, MPFR_RNDU);
        out->may_reach_positive |= vjp_bound_overflows(end, format->precision, format->emax);
        mpfr_d_sub(end, old, vjp_real_low(value), MPFR_RNDU);
        mpfr_max(sum, sum, end, MPFR_RNDU); /* |exact - old| */
        mpfr_add(end, end, out->total, MPFR_RNDU);
        out->may_reach_negative |= vjp_bound_overflows(end, format->precision, format->emax);
    } else {
        mpfr_set(sum, &g->scale[j], MPFR_RNDU);
        mpfr_add(end, sum, out->total, MPFR_RNDU);
        const bool may = vjp_bound_overflows(end, format->precision, format->emax);
        out->may_reach_positive |= may;
        out->may_reach_negative |= may;
    }
    add_rounding(out->total, end, sum, format);
    mpfr_set(out->before, out->total, MPFR_RNDU);
}

static void set_magnitude(mpfr_t out, const struct vjp_real *value)
{
    mpfr_srcptr low = vjp_real_low(value);
    mpfr_srcptr high = vjp_real_high(value);
    if (value->kind == VJP_REAL_FINITE)
        mpfr_abs(out, mpfr_cmpabs(low, high) > 0 ? low : high, MPFR_RNDU);
    else
        mpfr_set_zero(out, 1);
}

void vjp_bound_element(struct vjp_bound *out, const struct vjp_arithmetic *a,
                       const struct vjp_gradient *g, int64_t j, double old)
{
    const struct vjp_sensitivity *program = g->sensitivity ? &g->sensitivity[j] : NULL;
    set_magnitude(out->magnitude, &g->value[j]);
    out->exact_sum = is_exact(g, j, a->precision, a->emin, a->flushes);
    out->must_be_nearest = out->loses_itself = false;
    mpfr_set_zero(out->total, 1);
    mpfr_set_zero(out->underflow, 1);
    if (program) {
        set_program_error(out, a, g, j);
        out->loses_itself = may_lose_itself(out, a, program);
        out->may_reach_positive = out->may_reach_negative = may_overflow(out, a, program);
    } else {
        if (!out->exact_sum)
            set_sum_error(out, a, g, j);
        out->may_reach_positive = may_reach(out, a, g, j, 1);
        out->may_reach_negative = may_reach(out, a, g, j, -1);
    }
    mpfr_set(out->before, out->total, MPFR_RNDU);
    if (a->output->precision < a->precision) {
        const bool fits =
            out->exact_sum && is_exact(g, j, a->output->precision, a->output->emin, false);
        if (a->accumulate)
            round_sum(out, a, g, j, old);
        add_rounding(out->total, out->spare[0], out->magnitude, a->output);
        out->must_be_nearest = out->exact_sum && !fits && !a->accumulate;
        if (fits) { /* the roundings to the dtype change nothing either */
            mpfr_set_zero(out->before, 1);
            mpfr_set_zero(out->total, 1);
        }
    }
    mpfr_mul_2si(out->spare[0], out->total, SLACK_EXPONENT, MPFR_RNDU);
    mpfr_add(out->total, out->total, out->spare[0], MPFR_RNDU);
}
