/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/reference.h"

#include "oracle/metric/exact_element.h"
#include "oracle/metric/reference_parts.h"
#include "oracle/num/decimal.h"

#include <math.h>
#include <stdio.h>

bool vjp_reference_on_kink(const struct vjp_reference *reference)
{
    return reference->on_kink;
}

void vjp_reference_get(const struct vjp_reference_gradient *g, int64_t i,
                       struct vjp_reference_element *out)
{
    *out = (struct vjp_reference_element){.gradient = &g->derived, .at = i};
    if (g->old.data)
        out->old = vjp_bits_to_double(g->old.dtype, vjp_tensor_get(&g->old, i));
    if (!g->contracted) {
        out->low = vjp_tensor_get(&g->rounded, i);
        out->high = vjp_tensor_get(&g->high, i);
        out->settled = g->settled[i];
        out->narrow = g->narrow[i];
        return;
    }
    out->low = out->high = vjp_tensor_get(&g->solution.rounded, i);
    out->gradient = &out->own;
    out->at = 0;
    if (vjp_exact_element(&g->solution.contraction, &g->old, i, &out->own, NULL) == VJP_OK)
        out->settled = vjp_exact_agrees(&g->solution, i, &out->own);
    else
        out->gradient = NULL;
}

void vjp_reference_element_clear(struct vjp_reference_element *element)
{
    vjp_gradient_clear(&element->own);
}

bool vjp_reference_range(const struct vjp_reference *reference, int slot, int64_t i, uint64_t *low,
                         uint64_t *high)
{
    const struct vjp_reference_gradient *g = &reference->gradient[slot];
    if (g->contracted) {
        *low = *high = vjp_tensor_get(&g->solution.rounded, i);
        return false;
    }
    *low = vjp_tensor_get(&g->rounded, i);
    *high = vjp_tensor_get(&g->high, i);
    return g->derived.value[i].kind == VJP_REAL_FINITE && g->derived.value[i].set;
}

void vjp_reference_settled(const struct vjp_reference *reference, int slot,
                           int64_t out[VJP_SETTLED_COUNT])
{
    for (int by = 0; by < VJP_SETTLED_COUNT; by++)
        out[by] = reference->gradient[slot].solution.settled[by];
}

bool vjp_reference_is_settled(const struct vjp_reference *reference, int slot, int64_t i)
{
    const struct vjp_reference_gradient *g = &reference->gradient[slot];
    return g->contracted || g->settled[i];
}

double vjp_reference_scale(const struct vjp_reference *reference, int slot, int64_t i)
{
    struct vjp_reference_element e;
    vjp_reference_get(&reference->gradient[slot], i, &e);
    const double scale = e.gradient ? mpfr_get_d(&e.gradient->scale[e.at], MPFR_RNDU) : INFINITY;
    vjp_reference_element_clear(&e);
    return scale;
}

static void get_enclosure(const struct vjp_real *value, double *low, double *high)
{
    if (value->kind == VJP_REAL_FINITE) {
        *low = mpfr_get_d(vjp_real_low(value), MPFR_RNDD);
        *high = mpfr_get_d(vjp_real_high(value), MPFR_RNDU);
        return;
    }
    *low = *high = value->kind == VJP_REAL_POS_INF   ? INFINITY
                   : value->kind == VJP_REAL_NEG_INF ? -INFINITY
                                                     : NAN;
}

void vjp_reference_enclosure(const struct vjp_reference *reference, int slot, int64_t i,
                             double *low, double *high)
{
    struct vjp_reference_element e;
    vjp_reference_get(&reference->gradient[slot], i, &e);
    *low = *high = NAN;
    if (e.gradient)
        get_enclosure(&e.gradient->value[e.at], low, high);
    vjp_reference_element_clear(&e);
}

enum vjp_status vjp_reference_output(const struct vjp_reference *reference, struct vjp_tensor *out,
                                     struct vjp_error *error)
{
    if (!reference->output.data)
        return vjp_fail(error, VJP_ERR_INTERNAL, "an exact contraction has no forward pass");
    return vjp_tensor_copy(out, &reference->output, error);
}

enum vjp_status vjp_reference_save(const struct vjp_reference *reference, struct vjp_data *data,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int k = 0; k < VJP_MAX_SAVED && status == VJP_OK; k++) {
        vjp_tensor_clear(&data->saved[k]);
        if (reference->saved[k].data)
            status = vjp_tensor_copy(&data->saved[k], &reference->saved[k], error);
    }
    return status;
}

uint64_t vjp_reference_rounded(const struct vjp_reference *reference, int slot, int64_t i)
{
    const struct vjp_reference_gradient *g = &reference->gradient[slot];
    return vjp_tensor_get(g->contracted ? &g->solution.rounded : &g->rounded, i);
}

static void write_text(const struct vjp_reference_element *e, int digits, char *text, int size)
{
    static const char *const words[] = {"", "+inf", "-inf", "nan", "not determined"};
    const struct vjp_real *value = e->gradient ? &e->gradient->value[e->at] : NULL;
    if (!value)
        snprintf(text, (size_t)size, "unresolved");
    else if (value->kind == VJP_REAL_FINITE && value->set)
        mpfr_snprintf(text, (size_t)size, "[%.*RDg, %.*RUg] (a kink)", digits, vjp_real_low(value),
                      digits, vjp_real_high(value));
    else if (value->kind != VJP_REAL_FINITE || !(e->settled || e->narrow))
        snprintf(text, (size_t)size, "%s",
                 value->kind == VJP_REAL_FINITE ? "unresolved" : words[value->kind]);
    else
        vjp_decimal_text(value, digits, text, size);
}

char *vjp_reference_text(const struct vjp_reference *reference, int slot, int64_t i, int digits,
                         char *text, int size)
{
    struct vjp_reference_element e;
    vjp_reference_get(&reference->gradient[slot], i, &e);
    write_text(&e, digits, text, size);
    vjp_reference_element_clear(&e);
    return text;
}

int vjp_reference_precision(const struct vjp_reference *reference)
{
    return reference->precision;
}
