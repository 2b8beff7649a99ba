/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/measure.h"

#include "oracle/metric/bound.h"
#include "oracle/metric/reference_parts.h"

#include <math.h>

/* Room for measuring one element after another. Numbers of 64 bits, rounded up. */
struct workspace {
    struct vjp_bound bound;
    mpfr_t got;   /* exact */
    mpfr_t error; /* |got - exact| */
    mpfr_t quotient;
};

static void init_workspace(struct workspace *w)
{
    vjp_bound_init(&w->bound);
    mpfr_inits2(VJP_SCALE_PRECISION, w->got, w->error, w->quotient, (mpfr_ptr)0);
}

static void clear_workspace(struct workspace *w)
{
    vjp_bound_clear(&w->bound);
    mpfr_clears(w->got, w->error, w->quotient, (mpfr_ptr)0);
}

/* What an element is measured against. */
struct target {
    const struct vjp_reference_gradient *gradient;
    int64_t index;
    struct vjp_arithmetic arithmetic;
    enum vjp_dtype dtype;
};

/* error = the distance of got from a set of right answers, rounded up. */
static void set_distance(struct workspace *w, const struct vjp_real *value)
{
    if (mpfr_less_p(w->got, vjp_real_low(value)))
        mpfr_sub(w->error, vjp_real_low(value), w->got, MPFR_RNDU);
    else if (mpfr_greater_p(w->got, vjp_real_high(value)))
        mpfr_sub(w->error, w->got, vjp_real_high(value), MPFR_RNDU);
    else
        mpfr_set_zero(w->error, 1);
}

/* error = the largest |got - x| for x in the enclosure, rounded up. */
static void set_error(struct workspace *w, const struct vjp_real *value)
{
    if (value->set) {
        set_distance(w, value);
        return;
    }
    mpfr_sub(w->error, w->got, vjp_real_low(value), MPFR_RNDA);
    mpfr_abs(w->error, w->error, MPFR_RNDU);
    if (value->point)
        return;
    mpfr_sub(w->quotient, w->got, vjp_real_high(value), MPFR_RNDA);
    mpfr_abs(w->quotient, w->quotient, MPFR_RNDU);
    mpfr_max(w->error, w->error, w->quotient, MPFR_RNDU);
}

/* a / b rounded up, 0 for 0 / 0. */
static double quotient(struct workspace *w, mpfr_srcptr a, mpfr_srcptr b)
{
    if (mpfr_zero_p(a))
        return 0;
    mpfr_div(w->quotient, a, b, MPFR_RNDU);
    return mpfr_get_d(w->quotient, MPFR_RNDU);
}

/* error in units in the last place of the exact result: of 2^(max(floor(log2|x|), emin) - p + 1). */
static double ulps(struct workspace *w, const struct vjp_format *format)
{
    if (mpfr_zero_p(w->error))
        return 0;
    mpfr_exp_t exponent = format->emin;
    if (!mpfr_zero_p(w->bound.magnitude) && mpfr_get_exp(w->bound.magnitude) - 1 > exponent)
        exponent = mpfr_get_exp(w->bound.magnitude) - 1;
    mpfr_mul_2si(w->quotient, w->error, -(exponent - format->precision + 1), MPFR_RNDU);
    return mpfr_get_d(w->quotient, MPFR_RNDU);
}

/* The numbers of a finite answer to a finite element, or of an infinite one that stands for
 * 2^(emax + 1), the next number that the format would have. */
static void set_numbers(struct workspace *w, const struct target *t, struct vjp_element *out)
{
    const struct vjp_gradient *g = &t->gradient->derived;
    set_error(w, &g->value[t->index]);
    out->error = mpfr_get_d(w->error, MPFR_RNDU);
    out->ulp = ulps(w, t->arithmetic.output);
    out->relative = quotient(w, w->error, w->bound.magnitude);
    out->backward = quotient(w, w->error, &g->scale[t->index]);
}

/* The bound of one element, in w->bound. */
static void set_bound(struct workspace *w, const struct target *t,
                      const struct vjp_arithmetic *arithmetic)
{
    const struct vjp_tensor *old = &t->gradient->old;
    const double before =
        old->data ? vjp_bits_to_double(old->dtype, vjp_tensor_get(old, t->index)) : 0;
    vjp_bound_element(&w->bound, arithmetic, &t->gradient->derived, t->index, before);
}

/* Whether the sum before its last rounding may be so large that the dtype has only infinity for it. */
static bool may_round_to_infinity(struct workspace *w, const struct vjp_format *format)
{
    mpfr_add(w->quotient, w->bound.magnitude, w->bound.before, MPFR_RNDU);
    return vjp_bound_overflows(w->quotient, format->precision, format->emax);
}

static bool is_negative(const struct vjp_real *value)
{
    return mpfr_sgn(vjp_real_low(value)) < 0;
}

