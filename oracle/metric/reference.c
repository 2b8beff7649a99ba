/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/reference.h"

#include "oracle/jacobian/derive.h"
#include "oracle/metric/reference_parts.h"
#include "oracle/num/round.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ziv's loop: the precision doubles from the first to the last of these. 256 bits hold the product
 * of two f64 and 150 more; 8192 hold any sum of products of f64 exactly (its bits lie between
 * 2^-2148 and 2^2048 times the number of terms), so that for sums of products nothing remains
 * unresolved. */
#define FIRST_PRECISION 256
#define LAST_PRECISION  8192

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

/* Settles what can be settled at the derived precision; true if that is everything. */
static bool settle(struct vjp_reference_gradient *g)
{
    bool all = true;
    for (int64_t e = 0; e < g->derived.count; e++) {
        const struct vjp_real *value = &g->derived.value[e];
        g->settled[e] = value->kind == VJP_REAL_FINITE ? vjp_round_to_odd(&g->odd[e], value)
                                                       : value->kind != VJP_REAL_UNKNOWN;
        all &= g->settled[e];
        vjp_tensor_set(&g->rounded, e, round_kind(g->rounded.dtype, value, &g->odd[e]));
    }
    return all;
}

static enum vjp_status init_gradient(struct vjp_reference_gradient *g, const struct vjp_case *c,
                                     const struct vjp_tensor *old, int slot,
                                     struct vjp_error *error)
{
    struct vjp_shape shape;
    vjp_case_slot_shape(c, slot, &shape);
    enum vjp_status status = vjp_tensor_init(&g->rounded, c->dtype, &shape, error);
    if (status != VJP_OK)
        return status;
    g->present = true;
    const size_t n = (size_t)g->rounded.count + 1;
    g->settled = calloc(n, sizeof *g->settled);
    g->odd = calloc(n, sizeof *g->odd);
    bool complete = g->settled && g->odd;
    for (int64_t e = 0; complete && e < g->rounded.count; e++)
        complete = vjp_limbs_init_number(&g->limbs, &g->odd[e], VJP_ODD_PRECISION);
    if (!complete)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a reference");
    if (!old->data)
        return VJP_OK;
    status = vjp_tensor_init(&g->old, c->dtype, &shape, error);
    if (status == VJP_OK)
        memcpy(g->old.data, old->data, (size_t)(old->count * vjp_format(c->dtype)->bytes));
    return status;
}

/* One round of Ziv's loop: derives everything at the reference's precision; *settled if that was
 * enough. */
static enum vjp_status derive(struct vjp_reference *r, const struct vjp_case *c,
                              const struct vjp_data *data, bool *settled, struct vjp_error *error)
{
    struct vjp_gradient derived[VJP_MAX_INPUTS] = {0};
    enum vjp_status status = vjp_derive_gradients(c, data, r->precision, derived, error);
    if (status != VJP_OK)
        return status;
    *settled = true;
    for (int i = 0; i < c->spec->n_inputs; i++) {
        struct vjp_reference_gradient *g = &r->gradient[vjp_slot_gradient(c->spec, i)];
        if (!g->present)
            continue;
        vjp_gradient_clear(&g->derived);
        g->derived = derived[i];
        *settled &= settle(g);
    }
    return VJP_OK;
}

enum vjp_status vjp_reference_check(const struct vjp_case *c, struct vjp_error *error)
{
    return vjp_derive_check(c, error);
}

enum vjp_status vjp_reference_create(const struct vjp_case *c, const struct vjp_data *data,
                                     struct vjp_reference **out, struct vjp_error *error)
{
    struct vjp_reference *r = calloc(1, sizeof *r);
    if (!r)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a reference");
    r->dtype = c->dtype;
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        const int slot = vjp_slot_gradient(c->spec, i);
        if (c->spec->input[i].differentiable && vjp_case_has_slot(c, i))
            status = init_gradient(&r->gradient[slot], c, &data->slot[slot], slot, error);
    }
    bool settled = false;
    for (r->precision = FIRST_PRECISION; status == VJP_OK; r->precision *= 2) {
        status = derive(r, c, data, &settled, error);
        if (settled || r->precision == LAST_PRECISION)
            break;
    }
    if (status == VJP_OK)
        *out = r;
    else
        vjp_reference_destroy(r);
    return status;
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
        vjp_gradient_clear(&g->derived);
        vjp_tensor_clear(&g->rounded);
        vjp_tensor_clear(&g->old);
    }
    free(reference);
}

uint64_t vjp_reference_rounded(const struct vjp_reference *reference, int slot, int64_t i)
{
    return vjp_tensor_get(&reference->gradient[slot].rounded, i);
}

/* Whether text, read back, is x. */
static bool is_whole(const char *text, mpfr_srcptr x)
{
    mpfr_t back;
    mpfr_init2(back, mpfr_get_prec(x));
    const bool whole = mpfr_strtofr(back, text, NULL, 10, MPFR_RNDN) == 0 && mpfr_equal_p(back, x);
    mpfr_clear(back);
    return whole;
}

/* Prints as many digits, at most digits, as both ends of the enclosure have in common. */
static void print_known_digits(const struct vjp_real *value, int digits, char *text, int size)
{
    char high[512];
    for (;; digits--) {
        mpfr_snprintf(text, (size_t)size, "%.*RZg", digits, vjp_real_low(value));
        if (value->point || digits <= 1)
            return;
        mpfr_snprintf(high, size < (int)sizeof high ? (size_t)size : sizeof high, "%.*RZg", digits,
                      vjp_real_high(value));
        if (strncmp(text, high, sizeof high - 1) == 0)
            return;
    }
}

char *vjp_reference_text(const struct vjp_reference *reference, int slot, int64_t i, int digits,
                         char *text, int size)
{
    static const char *const words[] = {"", "+inf", "-inf", "nan", "not determined"};
    const struct vjp_reference_gradient *g = &reference->gradient[slot];
    const struct vjp_real *value = &g->derived.value[i];
    if (value->kind != VJP_REAL_FINITE || !g->settled[i]) {
        snprintf(text, (size_t)size, "%s",
                 value->kind == VJP_REAL_FINITE ? "unresolved" : words[value->kind]);
        return text;
    }
    print_known_digits(value, digits, text, size);
    const size_t used = strlen(text);
    if (!(value->point && is_whole(text, vjp_real_low(value))) && used + 4 < (size_t)size)
        memcpy(text + used, "...", 4);
    return text;
}

int vjp_reference_precision(const struct vjp_reference *reference)
{
    return reference->precision;
}
