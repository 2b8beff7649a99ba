/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/dtype.h"

#include <ctype.h>
#include <errno.h>
#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct vjp_format formats[VJP_DTYPE_COUNT + 1] = {
    [VJP_BF16] = {"bf16", 2, 8, -126, 127},  [VJP_F16] = {"f16", 2, 11, -14, 15},
    [VJP_F32] = {"f32", 4, 24, -126, 127},   [VJP_F64] = {"f64", 8, 53, -1022, 1023},
    [VJP_I32] = {.name = "i32", .bytes = 4},
};

const struct vjp_format *vjp_format(enum vjp_dtype dtype)
{
    return &formats[dtype];
}

bool vjp_dtype_parse(const char *name, enum vjp_dtype *out)
{
    for (int i = 0; i < VJP_DTYPE_COUNT; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *out = (enum vjp_dtype)i;
            return true;
        }
    }
    return false;
}

bool vjp_dtype_is_narrower(enum vjp_dtype a, enum vjp_dtype b)
{
    return vjp_format(a)->precision < vjp_format(b)->precision ||
           vjp_format(a)->emax < vjp_format(b)->emax;
}

/* The fields of an IEEE 754 binary interchange format (bfloat16 has the same structure): one sign
 * bit, then the biased exponent, then p - 1 fraction bits. */
static int fraction_bits(enum vjp_dtype dtype)
{
    return formats[dtype].precision - 1;
}

static uint64_t sign_mask(enum vjp_dtype dtype)
{
    return UINT64_C(1) << (8 * formats[dtype].bytes - 1);
}

static uint64_t exponent_mask(enum vjp_dtype dtype)
{
    return sign_mask(dtype) - (UINT64_C(1) << fraction_bits(dtype));
}

double vjp_bits_to_double(enum vjp_dtype dtype, uint64_t bits)
{
    if (dtype == VJP_F64)
        return vjp_bits_double(bits);
    if (dtype == VJP_I32)
        return (int32_t)(uint32_t)bits;
    const int f = fraction_bits(dtype);
    const uint64_t fraction = bits & ((UINT64_C(1) << f) - 1);
    const uint64_t biased = (bits & exponent_mask(dtype)) >> f;
    const bool negative = (bits & sign_mask(dtype)) != 0;
    if ((bits & exponent_mask(dtype)) == exponent_mask(dtype)) {
        const uint64_t sign = negative ? UINT64_C(1) << 63 : 0;
        return vjp_bits_double(sign | UINT64_C(0x7ff) << 52 | fraction << (52 - f));
    }
    const uint64_t significand = biased == 0 ? fraction : fraction | UINT64_C(1) << f;
    const int exponent = (biased == 0 ? 1 : (int)biased) - formats[dtype].emax - f;
    const double magnitude = ldexp((double)significand, exponent);
    return negative ? -magnitude : magnitude;
}

/* Rounds sig * 2^(exponent - drop), drop >= 1 bits to be dropped, to nearest even. */
static uint64_t shift_round_even(uint64_t significand, int drop)
{
    if (drop > 63)
        return 0; /* below half of the last place: significand < 2^53 */
    const uint64_t kept = significand >> drop;
    const uint64_t rest = significand & ((UINT64_C(1) << drop) - 1);
    const uint64_t half = UINT64_C(1) << (drop - 1);
    return kept + (rest > half || (rest == half && (kept & 1)) ? 1 : 0);
}

uint64_t vjp_bits_from_double(enum vjp_dtype dtype, double value)
{
    const uint64_t bits = vjp_double_bits(value);
    if (dtype == VJP_F64)
        return bits;
    if (dtype == VJP_I32)
        return (uint32_t)(int32_t)value;
    const int f = fraction_bits(dtype);
    const uint64_t sign = bits >> 63 ? sign_mask(dtype) : 0;
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const int biased = (int)(bits >> 52 & 0x7ff);
    if (biased == 0x7ff) {
        if (fraction == 0)
            return sign | exponent_mask(dtype);
        return sign | exponent_mask(dtype) | UINT64_C(1) << (f - 1) | fraction >> (52 - f);
    }
    if (biased == 0)
        return sign; /* a subnormal double is below half of every narrower subnormal */
    const uint64_t significand = fraction | UINT64_C(1) << 52;
    const int exponent = biased - 1023;
    const int below_normal = exponent < formats[dtype].emin ? formats[dtype].emin - exponent : 0;
    uint64_t rounded = shift_round_even(significand, 52 - f + below_normal);
    /* A normal significand carries its leading bit at f: adding it to the exponent field shifted
     * down by one lets a carry of the rounding run into the exponent, as the format intends. */
    if (below_normal == 0)
        rounded += (uint64_t)(exponent + formats[dtype].emax - 1) << f;
    if (rounded >= exponent_mask(dtype))
        rounded = exponent_mask(dtype);
    return sign | rounded;
}

