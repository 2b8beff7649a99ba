/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/measure_exact.h"

#include "oracle/metric/measure_parts.h"

#include <math.h>

/* The derivation.
 *
 * An element g of a contraction is rounded + tail, but for |g - rounded - tail| <= off, and S' = scale is
 * S or up to 2^-13 S more (solution.h). Every number below is an interval, or its upper end, that holds
 * what measure.c and bound.c compute with 64 bits:
 *
 * - off is 0 where the fast product was exact. The accumulator's tail is one rounding to a double of a
 *   number of 64 bits: it is exact where g and rounded are multiples of 2^l and below 2^(l + 52), and
 *   else within 2^-53 |tail| + 2^-63 |g| + 2^-1075 (odd.h). What the filter found is within
 *   vjp_solution_error S'.
 * - S as bound.c has it is rounded up at each of at most 2^24 + 1 terms, by 2^-63: below S' (1 + 2^-38).
 * - The error got - rounded - tail: two subtractions, exact as TwoSum tells, or within 2^-53 each.
 * - Ends of a bound are computed by bound.c's formula, which grows with S, k and |g|, from the ends of these.
 *   That is ten operations with numbers of one sign, each within 2^-53, and bound.c's own within 2^-63
 *   and its slack of 2^-60: 2^-45 covers them.
 *
 * So that none of this underflows or overflows, S' is to be 0 or in 2^-900 .. 2^1000. What is decided by intervals
 * that do not touch is as measure.c would have it; nothing else is decided. */
#define S_MIN          0x1p-900
#define S_MAX          0x1p1000
#define S_LOW          (1 - 0x1p-13 - 0x1p-50)
#define S_HIGH         (1 + 0x1p-38)
#define BOUND_ROUNDING 0x1p-45

/* 2^exponent, 0 or infinity where that is no normal double. */
static double power(int64_t exponent)
{
    if (exponent < -1022)
        return 0;
    return exponent > 1023 ? (double)INFINITY : vjp_bits_double((uint64_t)(exponent + 1023) << 52);
}

/* The same, rounded up. */
static double power_up(int exponent)
{
    return exponent < -1022 ? fmax(ldexp(1, exponent), 0x1p-1074) : power(exponent);
}

/* a / b rounded up, for numbers that are not negative; 0 for 0 / 0. */
static double quotient_up(double a, double b)
{
    if (a == 0)
        return 0;
    const double q = a / b;
    return fma(q, b, -a) < 0 ? vjp_bits_double(vjp_double_bits(q) + 1) : q;
}

/* a - b rounded to nearest; exact: whether it is that. */
static double subtract(double a, double b, bool *exact)
{
    const double d = a - b;
    const double part = d - a;
    *exact = (a - (d - part)) - (b + part) == 0;
    return d;
}

void vjp_quick_init(struct vjp_quick *out, const struct vjp_reference *reference, int slot)
{
    const struct vjp_reference_gradient *g = &reference->gradient[slot];
    *out = (struct vjp_quick){.gradient = g,
                              .dtype = reference->dtype,
                              .error = vjp_solution_error(&g->solution),
                              .index = -2};
}

/* Elements are mostly asked for one after another: a step along the innermost axis is cheaper than two
 * divisions for each. */
static void find_place(struct vjp_quick *q, int64_t i)
{
    const struct vjp_contraction *r = &q->gradient->solution.contraction;
    const struct vjp_contraction_axis *inner = r->n_axes > 0 ? &r->axis[r->n_axes - 1] : NULL;
    if (inner && i == q->index + 1 && i % inner->size != 0) {
        q->place.batch += inner->step.batch;
        q->place.row += inner->step.row;
        q->place.col += inner->step.col;
    } else {
        q->place = vjp_contraction_find(r, i);
    }
    q->index = i;
}

static void include_old(const struct vjp_quick *q, struct vjp_facts_terms *lowest)
{
    if (q->old == 0)
        return;
    const int64_t l = vjp_facts_lowest(q->old);
    lowest->least = l < lowest->least ? l : lowest->least;
    lowest->most = l < lowest->most ? l : lowest->most;
}

/* k and the lowest bits, if that is not known yet. */
static void find_terms(struct vjp_quick *q)
{
    const struct vjp_contraction *r = &q->gradient->solution.contraction;
    if (q->has_terms)
        return;
    q->has_terms = true;
    q->terms = 0;
    q->lowest = (struct vjp_facts_terms){INT64_MAX, INT64_MAX};
    if (q->scale_high == 0) /* no term but zeros */
        return;
    q->terms = vjp_facts_nonzeros(&q->gradient->facts, r, &q->place) + (q->old != 0);
    q->lowest = vjp_facts_bound(&q->gradient->facts, r, &q->place);
    include_old(q, &q->lowest);
}

