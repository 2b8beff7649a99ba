/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fill.h"

#include "cases/gen/random.h"
#include "cases/spec/literal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void set(const struct vjp_fill *fill, int64_t i, double value)
{
    vjp_tensor_set(fill->out, i, vjp_bits_from_double(fill->out->dtype, value));
}

static void fill_uniform(const struct vjp_fill *fill, double bound)
{
    const int precision = vjp_format(fill->out->dtype)->precision;
    for (int64_t i = 0; i < fill->out->count; i++)
        set(fill, i, bound * vjp_random_uniform(fill->rng, precision));
}

void vjp_fill_normal(const struct vjp_fill *fill, double sigma)
{
    for (int64_t i = 0; i < fill->out->count; i++)
        set(fill, i, sigma * vjp_random_normal(fill->rng));
}

/* One mean for the whole operand, ratio or -ratio, and deviates of 1 around it: x = mean + z, rounded to
 * the dtype. Where u ratio is no longer small, u the unit roundoff, little is left of the deviation. */
static void fill_shifted(const struct vjp_fill *fill, double ratio)
{
    const double mean = vjp_random_sign(fill->rng) * ratio;
    for (int64_t i = 0; i < fill->out->count; i++)
        set(fill, i, mean + vjp_random_normal(fill->rng));
}

static void fill_integers(const struct vjp_fill *fill, int64_t low, int64_t high)
{
    for (int64_t i = 0; i < fill->out->count; i++)
        set(fill, i, (double)vjp_random_between(fill->rng, low, high));
}

static void fill_pow2(const struct vjp_fill *fill, double bound)
{
    const int e = (int)bound;
    for (int64_t i = 0; i < fill->out->count; i++) {
        const int sign = vjp_random_sign(fill->rng);
        set(fill, i, ldexp(sign, (int)vjp_random_between(fill->rng, -e, e)));
    }
}

static void fill_onehot(const struct vjp_fill *fill, double index)
{
    if (fill->out->count == 0)
        return;
    const int64_t hot = index >= 0
                            ? (int64_t)index
                            : (int64_t)vjp_random_below(fill->rng, (uint64_t)fill->out->count);
    set(fill, hot, 1);
}

/* The exponent that wide has on its own: e with 2 (e + 1) + 25 <= emax, so that 2^25 products of
 * two values stay finite; 4 for f16, whose range is too narrow for that: 32 products do. */
static double wide_fallback(const struct vjp_format *format)
{
    return format->emax > 31 ? (format->emax - 27) / 2 : 4;
}

static void fill_wide(const struct vjp_fill *fill, double bound)
{
    const struct vjp_format *format = vjp_format(fill->out->dtype);
    const int e = (int)(bound >= 0 ? bound : wide_fallback(format));
    for (int64_t i = 0; i < fill->out->count; i++) {
        const int sign = vjp_random_sign(fill->rng);
        const int exponent = (int)vjp_random_between(fill->rng, -e, e);
        const double significand = vjp_random_significand(fill->rng, format->precision);
        set(fill, i, ldexp(sign * significand, exponent));
    }
}

/* A subnormal number is its fraction field: 1 .. 2^(p-1) - 1. */
static void fill_subnormal(const struct vjp_fill *fill)
{
    const struct vjp_format *format = vjp_format(fill->out->dtype);
    const int64_t fractions = (INT64_C(1) << (format->precision - 1)) - 1;
    for (int64_t i = 0; i < fill->out->count; i++) {
        const double magnitude = ldexp((double)vjp_random_between(fill->rng, 1, fractions),
                                       format->emin - (format->precision - 1));
        set(fill, i, vjp_random_sign(fill->rng) * magnitude);
    }
}

static void fill_zeros(const struct vjp_fill *fill, double probability)
{
    for (int64_t i = 0; i < fill->out->count; i++) {
        const double value = vjp_random_normal(fill->rng);
        if (vjp_random_chance(fill->rng, probability))
            set(fill, i, copysign(0, vjp_random_sign(fill->rng)));
        else
            set(fill, i, value);
    }
}

