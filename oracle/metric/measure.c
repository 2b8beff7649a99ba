/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/measure.h"

#include "oracle/metric/measure_parts.h"

#include <math.h>

/* error = the distance of got from a set of right answers, rounded up. */
static void set_distance(struct vjp_workspace *w, const struct vjp_real *value)
{
    if (mpfr_less_p(w->got, vjp_real_low(value)))
        mpfr_sub(w->error, vjp_real_low(value), w->got, MPFR_RNDU);
    else if (mpfr_greater_p(w->got, vjp_real_high(value)))
        mpfr_sub(w->error, w->got, vjp_real_high(value), MPFR_RNDU);
    else
        mpfr_set_zero(w->error, 1);
}

/* error = the largest |got - x| for x in the enclosure, rounded up. */
static void set_error(struct vjp_workspace *w, const struct vjp_real *value)
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
static double quotient(struct vjp_workspace *w, mpfr_srcptr a, mpfr_srcptr b)
{
    if (mpfr_zero_p(a))
        return 0;
    mpfr_div(w->quotient, a, b, MPFR_RNDU);
    return mpfr_get_d(w->quotient, MPFR_RNDU);
}

/* error in units in the last place of the exact result: of 2^(max(floor(log2|x|), emin) - p + 1). */
static double ulps(struct vjp_workspace *w, const struct vjp_format *format)
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
static void set_numbers(struct vjp_workspace *w, const struct vjp_subject *t,
                        struct vjp_element *out)
{
    const struct vjp_gradient *g = t->truth.gradient;
    set_error(w, &g->value[t->truth.at]);
    out->error = mpfr_get_d(w->error, MPFR_RNDU);
    out->ulp = ulps(w, t->arithmetic.output);
    out->relative = quotient(w, w->error, w->bound.magnitude);
    out->backward = quotient(w, w->error, &g->scale[t->truth.at]);
}

/* The bound of one element, in w->bound. */
static void set_bound(struct vjp_workspace *w, const struct vjp_subject *t,
                      const struct vjp_arithmetic *arithmetic)
{
    vjp_bound_element(&w->bound, arithmetic, t->truth.gradient, t->truth.at, t->truth.old);
}

/* Whether the sum before its last rounding may be so large that the dtype has only infinity for it. */
static bool may_round_to_infinity(struct vjp_workspace *w, const struct vjp_format *format)
{
    mpfr_add(w->quotient, w->bound.magnitude, w->bound.before, MPFR_RNDU);
    return vjp_bound_overflows(w->quotient, format->precision, format->emax);
}

static bool is_negative(const struct vjp_real *value)
{
    return mpfr_sgn(vjp_real_low(value)) < 0;
}

