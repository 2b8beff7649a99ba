/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/gradient.h"

#include <stdlib.h>

enum vjp_status vjp_gradient_init(struct vjp_gradient *out, int64_t count, mpfr_prec_t precision,
                                  struct vjp_error *error)
{
    const size_t n = (size_t)count + 1;
    struct vjp_gradient g = {.count = count};
    g.value = vjp_reals_create(count, precision, &g.limbs);
    g.scale = calloc(n, sizeof *g.scale);
    g.terms = calloc(n, sizeof *g.terms);
    g.lowest = calloc(n, sizeof *g.lowest);
    bool complete = g.value && g.scale && g.terms && g.lowest;
    for (int64_t j = 0; complete && j < count; j++) {
        complete = vjp_limbs_init_number(&g.limbs, &g.scale[j], VJP_SCALE_PRECISION);
        g.lowest[j] = INT64_MAX;
    }
    if (!complete) {
        vjp_gradient_clear(&g);
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a gradient");
    }
    *out = g;
    return VJP_OK;
}

void vjp_gradient_clear(struct vjp_gradient *gradient)
{
    vjp_limbs_clear(&gradient->limbs);
    free(gradient->value);
    free(gradient->scale);
    free(gradient->terms);
    free(gradient->lowest);
    free(gradient->running);
    free(gradient->sensitivity);
    *gradient = (struct vjp_gradient){0};
}

int vjp_gradient_way(const struct vjp_gradient *gradient, const struct vjp_way *way)
{
    const int format = (int)way->accumulate - (int)gradient->dtype;
    const bool narrow = format > 0 && way->narrow_operands;
    const int arithmetic = 8 * format + 4 * narrow + 2 * way->coarse + way->flushes;
    const int known = (int)(way->saved & ((UINT32_C(1) << gradient->n_saved) - 1));
    return arithmetic << gradient->n_saved | known;
}

bool vjp_gradient_is_analysed(const struct vjp_gradient *gradient)
{
    for (int64_t j = 0; gradient->sensitivity && j < gradient->count; j++) {
        if (gradient->value[j].kind != VJP_REAL_FINITE && !gradient->sensitivity[j].special)
            return false;
    }
    return true;
}

void vjp_gradient_adopt(struct vjp_gradient *gradient, struct vjp_gradient *from)
{
    for (int64_t j = 0; j < gradient->count; j++) {
        mpfr_set(&gradient->scale[j], &from->scale[j], MPFR_RNDU);
        gradient->terms[j] = from->terms[j];
        gradient->lowest[j] = from->lowest[j];
    }
    free(gradient->sensitivity);
    gradient->sensitivity = from->sensitivity;
    from->sensitivity = NULL;
    free(gradient->running);
    gradient->running = from->running;
    gradient->ways = from->ways;
    gradient->dtype = from->dtype;
    gradient->n_saved = from->n_saved;
    from->running = NULL;
    vjp_gradient_set_special(gradient);
}

void vjp_gradient_set_special(struct vjp_gradient *gradient)
{
    for (int64_t j = 0; gradient->sensitivity && j < gradient->count; j++) {
        const enum vjp_special special = gradient->sensitivity[j].special;
        if (special != VJP_SPECIAL_NONE)
            gradient->value[j].kind = special == VJP_SPECIAL_NAN ? VJP_REAL_NAN : VJP_REAL_UNKNOWN;
    }
}

/* The exponent of the last nonzero bit of a number that is not zero. */
static int64_t lowest_bit(mpfr_srcptr x)
{
    return mpfr_get_exp(x) - (int64_t)mpfr_min_prec(x);
}

/* scale += |x|, rounded up. */
static void add_magnitude(mpfr_ptr scale, mpfr_srcptr x)
{
    if (mpfr_signbit(x))
        mpfr_sub(scale, scale, x, MPFR_RNDU);
    else
        mpfr_add(scale, scale, x, MPFR_RNDU);
}

void vjp_gradient_add(struct vjp_gradient *g, int64_t j, const struct vjp_real *term)
{
    vjp_real_add(&g->value[j], &g->value[j], term);
    if (vjp_real_is_zero(term))
        return;
    g->terms[j]++;
    if (term->kind != VJP_REAL_FINITE)
        return;
    mpfr_srcptr low = vjp_real_low(term);
    mpfr_srcptr high = vjp_real_high(term);
    add_magnitude(&g->scale[j], mpfr_cmpabs(low, high) > 0 ? low : high);
    if (!term->point)
        g->lowest[j] = VJP_LOWEST_UNKNOWN;
    else if (lowest_bit(low) < g->lowest[j])
        g->lowest[j] = lowest_bit(low);
}
