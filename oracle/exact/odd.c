/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/odd.h"

#include <math.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 u128;

void vjp_odd_set(struct vjp_odd *out, bool negative, uint64_t high, uint64_t low, int exponent)
{
    *out = (struct vjp_odd){0};
    if (high == 0) {
        if (low == 0)
            return;
        high = low;
        low = 0;
        exponent -= 64;
    }
    const int zeros = __builtin_clzll(high);
    const u128 x = ((u128)high << 64 | low) << zeros;
    out->significand = (uint64_t)(x >> 64) | ((uint64_t)x != 0);
    out->exponent = exponent - zeros + 64;
    out->negative = negative;
}

uint64_t vjp_odd_round(const struct vjp_odd *x, enum vjp_dtype dtype)
{
    const struct vjp_format *format = vjp_format(dtype);
    const int p = format->precision;
    const uint64_t sign = (uint64_t)x->negative << (8 * format->bytes - 1);
    const int top = x->exponent + 63;
    if (x->significand == 0)
        return 0;
    if (top > format->emax)
        return sign | vjp_bits_infinity(dtype, false);
    const int below_normal = top < format->emin ? format->emin - top : 0;
    const int drop = 64 - p + below_normal; /* at least 11 */
    if (drop > 64)
        return sign; /* less than half of the smallest number */
    const uint64_t kept = drop == 64 ? 0 : x->significand >> drop;
    const uint64_t rest = x->significand << (64 - drop);
    const uint64_t half = UINT64_C(1) << 63;
    uint64_t bits = kept + (rest > half || (rest == half && kept % 2 == 1));
    /* kept has the leading bit where the exponent field begins: added to the exponent less one, it and
     * a carry of the rounding run into that field as the format intends, up to infinity. */
    if (below_normal == 0)
        bits += (uint64_t)(top - format->emin) << (p - 1);
    return sign | bits;
}

double vjp_odd_tail(const struct vjp_odd *x, enum vjp_dtype dtype, uint64_t bits)
{
    const double value = vjp_bits_to_double(dtype, bits);
    if (!isfinite(value))
        return -value;
    struct vjp_odd y, difference;
    int exponent;
    const int64_t m = vjp_odd_take_apart(-value, &exponent);
    vjp_odd_set(&y, m < 0, 0, (uint64_t)llabs(m), exponent);
    const bool swap = y.significand != 0 && (x->significand == 0 || y.exponent > x->exponent);
    const struct vjp_odd *large = swap ? &y : x;
    const struct vjp_odd *small = swap ? x : &y;
    /* Both as integers, in units of 2^-62 of the larger one's last place; b rounded to odd there, so
     * that the difference, of 125 bits and more, is. */
    const int shift = small->significand ? large->exponent - small->exponent : 0;
    const u128 a = (u128)large->significand << 62;
    const u128 whole = (u128)small->significand << 62;
    u128 b = shift < 128 ? whole >> shift : 0;
    if (shift >= 128 || b << shift != whole)
        b |= 1;
    const bool less = b > a;
    const u128 d = large->negative == small->negative ? a + b : less ? b - a : a - b;
    vjp_odd_set(&difference, less ? small->negative : large->negative, (uint64_t)(d >> 64),
                (uint64_t)d, large->exponent - 62);
    return vjp_bits_to_double(VJP_F64, vjp_odd_round(&difference, VJP_F64));
}