/* The standing of a got that is not the correctly rounded result, for a finite exact value. */
static enum vjp_standing stand_finite(struct vjp_workspace *w, const struct vjp_subject *t,
                                      struct vjp_element *out)
{
    const struct vjp_format *format = t->arithmetic.output;
    const struct vjp_real *value = &t->truth.gradient->value[t->truth.at];
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
static enum vjp_standing stand_special(const struct vjp_workspace *w, const struct vjp_subject *t,
                                       const struct vjp_real *value, uint64_t got)
{
    if (value->kind == VJP_REAL_UNKNOWN)
        return VJP_UNRESOLVED;
    const bool other = value->kind == VJP_REAL_POS_INF   ? w->bound.may_reach_negative
                       : value->kind == VJP_REAL_NEG_INF ? w->bound.may_reach_positive
                                                         : false;
    return other && vjp_bits_is_nan(t->dtype, got) ? VJP_EXCUSED : VJP_OUTSIDE;
}

bool vjp_measure_is_same(enum vjp_dtype dtype, uint64_t a, uint64_t b)
{
    return a == b || (vjp_bits_is_zero(dtype, a) && vjp_bits_is_zero(dtype, b)) ||
           (vjp_bits_is_nan(dtype, a) && vjp_bits_is_nan(dtype, b));
}

/* Sets bound and ratio, which belong together; error and standing are set. */
static void set_ratio(struct vjp_workspace *w, struct vjp_element *out)
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
static bool is_right(const struct vjp_workspace *w, const struct vjp_subject *t,
                     const struct vjp_real *value, uint64_t got, uint64_t want)
{
    if (value->kind != VJP_REAL_FINITE || !value->set)
        return vjp_measure_is_same(t->dtype, got, want);
    return mpfr_number_p(w->got) && mpfr_cmp_d(w->got, vjp_bits_to_double(t->dtype, want)) >= 0 &&
           mpfr_cmp_d(w->got, vjp_bits_to_double(t->dtype, t->truth.high)) <= 0;
}

static void measure_one(struct vjp_workspace *w, const struct vjp_subject *t, uint64_t got,
                        struct vjp_element *out)
{
    const struct vjp_gradient *g = t->truth.gradient;
    const struct vjp_real *value = &g->value[t->truth.at];
    const bool finite = value->kind == VJP_REAL_FINITE;
    *out = (struct vjp_element){.index = t->index,
                                .got = got,
                                .want = t->truth.low,
                                .error = INFINITY,
                                .ulp = INFINITY,
                                .relative = INFINITY,
                                .backward = INFINITY,
                                .scale = mpfr_get_d(&g->scale[t->truth.at], MPFR_RNDU),
                                .terms = g->terms[t->truth.at]};
    mpfr_set_d(w->got, vjp_bits_to_double(t->dtype, got), MPFR_RNDN);
    set_bound(w, t, &t->arithmetic);
    out->exact_data = finite && w->bound.exact_sum;
    const bool settled = t->truth.settled;
    if (!settled && !t->truth.narrow) {
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
        if (!settled && vjp_measure_is_same(t->dtype, got, out->want))
            out->ulp = 0;
    }
    set_ratio(w, out);
}

static void init_workspace(struct vjp_workspace *w)
{
    vjp_bound_init(&w->bound);
    mpfr_inits2(VJP_SCALE_PRECISION, w->got, w->error, w->quotient, (mpfr_ptr)0);
}

static void clear_workspace(struct vjp_workspace *w)
{
    vjp_bound_clear(&w->bound);
    mpfr_clears(w->got, w->error, w->quotient, (mpfr_ptr)0);
}

void vjp_measurer_init(struct vjp_measurer *out, const struct vjp_reference *reference, int slot,
                       const struct vjp_model *model)
{
    const struct vjp_reference_gradient *gradient = &reference->gradient[slot];
    *out = (struct vjp_measurer){.gradient = gradient,
                                 .t = {.arithmetic = vjp_arithmetic_of_model(
                                           model, reference->dtype, gradient->old.data != NULL),
                                       .dtype = reference->dtype}};
    init_workspace(&out->w);
}

void vjp_measurer_clear(struct vjp_measurer *measurer)
{
    vjp_reference_element_clear(&measurer->t.truth);
    clear_workspace(&measurer->w);
}

void vjp_measurer_seek(struct vjp_measurer *measurer, int64_t i)
{
    vjp_reference_element_clear(&measurer->t.truth);
    vjp_reference_get(measurer->gradient, i, &measurer->t.truth);
    measurer->t.index = i;
}

void vjp_measurer_measure(struct vjp_measurer *measurer, uint64_t got, struct vjp_element *out)
{
    if (measurer->t.truth.gradient)
        measure_one(&measurer->w, &measurer->t, got, out);
    else /* no memory */
        *out = (struct vjp_element){.index = measurer->t.index,
                                    .got = got,
                                    .want = measurer->t.truth.low,
                                    .standing = VJP_UNRESOLVED,
                                    .error = INFINITY,
                                    .ulp = INFINITY,
                                    .relative = INFINITY,
                                    .backward = INFINITY,
                                    .ratio = INFINITY};
}

bool vjp_measurer_zero_stands(struct vjp_measurer *measurer)
{
    struct vjp_element zero;
    vjp_measurer_measure(measurer, 0, &zero);
    return zero.standing != VJP_OUTSIDE;
}

bool vjp_measurer_is_explained(struct vjp_measurer *measurer, enum vjp_dtype narrower,
                               const struct vjp_element *element)
{
    struct vjp_workspace *w = &measurer->w;
    const struct vjp_subject *t = &measurer->t;
    const struct vjp_gradient *g = t->truth.gradient;
    if (!g || !isfinite(element->error) || g->value[t->truth.at].kind != VJP_REAL_FINITE)
        return false;
    const struct vjp_arithmetic narrow =
        vjp_arithmetic_narrowed(&t->arithmetic, narrower, t->dtype);
    mpfr_set_d(w->got, vjp_bits_to_double(t->dtype, element->got), MPFR_RNDN);
    set_error(w, &g->value[t->truth.at]);
    set_bound(w, t, &narrow);
    return !w->bound.must_be_nearest && mpfr_lessequal_p(w->error, w->bound.total) &&
           mpfr_less_p(w->bound.total, &g->scale[t->truth.at]);
}

void vjp_measure_element(const struct vjp_reference *reference, int slot,
                         const struct vjp_model *model, int64_t i, uint64_t got,
                         struct vjp_element *out)
{
    struct vjp_measurer m;
    vjp_measurer_init(&m, reference, slot, model);
    vjp_measurer_seek(&m, i);
    vjp_measurer_measure(&m, got, out);
    vjp_measurer_clear(&m);
}