/* How far off what the filter found is. g is a multiple of 2^l, and so is rounded, which is g or of fewer bits: where
 * g has less than 53 bits above that and less than half of 2^l is open, the rest is the multiple that tail is next to,
 * and nothing is open. That is so of exact data that the fast product was not known to be exact on. */
static double sharpen(struct vjp_quick *q, double size)
{
    const double off = q->error * q->scale_high;
    const int64_t l = q->lowest.least;
    if (l <= -1000 || size + off > power(l + 52) || off >= power(l - 1))
        return off;
    q->tail = rint(q->tail * power(-l)) * power(l);
    return 0;
}

static double find_off(struct vjp_quick *q, enum vjp_settled_by by)
{
    if (by == VJP_SETTLED_PRODUCT || q->scale_high == 0)
        return 0;
    const double size = fabs(q->rounded) + fabs(q->tail);
    find_terms(q);
    if (by == VJP_SETTLED_FILTER)
        return sharpen(q, size);
    if (q->lowest.least > -1000 && size <= power(q->lowest.least + 52))
        return 0;
    return fabs(q->tail) * 0x1p-52 + size * 0x1p-61 + 0x1p-1073;
}

/* Element i as a double: the two formats that there is most of without a call. */
static double number_at(const struct vjp_tensor *t, int64_t i)
{
    if (t->dtype == VJP_F32)
        return ((const float *)t->data)[i];
    if (t->dtype == VJP_F64)
        return ((const double *)t->data)[i];
    return vjp_bits_to_double(t->dtype, vjp_tensor_get(t, i));
}

bool vjp_quick_seek(struct vjp_quick *q, int64_t i)
{
    const struct vjp_solution *s = &q->gradient->solution;
    const struct vjp_tensor *old = &q->gradient->old;
    find_place(q, i);
    q->has_terms = false;
    q->rounded = number_at(&s->rounded, i);
    q->tail = s->tail[i];
    q->old = old->data ? number_at(old, i) : 0;
    if (s->settled_by[i] == VJP_SETTLED_SPECIAL)
        return true;
    if (s->scale[i] != 0 && !(s->scale[i] >= S_MIN && s->scale[i] <= S_MAX))
        return false;
    q->scale_low = s->scale[i] * S_LOW;
    q->scale_high = s->scale[i] * S_HIGH;
    q->off = isfinite(q->rounded) ? find_off(q, (enum vjp_settled_by)s->settled_by[i]) : 0;
    bool exact;
    const double single = fabs(subtract(q->rounded, -q->tail, &exact));
    if (s->contraction.terms == 1 && q->old == 0 && exact && q->off == 0 && isfinite(q->rounded))
        q->scale_low = q->scale_high = single;
    return true;
}

/* Whether something is so. */
enum answer { NO, YES, OPEN };

/* The last place of the subnormal numbers, or of the normal ones. */
static int64_t smallest_of(int precision, int emin, bool flushes)
{
    return flushes ? emin : emin - precision + 1;
}

/* Whether the sum is surely not exact: is_exact of bound.c is false by what is known. */
static bool surely_rounds(const struct vjp_quick *q, int precision, int64_t smallest)
{
    const int64_t most = q->lowest.most;
    return most < smallest || (most != INT64_MAX && q->scale_low > power(most + precision));
}

/* is_exact of bound.c. */
static enum answer is_exact(struct vjp_quick *q, int precision, int emin, bool flushes)
{
    const int64_t smallest = smallest_of(precision, emin, flushes);
    for (;;) {
        const struct vjp_facts_terms *l = &q->lowest;
        if (l->least == INT64_MAX ||
            (l->least >= smallest && q->scale_high <= power(l->least + precision)))
            return YES;
        if (surely_rounds(q, precision, smallest))
            return NO;
        if (l->least == l->most)
            return OPEN;
        q->lowest =
            vjp_facts_find(&q->gradient->facts, &q->gradient->solution.contraction, &q->place);
        include_old(q, &q->lowest);
    }
}

/* What a bound is made of, at one end of everything. */
struct ends {
    double s, magnitude; /* S, |exact| */
    double sum;          /* |exact - old| */
    bool underflows;
};

