/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/reference.h"

#include "oracle/jacobian/derive.h"
#include "oracle/metric/reference_parts.h"
#include "oracle/num/round.h"

#include <math.h>
#include <mpfi.h>
#include <stdio.h>
#include <stdlib.h>

/* Ziv's loop: the precision doubles from the first to the last of these. 256 bits hold the product
 * of two f64 and 150 more; 8192 hold any sum of products of f64 exactly (its bits lie between
 * 2^-2148 and 2^2048 times the number of terms), so that for sums of products nothing remains
 * unresolved. */
#define FIRST_PRECISION 256
#define LAST_PRECISION  8192

/* Where answers are to be judged, an element whose enclosure is too narrow for any bound to see is left
 * as it is, whether it rounds one way or not: the tail of gelu, which is 1 - 1 + 1e-80, or a gradient of
 * softmax that is exactly zero and holds zero at every precision. */
#define NARROW_BITS 128

static uint64_t round_kind(enum vjp_dtype dtype, const struct vjp_real *value, mpfr_srcptr odd)
{
    switch (value->kind) {
    case VJP_REAL_FINITE:
        return vjp_round_to_bits(odd, dtype);
    case VJP_REAL_POS_INF:
        return vjp_bits_infinity(dtype, false);
    case VJP_REAL_NEG_INF:
        return vjp_bits_infinity(dtype, true);
    case VJP_REAL_NAN:
    case VJP_REAL_UNKNOWN:
        break;
    }
    return vjp_bits_quiet_nan(dtype);
}

/* The least error bound of any way to compute the element, before it is rounded to a dtype. */
static long double least_error(const struct vjp_gradient *g, int64_t e)
{
    long double least = INFINITY;
    for (int way = 0; way < g->ways; way++)
        least = fminl(least, g->running[e * g->ways + way]);
    return least;
}

/* Whether a bound, which is at least that, and 2^-53 S, is so much wider than the enclosure that it does not see
 * its width: by 2^-53 of NARROW_BITS. Sums of products are not asked: they come out exact in the end, and are worth it. */
static bool is_narrow(const struct vjp_gradient *g, int64_t e)
{
    const struct vjp_real *value = &g->value[e];
    mpfr_t width, errors;
    if (value->kind != VJP_REAL_FINITE || !g->sensitivity)
        return false;
    mpfr_inits2(VJP_SCALE_PRECISION, width, errors, (mpfr_ptr)0);
    mpfr_set(errors, &g->scale[e], MPFR_RNDD);
    mpfr_set_ld(width, least_error(g, e), MPFR_RNDD);
    mpfr_mul_2si(width, width, 53, MPFR_RNDD);
    mpfr_max(errors, errors, width, MPFR_RNDD);
    mpfr_sub(width, vjp_real_high(value), vjp_real_low(value), MPFR_RNDU);
    mpfr_mul_2si(width, width, NARROW_BITS, MPFR_RNDU);
    const bool narrow = mpfr_lessequal_p(width, errors) != 0;
    mpfr_clears(width, errors, (mpfr_ptr)0);
    return narrow;
}

/* Whether both ends of a finite enclosure round alike to the nearest number of the dtype: enough where
 * no other rounding is asked for, as for dy (1 - 2^-10000), which is known to lie next to dy and cannot
 * be told from it. The sign of a zero is not looked at: what lies between two numbers that round to
 * zero does as well. */
static bool rounds_alike(const struct vjp_real *value, enum vjp_dtype dtype, uint64_t *bits)
{
    const uint64_t low = vjp_round_to_bits(vjp_real_low(value), dtype);
    const uint64_t high = vjp_round_to_bits(vjp_real_high(value), dtype);
    const bool zeros = vjp_bits_is_zero(dtype, low) && vjp_bits_is_zero(dtype, high);
    *bits = zeros && low != high ? 0 : low;
    return low == high || zeros;
}

/* What stands for an enclosure that does not round one way. */
static uint64_t round_middle(const struct vjp_real *value, enum vjp_dtype dtype)
{
    mpfr_t middle;
    mpfr_init2(middle, mpfr_get_prec(vjp_real_low(value)));
    mpfi_mid(middle, value->ends);
    const uint64_t bits = vjp_round_to_bits(middle, dtype);
    mpfr_clear(middle);
    return bits;
}

/* A set of numbers: both ends are rounded for themselves. */
static void settle_set(struct vjp_reference_gradient *g, int64_t e)
{
    const struct vjp_real *value = &g->derived.value[e];
    vjp_tensor_set(&g->rounded, e, vjp_round_to_bits(vjp_real_low(value), g->rounded.dtype));
    vjp_tensor_set(&g->high, e, vjp_round_to_bits(vjp_real_high(value), g->rounded.dtype));
    g->settled[e] = true;
}