/* The standing of a got that is not the correctly rounded result, for a finite exact value. */
static enum vjp_standing stand_finite(struct workspace *w, const struct target *t,
                                      struct vjp_element *out)
{
    const struct vjp_format *format = t->arithmetic.output;
    const struct vjp_real *value = &t->gradient->derived.value[t->index];
    const bool infinite = vjp_bits_is_inf(t->dtype, out->got);
    const bool nan = vjp_bits_is_nan(t->dtype, out->got);
    const bool negative = vjp_bits_is_negative(t->dtype, out->got);
    const bool up = w->bound.may_reach_positive, down = w->bound.may_reach_negative;
    if ((nan && up && down) || (infinite && (negative ? down : up)))
        return VJP_EXCUSED;
    if (nan || (infinite && (negative != is_negative(value) || !may_round_to_infinity(w, format))))
        return VJP_OUTSIDE;
    if (infinite)
        mpfr_set_si_2exp(w->got, is_negative(value) ? -1 : 1, format->emax + 1, MPFR_RNDN);
    set_numbers(w, t, out);
    if (infinite)
        return VJP_WITHIN;
    if (w->bound.must_be_nearest)
        return VJP_OUTSIDE;
    return mpfr_lessequal_p(w->error, w->bound.total) ? VJP_WITHIN
           : w->bound.loses_itself                    ? VJP_EXCUSED
                                                      : VJP_OUTSIDE;
}

/* The standing where IEEE 754 leaves no finite result: w->bound is that of the finite terms. An
 * infinity may become NaN where they may add up to the other one in some order. */
static enum vjp_standing stand_special(const struct workspace *w, const struct target *t,
                                       const struct vjp_real *value, uint64_t got)
{
    if (value->kind == VJP_REAL_UNKNOWN)
        return VJP_UNRESOLVED;
    const bool other = value->kind == VJP_REAL_POS_INF   ? w->bound.may_reach_negative
                       : value->kind == VJP_REAL_NEG_INF ? w->bound.may_reach_positive
                                                         : false;
    return other && vjp_bits_is_nan(t->dtype, got) ? VJP_EXCUSED : VJP_OUTSIDE;
}

static bool is_same_result(enum vjp_dtype dtype, uint64_t a, uint64_t b)
{
    return a == b || (vjp_bits_is_zero(dtype, a) && vjp_bits_is_zero(dtype, b)) ||
           (vjp_bits_is_nan(dtype, a) && vjp_bits_is_nan(dtype, b));
}

/* Sets bound and ratio, which belong together; error and standing are set. */
static void set_ratio(struct workspace *w, struct vjp_element *out)
{
    out->bound = mpfr_get_d(w->bound.total, MPFR_RNDD);
    if (w->bound.must_be_nearest) {
        out->ratio = out->standing == VJP_CORRECT && out->error > 0 ? 1
                     : out->standing == VJP_CORRECT                 ? 0
                                                                    : INFINITY;
        out->bound = out->standing == VJP_CORRECT ? out->error : 0;
    } else {
        out->ratio = isfinite(out->error) ? quotient(w, w->error, w->bound.total) : INFINITY;
        if (out->standing == VJP_CORRECT && out->ratio > 1) /* nobody can do better */
            out->ratio = 1;
    }
}

/* Whether got is the correctly rounded result; of a set, whether it lies between its rounded ends. */
static bool is_right(const struct workspace *w, const struct target *t,
                     const struct vjp_real *value, uint64_t got, uint64_t want)
{
    if (value->kind != VJP_REAL_FINITE || !value->set)
        return is_same_result(t->dtype, got, want);
    const uint64_t high = vjp_tensor_get(&t->gradient->high, t->index);
    return mpfr_number_p(w->got) && mpfr_cmp_d(w->got, vjp_bits_to_double(t->dtype, want)) >= 0 &&
           mpfr_cmp_d(w->got, vjp_bits_to_double(t->dtype, high)) <= 0;
}

static void measure_one(struct workspace *w, const struct target *t, uint64_t got,
                        struct vjp_element *out)
{
    const struct vjp_gradient *g = &t->gradient->derived;
    const struct vjp_real *value = &g->value[t->index];
    const bool finite = value->kind == VJP_REAL_FINITE;
    *out = (struct vjp_element){.index = t->index,
                                .got = got,
                                .want = vjp_tensor_get(&t->gradient->rounded, t->index),
                                .error = INFINITY,
                                .ulp = INFINITY,
                                .relative = INFINITY,
                                .backward = INFINITY,
                                .scale = mpfr_get_d(&g->scale[t->index], MPFR_RNDU),
                                .terms = g->terms[t->index]};
    mpfr_set_d(w->got, vjp_bits_to_double(t->dtype, got), MPFR_RNDN);
    set_bound(w, t, &t->arithmetic);
    out->exact_data = finite && w->bound.exact_sum;
    const bool settled = t->gradient->settled[t->index];
    if (!settled && !t->gradient->narrow[t->index]) {
        out->standing = VJP_UNRESOLVED;
    } else if (settled && is_right(w, t, value, got, out->want)) {
        out->standing = VJP_CORRECT;
        if (mpfr_number_p(w->got) && finite)
            set_numbers(w, t, out);
        else
            out->error = out->ulp = out->relative = out->backward = 0;
        if (out->error == 0)
            mpfr_set_zero(w->error, 1);
    } else if (finite && !mpfr_number_p(w->bound.total)) {
        out->standing = VJP_UNRESOLVED; /* so ill-conditioned that no bound is known */
    } else {
        out->standing = finite ? stand_finite(w, t, out) : stand_special(w, t, value, got);
        /* An enclosure as narrow as no bound sees: its middle, rounded, is as good as the exact result. */
        if (!settled && is_same_result(t->dtype, got, out->want))
            out->ulp = 0;
    }
    set_ratio(w, out);
}