/* k u S, and what is added for rounded operands and underflow: set_sum_error of bound.c. */
static double sum_error(const struct vjp_arithmetic *a, int64_t terms, const struct ends *e)
{
    const double u = power(-a->precision), k = (double)terms;
    double t = (a->probable ? (double)vjp_bound_probable_terms(terms) : k) * u * e->s;
    if (a->rounds_operands)
        t += 3 * (1 + k * u) * u * e->s;
    if (e->underflows)
        t += (1 + k * u) *
             (a->flushes ? 2 * k * power_up(a->emin) : k * power_up(a->emin - a->precision));
    return t;
}

/* vjp_bound_element of bound.c. */
static double total(const struct vjp_arithmetic *a, int64_t terms, bool exact, bool rounds,
                    const struct ends *e)
{
    const double u = power(-a->output->precision);
    const double h = power_up(a->output->emin - a->output->precision);
    double t = exact ? 0 : sum_error(a, terms, e);
    if (rounds && a->accumulate)
        t += u * (e->sum + t) + h;
    if (rounds)
        t += u * (e->magnitude + t) + h;
    return t;
}

struct span {
    double low, high;
    bool must_be_nearest;
};

static bool find_bound(struct vjp_quick *q, const struct vjp_arithmetic *a, struct span *out)
{
    find_terms(q);
    const enum answer exact = is_exact(q, a->precision, a->emin, a->flushes);
    const bool narrower = a->output->precision < a->precision;
    const enum answer fits =
        narrower && exact == YES ? is_exact(q, a->output->precision, a->output->emin, false) : NO;
    if (exact == OPEN || fits == OPEN)
        return false;
    const double size = fabs(q->rounded + q->tail);
    const double sum = fabs(q->rounded - q->old + q->tail);
    const double off = q->off + size * 0x1p-51;
    const double sum_off = off + (fabs(q->rounded - q->old) + sum) * 0x1p-51;
    const int64_t smallest = smallest_of(a->precision, a->emin, a->flushes);
    const struct ends low = {q->scale_low, fmax(size - off, 0), fmax(sum - sum_off, 0), false};
    const struct ends high = {q->scale_high, size + off, sum + sum_off, q->lowest.least < smallest};
    const bool rounds = narrower && fits == NO;
    out->must_be_nearest = rounds && exact == YES && !a->accumulate;
    out->low = total(a, q->terms, exact == YES, rounds, &low) * (1 - BOUND_ROUNDING);
    out->high = total(a, q->terms, exact == YES, rounds, &high) * (1 + BOUND_ROUNDING);
    return isfinite(out->high);
}

/* A NaN or an infinity for a finite exact value: outside, unless something may overflow. No partial sum is larger than
 * S and the bound. */
static bool measure_infinite(struct vjp_quick *q, const struct vjp_arithmetic *a, double got)
{
    struct span bound;
    if (!find_bound(q, a, &bound))
        return false;
    const bool twice = a->accumulate && a->output->precision < a->precision;
    const double reach = (q->scale_high + bound.high) * (1 + 0x1p-30);
    return reach < power(a->emax) && (!(isinf(got) || twice) || reach < power(a->output->emax));
}

/* Around the error of a finite answer to a finite element. False where it overflows. */
static bool find_error(const struct vjp_quick *q, double got, bool same,
                       struct vjp_quick_element *out)
{
    bool first = true, second = true;
    const double d = same ? 0 : subtract(got, q->rounded, &first);
    const double e = same ? -q->tail : subtract(d, q->tail, &second);
    const double off =
        first && second ? q->off : q->off + (fabs(d) + fabs(e)) * 0x1p-52; /* and 2^-1074 */
    out->error_low = fmax(fabs(e) - off * (1 + 0x1p-50) - fabs(e) * 0x1p-52, 0);
    out->error_high = off > 0 ? (fabs(e) + off) * (1 + 0x1p-50) : fabs(e);
    if (off == 0)
        out->error_low = fabs(e);
    out->is_finite = isfinite(out->error_high);
    return out->is_finite;
}

/* The element's exponent is that of rounded, or one less where rounded is a power of two and the rest may point to
 * zero: g rounds to it. */
static double find_ulp(const struct vjp_quick *q, double error)
{
    const struct vjp_format *format = vjp_format(q->dtype);
    const double size = fabs(q->rounded);
    int exponent = format->emin;
    if (size > power(format->emin)) {
        const double beyond = q->rounded < 0 ? -q->tail : q->tail;
        exponent = (int)(vjp_double_bits(size) >> 52) - 1023;
        exponent -= size == power(exponent) && beyond - q->off < 0;
    }
    const int place = exponent - format->precision + 1;
    return place >= -1022 ? error * power(-place) : ldexp(error, -place);
}