/* Settles what can be settled at the derived precision; true if no more precision is worth while. */
static bool settle(struct vjp_reference_gradient *g, const struct vjp_reference *r)
{
    bool done = true;
    for (int64_t e = 0; e < g->derived.count; e++) {
        const struct vjp_real *value = &g->derived.value[e];
        const bool finite = value->kind == VJP_REAL_FINITE;
        if (finite && value->set) {
            settle_set(g, e);
            continue;
        }
        g->settled[e] =
            finite ? vjp_round_to_odd(&g->odd[e], value) : value->kind != VJP_REAL_UNKNOWN;
        uint64_t bits = round_kind(g->rounded.dtype, value, &g->odd[e]);
        if (finite && !g->settled[e])
            g->settled[e] = rounds_alike(value, g->rounded.dtype, &bits);
        g->narrow[e] = !g->settled[e] && is_narrow(&g->derived, e);
        if (g->narrow[e])
            bits = vjp_real_holds_zero(value) ? 0 : round_middle(value, g->rounded.dtype);
        done &= g->settled[e] || (r->judged && g->narrow[e]) ||
                (g->derived.sensitivity && g->derived.sensitivity[e].special);
        if (finite && value->point && mpfr_zero_p(vjp_real_low(value)))
            bits = 0; /* 0 itself has no sign; what is rounded to it has */
        vjp_tensor_set(&g->rounded, e, bits);
        vjp_tensor_set(&g->high, e, bits);
    }
    return done;
}

/* Whether a saved value that sits next to the middle of two numbers, nobody can tell on which side, is near
 * enough to either: what it is given as is then off by no more than half of their distance and 2^-128 of
 * itself. (An attention whose two scores are equal has y = (v_0 + v_1) / 2, which is such a middle for half
 * of all v.) */
static bool is_as_good(const struct vjp_real *value)
{
    mpfr_srcptr low = vjp_real_low(value), high = vjp_real_high(value);
    mpfr_t width, size;
    mpfr_inits2(VJP_SCALE_PRECISION, width, size, (mpfr_ptr)0);
    mpfr_sub(width, high, low, MPFR_RNDU);
    mpfr_abs(size, mpfr_cmpabs(low, high) < 0 ? low : high, MPFR_RNDD);
    mpfr_mul_2si(width, width, NARROW_BITS, MPFR_RNDU);
    const bool good = !vjp_real_holds_zero(value) && mpfr_lessequal_p(width, size) != 0;
    mpfr_clears(width, size, (mpfr_ptr)0);
    return good;
}

/* Rounds a tensor of the forward pass; true as settle. approximate: is_as_good will do. */
static bool settle_output(const struct vjp_reals *from, bool approximate, struct vjp_tensor *out)
{
    bool done = true;
    mpfr_t odd;
    mpfr_init2(odd, VJP_ODD_PRECISION);
    for (int64_t e = 0; e < from->count; e++) {
        const struct vjp_real *value = &from->value[e];
        uint64_t bits;
        if (out->dtype == VJP_I32)
            bits = vjp_bits_from_double(VJP_I32, mpfr_get_d(vjp_real_low(value), MPFR_RNDN));
        else if (value->kind != VJP_REAL_FINITE)
            bits = round_kind(out->dtype, value, odd);
        else if (vjp_round_to_odd(odd, value))
            bits = vjp_round_to_bits(odd, out->dtype);
        else if (!rounds_alike(value, out->dtype, &bits))
            done &= approximate && is_as_good(value);
        vjp_tensor_set(out, e, bits);
    }
    mpfr_clear(odd);
    return done;
}

static enum vjp_status init_gradient(struct vjp_reference_gradient *g, const struct vjp_case *c,
                                     const struct vjp_tensor *old, int slot,
                                     struct vjp_error *error)
{
    struct vjp_shape shape;
    vjp_case_slot_shape(c, slot, &shape);
    enum vjp_status status = vjp_tensor_init(&g->rounded, c->dtype, &shape, error);
    if (status == VJP_OK)
        status = vjp_tensor_init(&g->high, c->dtype, &shape, error);
    if (status != VJP_OK)
        return status;
    g->present = true;
    const size_t n = (size_t)g->rounded.count + 1;
    g->settled = calloc(n, sizeof *g->settled);
    g->narrow = calloc(n, sizeof *g->narrow);
    g->odd = calloc(n, sizeof *g->odd);
    bool complete = g->settled && g->narrow && g->odd;
    for (int64_t e = 0; complete && e < g->rounded.count; e++)
        complete = vjp_limbs_init_number(&g->limbs, &g->odd[e], VJP_ODD_PRECISION);
    if (!complete)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a reference");
    return old->data ? vjp_tensor_copy(&g->old, old, error) : VJP_OK;
}

static enum vjp_status init_outputs(struct vjp_reference *r, const struct vjp_case *c,
                                    struct vjp_error *error)
{
    struct vjp_shape shape;
    vjp_case_slot_shape(c, vjp_slot_cotangent(c->spec), &shape);
    enum vjp_status status = vjp_tensor_init(&r->output, c->dtype, &shape, error);
    for (int k = 0; k < c->spec->n_saved && status == VJP_OK; k++) {
        vjp_case_saved_shape(c, k, &shape);
        status = vjp_tensor_init(&r->saved[k], vjp_case_saved_dtype(c, k), &shape, error);
    }
    return status;
}

