/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/deviation.h"

#include "oracle/metric/measure_exact.h"
#include "oracle/metric/measure_parts.h"

#include <math.h>

/* The distance from a finite number of the dtype to the next one, away from zero or towards it; at the ends of the
 * format that on the other side. */
static double gap_beside(enum vjp_dtype dtype, uint64_t bits, bool away)
{
    const uint64_t sign = UINT64_C(1) << (8 * vjp_format(dtype)->bytes - 1);
    const uint64_t here = bits & ~sign;
    uint64_t there = away || here == 0 ? here + 1 : here - 1;
    if (vjp_bits_is_inf(dtype, there))
        there = here - 1;
    return fabs(vjp_bits_to_double(dtype, there) - vjp_bits_to_double(dtype, here));
}

/* Units in the last place of x: of 2^(max(floor(log2|x|), emin) - p + 1). */
static double ulps(enum vjp_dtype dtype, double x, double error)
{
    const struct vjp_format *format = vjp_format(dtype);
    int exponent = x == 0 ? format->emin : ilogb(x);
    if (exponent < format->emin)
        exponent = format->emin;
    return ldexp(fabs(error), format->precision - 1 - exponent);
}

/* What follows from exact and error. want: the correctly rounded result. */
static void conclude(enum vjp_dtype dtype, uint64_t bits, uint64_t want, struct vjp_deviation *d)
{
    const double got = vjp_bits_to_double(dtype, bits);
    const bool away = got > 0 ? d->error < 0 : d->error > 0;
    d->correct = vjp_measure_is_same(dtype, bits, want);
    d->faithful = d->correct || fabs(d->error) < gap_beside(dtype, bits, away);
    d->ulp = ulps(dtype, d->exact, d->error);
}

/* Of a contraction, in doubles. False where they do not tell. */
static bool find_quickly(struct vjp_quick *quick, int64_t i, const uint64_t *bits,
                         struct vjp_deviation *out)
{
    const struct vjp_reference_gradient *g = quick->gradient;
    if (!vjp_quick_seek(quick, i) || !isfinite(quick->rounded) ||
        g->solution.settled_by[i] == VJP_SETTLED_SPECIAL)
        return false;
    out->exact = quick->rounded + quick->tail;
    out->scale = g->solution.scale[i];
    out->terms = quick->scale_high == 0
                     ? 0
                     : vjp_facts_nonzeros(&g->facts, &g->solution.contraction, &quick->place) +
                           (quick->old != 0);
    out->kind = VJP_DEVIATION_KNOWN;
    if (!bits)
        return true;
    const double got = vjp_bits_to_double(quick->dtype, *bits);
    if (!isfinite(got)) {
        out->kind = VJP_DEVIATION_LOST;
        return true;
    }
    out->error = (got - quick->rounded) - quick->tail;
    conclude(quick->dtype, *bits, vjp_tensor_get(&g->solution.rounded, i), out);
    return true;
}

/* error = got - the middle of the enclosure, at 64 bits. */
static double find_error(double got, const struct vjp_real *value)
{
    mpfr_t low, high;
    mpfr_inits2(VJP_SCALE_PRECISION, low, high, (mpfr_ptr)0);
    mpfr_set_d(low, got, MPFR_RNDN);
    mpfr_sub(high, low, vjp_real_high(value), MPFR_RNDN);
    mpfr_sub(low, low, vjp_real_low(value), MPFR_RNDN);
    mpfr_add(low, low, high, MPFR_RNDN);
    const double error = mpfr_get_d(low, MPFR_RNDN) / 2;
    mpfr_clears(low, high, (mpfr_ptr)0);
    return error;
}

static void find_slowly(const struct vjp_reference_gradient *g, enum vjp_dtype dtype, int64_t i,
                        const uint64_t *bits, struct vjp_deviation *out)
{
    struct vjp_reference_element e;
    vjp_reference_get(g, i, &e);
    const struct vjp_real *value = e.gradient ? &e.gradient->value[e.at] : NULL;
    out->kind = VJP_DEVIATION_OPEN;
    if (value && value->kind == VJP_REAL_FINITE && !value->set && (e.settled || e.narrow)) {
        out->kind = VJP_DEVIATION_KNOWN;
        out->exact = mpfr_get_d(vjp_real_low(value), MPFR_RNDN);
        out->scale = mpfr_get_d(&e.gradient->scale[e.at], MPFR_RNDU);
        out->terms = e.gradient->terms[e.at];
        if (bits && !isfinite(vjp_bits_to_double(dtype, *bits))) {
            out->kind = VJP_DEVIATION_LOST;
        } else if (bits) {
            out->error = find_error(vjp_bits_to_double(dtype, *bits), value);
            conclude(dtype, *bits, e.low, out);
        }
    }
    vjp_reference_element_clear(&e);
}

void vjp_deviation_visit(const struct vjp_reference *reference, int slot,
                         const struct vjp_tensor *got,
                         void (*visit)(void *env, const struct vjp_deviation *deviation), void *env)
{
    const struct vjp_reference_gradient *g = &reference->gradient[slot];
    const int64_t count = g->contracted ? g->solution.rounded.count : g->rounded.count;
    struct vjp_quick quick;
    if (g->contracted)
        vjp_quick_init(&quick, reference, slot);
    for (int64_t i = 0; i < count; i++) {
        struct vjp_deviation d = {.index = i};
        const uint64_t bits = got ? vjp_tensor_get(got, i) : 0;
        if (!g->contracted || !find_quickly(&quick, i, got ? &bits : NULL, &d))
            find_slowly(g, reference->dtype, i, got ? &bits : NULL, &d);
        visit(env, &d);
    }
}