static void find_numbers(const struct vjp_quick *q, double got, struct vjp_quick_element *out)
{
    bool exact;
    const double size = fabs(subtract(q->rounded, -q->tail, &exact));
    const double low =
        exact && q->off == 0 ? size : fmax(size - q->off * (1 + 0x1p-50) - size * 0x1p-51, 0);
    out->ulp = find_ulp(q, out->error_high);
    out->relative = quotient_up(out->error_high, low);
    out->backward = quotient_up(out->error_high, q->scale_low);
    if (got ==
        0) { /* all of g is the error, and |g| <= S: rounded up alike, for they end in the same place */
        out->relative = fmin(out->relative, 1);
        out->backward = fmin(out->backward, 1);
    }
}

static bool measure_finite(struct vjp_quick *q, const struct vjp_arithmetic *a, double got,
                           bool same, struct vjp_quick_element *out)
{
    struct span bound;
    if (!find_error(q, got, same, out))
        return false;
    find_numbers(q, got, out);
    out->ratio = 0;
    if (same && out->error_high == 0)
        return true;
    if (!find_bound(q, a, &bound))
        return false;
    if (same) {
        out->ratio = bound.must_be_nearest ? 1 : fmin(quotient_up(out->error_high, bound.low), 1);
        return true;
    }
    out->ratio = bound.must_be_nearest ? (double)INFINITY : quotient_up(out->error_high, bound.low);
    out->standing = VJP_OUTSIDE;
    if (bound.must_be_nearest || out->error_low > bound.high)
        return true;
    out->standing = VJP_WITHIN;
    return out->error_high <= bound.low;
}

bool vjp_quick_measure(struct vjp_quick *q, const struct vjp_arithmetic *a, uint64_t got,
                       struct vjp_quick_element *out)
{
    const struct vjp_solution *s = &q->gradient->solution;
    const bool same = vjp_measure_is_same(q->dtype, got, vjp_tensor_get(&s->rounded, q->index));
    const bool special = s->settled_by[q->index] == VJP_SETTLED_SPECIAL;
    const double number = vjp_bits_to_double(q->dtype, got);
    *out = (struct vjp_quick_element){.standing = same ? VJP_CORRECT : VJP_OUTSIDE};
    if (same && (special || !isfinite(q->rounded)))
        return true;
    if (isfinite(q->rounded) && isfinite(number))
        return measure_finite(q, a, number, same, out);
    out->ulp = out->relative = out->backward = out->ratio = INFINITY;
    if (special) /* a NaN for an infinity may be excused */
        return isnan(q->rounded) || !isnan(number);
    return isfinite(q->rounded) && measure_infinite(q, a, number);
}

bool vjp_quick_is_below(struct vjp_quick *q, const struct vjp_arithmetic *a, uint64_t got,
                        const struct vjp_quick_figures *figures, bool *correct)
{
    /* Products in place of quotients: each is within a few 2^-53. */
    const double down = 1 - 0x1p-40;
    const double number = vjp_bits_to_double(q->dtype, got);
    struct vjp_quick_element e;
    *correct = number == q->rounded;
    if (a->probable || a->rounds_operands || !isfinite(q->rounded) || !isfinite(number) ||
        q->gradient->solution.settled_by[q->index] == VJP_SETTLED_SPECIAL ||
        !find_error(q, number, *correct, &e))
        return false;
    find_terms(q);
    if (!surely_rounds(q, a->precision, smallest_of(a->precision, a->emin, a->flushes)))
        return false;
    const double size = fabs(q->rounded + q->tail) - q->off;
    const double bound = (double)q->terms * power(-a->precision) * q->scale_low;
    return e.error_high <= figures->backward * q->scale_low * down &&
           e.error_high <= fmin(figures->ratio, 1) * bound * down &&
           e.error_high <= figures->relative * size * down &&
           find_ulp(q, e.error_high) <= figures->ulp;
}

bool vjp_quick_explain(struct vjp_quick *q, const struct vjp_arithmetic *narrow,
                       const struct vjp_quick_element *element, bool *explained)
{
    struct span bound;
    *explained = false;
    if (!element->is_finite)
        return true;
    if (!find_bound(q, narrow, &bound))
        return false;
    if (bound.must_be_nearest || element->error_low > bound.high || bound.low >= q->scale_high)
        return true;
    *explained = true;
    return element->error_high <= bound.low && bound.high < q->scale_low;
}