/* Whether an answer of zero would stand. */
static bool zero_stands(struct workspace *w, const struct target *t)
{
    struct vjp_element zero;
    measure_one(w, t, 0, &zero);
    return zero.standing != VJP_OUTSIDE;
}

/* Whether an answer that is outside the declared bound is inside that of a narrower arithmetic, and
 * that bound says something: one that reaches S explains every answer, zero among them. */
static bool is_explained(struct workspace *w, const struct target *t, enum vjp_dtype narrower,
                         const struct vjp_element *element)
{
    const struct vjp_gradient *g = &t->gradient->derived;
    if (!isfinite(element->error) || g->value[t->index].kind != VJP_REAL_FINITE)
        return false;
    const struct vjp_arithmetic narrow =
        vjp_arithmetic_narrowed(&t->arithmetic, narrower, t->dtype);
    mpfr_set_d(w->got, vjp_bits_to_double(t->dtype, element->got), MPFR_RNDN);
    set_error(w, &g->value[t->index]);
    set_bound(w, t, &narrow);
    return !w->bound.must_be_nearest && mpfr_lessequal_p(w->error, w->bound.total) &&
           mpfr_less_p(w->bound.total, &g->scale[t->index]);
}

static struct target make_target(const struct vjp_reference *reference, int slot,
                                 const struct vjp_model *model)
{
    const struct vjp_reference_gradient *gradient = &reference->gradient[slot];
    return (struct target){
        .gradient = gradient,
        .arithmetic = vjp_arithmetic_of_model(model, reference->dtype, gradient->old.data != NULL),
        .dtype = reference->dtype};
}

void vjp_measure_element(const struct vjp_reference *reference, int slot,
                         const struct vjp_model *model, int64_t i, uint64_t got,
                         struct vjp_element *out)
{
    struct workspace w;
    init_workspace(&w);
    struct target t = make_target(reference, slot, model);
    t.index = i;
    measure_one(&w, &t, got, out);
    clear_workspace(&w);
}

/* Counts an element and keeps the worst: the first outside, else the largest ratio. */
static void tally(struct vjp_measure *m, const struct vjp_element *e)
{
    m->excused += e->standing == VJP_EXCUSED;
    m->unresolved += e->standing == VJP_UNRESOLVED;
    if (e->standing == VJP_EXCUSED || e->standing == VJP_UNRESOLVED)
        return;
    const bool first = m->compared++ == 0;
    const bool outside = e->standing == VJP_OUTSIDE;
    if (first || (outside && m->outside == 0) || (m->outside == 0 && e->ratio > m->worst.ratio))
        m->worst = *e;
    m->outside += outside;
    m->correct += e->standing == VJP_CORRECT;
    m->worst_ulp = fmax(m->worst_ulp, e->ulp);
    m->worst_relative = fmax(m->worst_relative, e->relative);
    m->worst_backward = fmax(m->worst_backward, e->backward);
    m->worst_ratio = fmax(m->worst_ratio, e->ratio);
}

void vjp_measure_gradient(const struct vjp_reference *reference, int slot,
                          const struct vjp_model *model, const struct vjp_tensor *got,
                          struct vjp_measure *out)
{
    struct workspace w;
    init_workspace(&w);
    struct target t = make_target(reference, slot, model);
    struct vjp_measure m = {
        .count = got->count, .trivial = true, .worst = {.index = -1}, .explained_by = -1};
    bool explains[VJP_DTYPE_COUNT];
    for (int d = 0; d < VJP_DTYPE_COUNT; d++)
        explains[d] = vjp_format((enum vjp_dtype)d)->precision < t.arithmetic.precision;
    for (int64_t i = 0; i < got->count; i++) {
        struct vjp_element e;
        t.index = i;
        measure_one(&w, &t, vjp_tensor_get(got, i), &e);
        tally(&m, &e);
        for (int d = 0; d < VJP_DTYPE_COUNT && e.standing == VJP_OUTSIDE; d++)
            explains[d] = explains[d] && is_explained(&w, &t, (enum vjp_dtype)d, &e);
        if (m.trivial && e.standing != VJP_UNRESOLVED)
            m.trivial = zero_stands(&w, &t);
    }
    /* The formats are in ascending order of precision. */
    for (int d = 0; d < VJP_DTYPE_COUNT && m.outside > 0; d++) {
        if (explains[d])
            m.explained_by = d;
    }
    *out = m;
    clear_workspace(&w);
}