/* One round of Ziv's loop: derives everything at the reference's precision; *done if that was enough. */
static enum vjp_status derive(struct vjp_reference *r, const struct vjp_case *c,
                              const struct vjp_data *data, struct vjp_kinks kinks, bool *done,
                              struct vjp_error *error)
{
    struct vjp_derivation d;
    struct vjp_gradient *first[VJP_MAX_INPUTS] = {NULL};
    bool again = r->precision != FIRST_PRECISION;
    for (int i = 0; i < c->spec->n_inputs && again; i++)
        again = vjp_gradient_is_analysed(&r->gradient[vjp_slot_gradient(c->spec, i)].derived);
    for (int i = 0; i < c->spec->n_inputs && again; i++)
        first[i] = &r->gradient[vjp_slot_gradient(c->spec, i)].derived;
    enum vjp_status status =
        vjp_derive(c, data, r->precision, kinks, again || !r->analysed ? first : NULL, &d, error);
    if (status != VJP_OK)
        return status;
    *done = settle_output(&d.y, false, &r->output) || r->judged;
    for (int k = 0; k < c->spec->n_saved; k++)
        *done &= settle_output(&d.saved[k], r->judged, &r->saved[k]);
    for (int i = 0; i < c->spec->n_inputs; i++) {
        struct vjp_reference_gradient *g = &r->gradient[vjp_slot_gradient(c->spec, i)];
        if (!g->present)
            continue;
        vjp_gradient_clear(&g->derived);
        g->derived = d.gradient[i];
        d.gradient[i] = (struct vjp_gradient){0};
        *done &= settle(g, r);
    }
    r->on_kink = d.on_kink;
    vjp_derivation_clear(&d);
    return VJP_OK;
}

enum vjp_status vjp_reference_check(const struct vjp_case *c, struct vjp_error *error)
{
    return vjp_derive_check(c, error);
}

double vjp_reference_work_max(void)
{
    return vjp_derive_work_max();
}

enum vjp_status vjp_reference_check_domains(const struct vjp_case *c, const struct vjp_data *data,
                                            struct vjp_error *error)
{
    return vjp_derive_check_domains(c, data, FIRST_PRECISION, error);
}

/* judged: the result is to judge answers by, so that elements which no bound can tell from zero need not
 * be rounded correctly. analysed: bounds will be asked for. */
static enum vjp_status create(const struct vjp_case *c, const struct vjp_data *data,
                              struct vjp_kinks kinks, bool judged, bool analysed,
                              struct vjp_reference **out, struct vjp_error *error)
{
    enum vjp_status status = vjp_derive_check(c, error);
    if (status != VJP_OK)
        return status;
    struct vjp_reference *r = calloc(1, sizeof *r);
    if (!r)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a reference");
    r->dtype = c->dtype;
    r->analysed = analysed;
    r->judged = judged;
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        const int slot = vjp_slot_gradient(c->spec, i);
        if (vjp_case_has_gradient(c, i))
            status = init_gradient(&r->gradient[slot], c, &data->slot[slot], slot, error);
    }
    if (status == VJP_OK)
        status = init_outputs(r, c, error);
    bool done = false;
    for (r->precision = FIRST_PRECISION; status == VJP_OK; r->precision *= 2) {
        status = derive(r, c, data, kinks, &done, error);
        if (done || r->precision == LAST_PRECISION)
            break;
    }
    if (status == VJP_OK)
        *out = r;
    else
        vjp_reference_destroy(r);
    return status;
}

enum vjp_status vjp_reference_create(const struct vjp_case *c, const struct vjp_data *data,
                                     struct vjp_kinks kinks, struct vjp_reference **out,
                                     struct vjp_error *error)
{
    return create(c, data, kinks, true, true, out, error);
}

enum vjp_status vjp_reference_create_rounded(const struct vjp_case *c, const struct vjp_data *data,
                                             struct vjp_kinks kinks, bool bounds,
                                             struct vjp_reference **out, struct vjp_error *error)
{
    return create(c, data, kinks, false, bounds, out, error);
}

void vjp_reference_destroy(struct vjp_reference *reference)
{
    if (!reference)
        return;
    for (int s = 0; s < VJP_MAX_SLOTS; s++) {
        struct vjp_reference_gradient *g = &reference->gradient[s];
        vjp_limbs_clear(&g->limbs);
        free(g->odd);
        free(g->settled);
        free(g->narrow);
        vjp_gradient_clear(&g->derived);
        vjp_solution_clear(&g->solution);
        vjp_facts_clear(&g->facts);
        vjp_tensor_clear(&g->rounded);
        vjp_tensor_clear(&g->high);
        vjp_tensor_clear(&g->old);
    }
    vjp_tensor_clear(&reference->output);
    for (int k = 0; k < VJP_MAX_SAVED; k++)
        vjp_tensor_clear(&reference->saved[k]);
    free(reference);
}

void vjp_reference_end_thread(void)
{
    mpfr_free_cache();
}

void vjp_reference_libraries(char *text, int size)
{
    snprintf(text, (size_t)size, "MPFR %s, MPFI %s, GMP %s", mpfr_get_version(), mpfi_get_version(),
             gmp_version);
}