static uint64_t random_special(const struct vjp_fill *fill)
{
    const uint64_t kind = vjp_random_below(fill->rng, 3);
    return kind == 0 ? vjp_bits_quiet_nan(fill->out->dtype)
                     : vjp_bits_infinity(fill->out->dtype, kind == 2);
}

static void fill_special(const struct vjp_fill *fill, double probability)
{
    bool found = false;
    vjp_fill_normal(fill, 1);
    for (int64_t i = 0; i < fill->out->count; i++) {
        if (vjp_random_chance(fill->rng, probability)) {
            vjp_tensor_set(fill->out, i, random_special(fill));
            found = true;
        }
    }
    if (!found && fill->out->count > 0) {
        /* One draw after the other: the order of arguments is the compiler's. */
        const uint64_t bits = random_special(fill);
        const uint64_t at = vjp_random_below(fill->rng, (uint64_t)fill->out->count);
        vjp_tensor_set(fill->out, (int64_t)at, bits);
    }
}

/* From the text, not the parameter: rounded once to the dtype, whichever that is. */
static void fill_const(const struct vjp_fill *fill, const char *text)
{
    const char *colon = strchr(text, ':');
    const char *end;
    uint64_t bits = vjp_bits_from_double(fill->out->dtype, 1);
    if (colon) {
        const enum vjp_status status =
            vjp_literal_number(fill->out->dtype, colon + 1, &end, &bits, NULL);
        assert(status == VJP_OK); /* the case is valid */
        (void)status;
    }
    for (int64_t i = 0; i < fill->out->count; i++)
        vjp_tensor_set(fill->out, i, bits);
}

void vjp_fill_named(const struct vjp_fill *fill)
{
    const struct vjp_field *field = &fill->c->slot[fill->slot];
    const double parameter = field->parameter;
    const int64_t whole = parameter > 0 && parameter <= 0x1p53 ? (int64_t)parameter : 0;
    switch (field->generator) {
    case VJP_GEN_UNIFORM:
        fill_uniform(fill, parameter);
        break;
    case VJP_GEN_NORMAL:
    case VJP_GEN_LARGE:
        vjp_fill_normal(fill, parameter);
        break;
    case VJP_GEN_SHIFTED:
        fill_shifted(fill, parameter);
        break;
    case VJP_GEN_INTEGERS:
        fill_integers(fill, -whole, whole);
        break;
    case VJP_GEN_TIES:
        fill_integers(fill, -(whole - 1) / 2, whole / 2);
        break;
    case VJP_GEN_POW2:
        fill_pow2(fill, parameter);
        break;
    case VJP_GEN_ONEHOT:
        fill_onehot(fill, parameter);
        break;
    case VJP_GEN_WIDE:
        fill_wide(fill, parameter);
        break;
    case VJP_GEN_SUBNORMAL:
        fill_subnormal(fill);
        break;
    case VJP_GEN_ZEROS:
        fill_zeros(fill, parameter);
        break;
    case VJP_GEN_SPECIAL:
        fill_special(fill, parameter);
        break;
    case VJP_GEN_CONST:
        fill_const(fill, field->text);
        break;
    case VJP_GEN_POSITIVE:
        vjp_fill_positive(fill, parameter);
        break;
    case VJP_GEN_SIMPLEX:
        vjp_fill_simplex(fill);
        break;
    case VJP_GEN_LABELS:
        vjp_fill_labels(fill);
        break;
    case VJP_GEN_INDEX:
        vjp_fill_index(fill);
        break;
    case VJP_GEN_REPEATS:
        vjp_fill_repeats(fill);
        break;
    case VJP_GEN_IGNORED:
        vjp_fill_ignored(fill, parameter);
        break;
    case VJP_GEN_MASK:
        vjp_fill_mask(fill, parameter);
        break;
    default:
        assert(false); /* filled elsewhere: by a list, a file, exact.c or cancel.c */
    }
}
