/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/reference.h"

#include "oracle/metric/reference_parts.h"
#include "oracle/num/decimal.h"

#include <math.h>
#include <stdio.h>

bool vjp_reference_on_kink(const struct vjp_reference *reference)
{
    return reference->on_kink;
}

bool vjp_reference_range(const struct vjp_reference *reference, int slot, int64_t i, uint64_t *low,
                         uint64_t *high)
{
    const struct vjp_reference_gradient *g = &reference->gradient[slot];
    *low = vjp_tensor_get(&g->rounded, i);
    *high = vjp_tensor_get(&g->high, i);
    return g->derived.value[i].kind == VJP_REAL_FINITE && g->derived.value[i].set;
}

bool vjp_reference_is_settled(const struct vjp_reference *reference, int slot, int64_t i)
{
    return reference->gradient[slot].settled[i];
}

double vjp_reference_scale(const struct vjp_reference *reference, int slot, int64_t i)
{
    return mpfr_get_d(&reference->gradient[slot].derived.scale[i], MPFR_RNDU);
}

void vjp_reference_enclosure(const struct vjp_reference *reference, int slot, int64_t i,
                             double *low, double *high)
{
    const struct vjp_real *value = &reference->gradient[slot].derived.value[i];
    if (value->kind == VJP_REAL_FINITE) {
        *low = mpfr_get_d(vjp_real_low(value), MPFR_RNDD);
        *high = mpfr_get_d(vjp_real_high(value), MPFR_RNDU);
        return;
    }
    *low = *high = value->kind == VJP_REAL_POS_INF   ? INFINITY
                   : value->kind == VJP_REAL_NEG_INF ? -INFINITY
                                                     : NAN;
}

enum vjp_status vjp_reference_output(const struct vjp_reference *reference, struct vjp_tensor *out,
                                     struct vjp_error *error)
{
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
    return vjp_tensor_get(&reference->gradient[slot].rounded, i);
}

char *vjp_reference_text(const struct vjp_reference *reference, int slot, int64_t i, int digits,
                         char *text, int size)
{
    static const char *const words[] = {"", "+inf", "-inf", "nan", "not determined"};
    const struct vjp_reference_gradient *g = &reference->gradient[slot];
    const struct vjp_real *value = &g->derived.value[i];
    if (value->kind == VJP_REAL_FINITE && value->set) {
        mpfr_snprintf(text, (size_t)size, "[%.*RDg, %.*RUg] (a kink)", digits, vjp_real_low(value),
                      digits, vjp_real_high(value));
        return text;
    }
    if (value->kind != VJP_REAL_FINITE || !(g->settled[i] || g->narrow[i])) {
        snprintf(text, (size_t)size, "%s",
                 value->kind == VJP_REAL_FINITE ? "unresolved" : words[value->kind]);
        return text;
    }
    return vjp_decimal_text(value, digits, text, size);
}

int vjp_reference_precision(const struct vjp_reference *reference)
{
    return reference->precision;
}
