/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/filter.h"

#include <math.h>

#include "oracle/exact/kernel.h"
#include "oracle/exact/two_sum.h"

#define FRACTION_BITS 52
#define EXPONENT_MASK (INT64_C(0x7ff) << FRACTION_BITS)

static int64_t bits_of(double x)
{
    return (int64_t)vjp_double_bits(x);
}

static double double_of(int64_t bits)
{
    return vjp_bits_double((uint64_t)bits);
}

/* x rounded to nearest even: its magnitude as a number and as a pattern. Where x lies in
 * [2^e, 2^(e + 1)), or e = emin and it lies below, the format's last place is q = e - p + 1. Adding and
 * subtracting 2^(52 + q), whose last place is that too, rounds there, to even as the format does; the
 * integer below the sum's exponent is the number in units of 2^q. It has its leading bit at p - 1 where
 * the number is normal: added to the exponent field for e - 1 it makes up for that, and a carry runs
 * into the exponent. |x| is to be below overflow. */
static int64_t round_pattern(const struct vjp_rounding_rule *rounding, double x, double *magnitude)
{
    const double a = fabs(x);
    int64_t exponent = bits_of(a) & EXPONENT_MASK;
    if (exponent < rounding->emin_bits)
        exponent = rounding->emin_bits;
    const int p = rounding->precision;
    const int64_t raise = exponent + ((int64_t)(FRACTION_BITS + 1 - p) << FRACTION_BITS);
    const double sum = a + double_of(raise);
    *magnitude = sum - double_of(raise);
    return bits_of(sum) - raise + ((exponent - rounding->emin_bits) >> (FRACTION_BITS + 1 - p));
}

static void put(const struct vjp_rounding_rule *rounding, void *bits, int64_t j, int64_t pattern,
                bool negative)
{
    if (rounding->bytes == 2)
        ((uint16_t *)bits)[j] = (uint16_t)(pattern | (negative ? 0x8000 : 0));
    else
        ((uint32_t *)bits)[j] = (uint32_t)pattern | (negative ? UINT32_C(0x80000000) : 0);
}

void vjp_filter_from(const struct vjp_rounding_rule *rounding, int64_t from, int64_t n,
                     const double *c, const double *s, struct vjp_filtered *out)
{
    for (int64_t j = from; j < n; j++) {
        const bool exact = s[j] <= rounding->exact * rounding->col_unit[j];
        const double e = exact ? 0 : s[j] * rounding->error;
        const double low = c[j] - e, high = c[j] + e;
        double magnitude = 0, unused;
        int64_t pattern = rounding->infinity;
        if (fabs(low) < rounding->overflow && fabs(high) < rounding->overflow &&
            signbit(low) == signbit(high) &&
            round_pattern(rounding, low, &magnitude) == round_pattern(rounding, high, &unused))
            pattern = round_pattern(rounding, low, &magnitude);
        put(rounding, out->bits, j, pattern, signbit(low));
        out->tail[j] = c[j] - copysign(magnitude, low);
        out->by[j] = exact ? VJP_SETTLED_PRODUCT : VJP_SETTLED_FILTER;
        out->products += exact;
        if (pattern >= rounding->infinity)
            out->open[out->open_count++] = j;
    }
}

void vjp_filter_portable(const struct vjp_rounding_rule *rounding, int64_t n, const double *c,
                         const double *s, struct vjp_filtered *out)
{
    out->products = out->open_count = 0;
    vjp_filter_from(rounding, 0, n, c, s, out);
}

/* e is the bound of the product, s times that, and covers the rounding of that product and of the
 * interval's ends as well: each end is below s (1 + 2^-36), and errs by half its last place, u of it at
 * most; s error errs by less. 2 u more is enough. */
static void filter_short(const struct vjp_filter *filter, int64_t i, int64_t cols,
                         struct vjp_filtered *out)
{
    const struct vjp_format *format = vjp_format(filter->dtype);
    const struct vjp_rounding_rule rounding = {
        .precision = format->precision,
        .bytes = format->bytes,
        .emin_bits = bits_of(ldexp(1, format->emin)),
        .infinity = (int64_t)vjp_bits_infinity(filter->dtype, false),
        .overflow = ldexp(1, format->emax + 1),
        .error = vjp_block_error(filter->left->K) + 0x1p-52,
        .exact = 0x1p53 * filter->left->unit[i],
        .col_unit = filter->right->unit,
    };
    const int64_t at = i * filter->products->ld;
    filter->left->kernel->filter(&rounding, cols, filter->products->c + at,
                                 filter->products->s + at, out);
}

/* 2^exponent, which is to be a normal double. */
static double power(int exponent)
{
    return double_of((int64_t)(exponent + 1023) << FRACTION_BITS);
}

/* c + lo = h + l exactly, h rounded to nearest (TwoSum). The exact result lies within e of that, and so
 * between h + low and h + high: the ends are moved outward by more than what rounds in them, which is
 * u (|l| + e). Both sums rounding to h, so does the result. A power of two does not change that where h
 * times it is a normal number; tail is then exact, or subnormal. */
static bool settle_long(double c, double lo, double e, int scale, double *value, double *tail)
{
    double l;
    const double h = vjp_two_sum(c, lo, &l);
    const double wide = e * (1 + 0x1p-50) + fabs(l) * 0x1p-51;
    const double low = l - wide, high = l + wide;
    *value = *tail = 0;
    if (h == 0 && l == 0 && e == 0)
        return true;
    if (scale < -1022 || scale > 1023)
        return false;
    *value = h * power(scale);
    *tail = l * power(scale);
    return h + low == h && h + high == h && fabs(*value) >= 0x1p-1021 && isfinite(*value);
}

static void filter_long(const struct vjp_filter *filter, int64_t i, int64_t cols,
                        struct vjp_filtered *out)
{
    const struct vjp_block *left = filter->left, *right = filter->right;
    const struct vjp_products *p = filter->products;
    const int64_t at = i * p->ld;
    const double error = vjp_block_error_long(left->K);
    double *values = out->bits;
    out->products = out->open_count = 0;
    for (int64_t j = 0; j < cols; j++) {
        const bool exact = p->s[at + j] <= 0x1p53 * left->unit[i] * right->unit[j];
        out->by[j] = exact ? VJP_SETTLED_PRODUCT : VJP_SETTLED_FILTER;
        out->products += exact;
        if (!settle_long(p->c[at + j], p->lo[at + j], exact ? 0 : error,
                         left->scale[i] + right->scale[j], &values[j], &out->tail[j]))
            out->open[out->open_count++] = j;
    }
}

void vjp_filter_row(const struct vjp_filter *filter, int64_t i, int64_t cols,
                    struct vjp_filtered *out)
{
    if (filter->left->elements == VJP_BLOCK_LONG)
        filter_long(filter, i, cols, out);
    else
        filter_short(filter, i, cols, out);
}