/* A whole number in decimal that i32 holds, and that no more of a number follows. */
static bool integer_from_text(const char *text, const char **end, uint64_t *bits)
{
    char *stop;
    errno = 0;
    const long long value = strtoll(text, &stop, 10);
    if (stop == text || errno != 0 || value < INT32_MIN || value > INT32_MAX)
        return false;
    if (isalnum((unsigned char)*stop) || *stop == '.')
        return false;
    *bits = (uint32_t)(int32_t)value;
    *end = stop;
    return true;
}

bool vjp_bits_from_text(enum vjp_dtype dtype, const char *text, const char **end, uint64_t *bits)
{
    char *stop;
    if (strchr(" \t\n\v\f\r", *text)) /* strtod would skip it; also refuses an empty text */
        return false;
    if (dtype == VJP_I32)
        return integer_from_text(text, end, bits);
    /* Round to odd: a double is the truncated value with its last bit set if inexact. Its 53 bits
     * are at least two more than any narrower format has, so that one more rounding, to nearest
     * even, gives what a single rounding of the exact decimal gives (Boldo and Melquiond,
     * "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd",
     * IEEE TC 57, 2008). glibc's strtod honours the rounding mode; the caller's is not used. */
    const int mode = fegetround();
    fesetround(FE_TONEAREST);
    double value = strtod(text, &stop);
    if (dtype != VJP_F64 && isfinite(value)) {
        fesetround(FE_TOWARDZERO);
        const double low = strtod(text, NULL);
        fesetround(signbit(low) ? FE_DOWNWARD : FE_UPWARD);
        const double high = strtod(text, NULL);
        value = low == high ? low : vjp_bits_double(vjp_double_bits(low) | 1);
    }
    fesetround(mode);
    if (stop == text)
        return false;
    *bits = vjp_bits_from_double(dtype, value);
    *end = stop;
    return true;
}

bool vjp_bits_is_nan(enum vjp_dtype dtype, uint64_t bits)
{
    return dtype != VJP_I32 && (bits & ~sign_mask(dtype)) > exponent_mask(dtype);
}

bool vjp_bits_is_inf(enum vjp_dtype dtype, uint64_t bits)
{
    return dtype != VJP_I32 && (bits & ~sign_mask(dtype)) == exponent_mask(dtype);
}

bool vjp_bits_is_zero(enum vjp_dtype dtype, uint64_t bits)
{
    return dtype == VJP_I32 ? (uint32_t)bits == 0 : (bits & ~sign_mask(dtype)) == 0;
}

bool vjp_bits_is_negative(enum vjp_dtype dtype, uint64_t bits)
{
    return (bits & sign_mask(dtype)) != 0;
}

uint64_t vjp_bits_infinity(enum vjp_dtype dtype, bool negative)
{
    return exponent_mask(dtype) | (negative ? sign_mask(dtype) : 0);
}

uint64_t vjp_bits_quiet_nan(enum vjp_dtype dtype)
{
    return exponent_mask(dtype) | UINT64_C(1) << (fraction_bits(dtype) - 1);
}

uint64_t vjp_bits_load(enum vjp_dtype dtype, const void *array, int64_t i)
{
    uint64_t bits = 0;
    const int bytes = formats[dtype].bytes;
    if (bytes == 2) {
        uint16_t b;
        memcpy(&b, (const char *)array + 2 * i, sizeof b);
        bits = b;
    } else if (bytes == 4) {
        uint32_t b;
        memcpy(&b, (const char *)array + 4 * i, sizeof b);
        bits = b;
    } else {
        memcpy(&bits, (const char *)array + 8 * i, sizeof bits);
    }
    return bits;
}

void vjp_bits_store(enum vjp_dtype dtype, void *array, int64_t i, uint64_t bits)
{
    const int bytes = formats[dtype].bytes;
    if (bytes == 2) {
        const uint16_t b = (uint16_t)bits;
        memcpy((char *)array + 2 * i, &b, sizeof b);
    } else if (bytes == 4) {
        const uint32_t b = (uint32_t)bits;
        memcpy((char *)array + 4 * i, &b, sizeof b);
    } else {
        memcpy((char *)array + 8 * i, &bits, sizeof bits);
    }
}
