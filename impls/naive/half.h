/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_NAIVE_HALF_H
#define VJP_IMPLS_NAIVE_HALF_H

#include <stdint.h>
#include <string.h>

/* binary16 and bfloat16 to and from float, in integers: the same on every CPU and under every
 * rounding mode. Widening is exact. Narrowing rounds to nearest, ties to even, with subnormals and
 * overflow to infinity. A NaN stays one, quiet, with its sign and the top bits of its payload. */

static inline uint32_t vjp_half_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float vjp_half_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* value / 2^shift, to nearest, ties to even. 1 <= shift <= 31. */
static inline uint32_t vjp_half_shift(uint32_t value, int shift)
{
    const uint32_t half = UINT32_C(1) << (shift - 1);
    const uint32_t rest = value & (2 * half - 1);
    const uint32_t kept = value >> shift;
    return kept + (rest > half || (rest == half && kept % 2 == 1));
}

static inline float vjp_float_from_bf16(uint16_t bits)
{
    return vjp_half_float((uint32_t)bits << 16);
}

static inline uint16_t vjp_bf16_from_float(float value)
{
    const uint32_t bits = vjp_half_bits(value);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return (uint16_t)(bits >> 16 | 0x40);
    /* A carry out of the significand goes to the exponent, and past the largest to infinity. */
    return (uint16_t)vjp_half_shift(bits, 16);
}

static inline float vjp_float_from_f16(uint16_t bits)
{
    const uint32_t sign = (uint32_t)(bits & 0x8000) << 16;
    const uint32_t exponent = bits >> 10 & 0x1f;
    const uint32_t fraction = bits & 0x3ff;
    if (exponent == 0x1f) /* infinity, NaN */
        return vjp_half_float(sign | 0x7f800000 | fraction << 13);
    if (exponent == 0) { /* zero, subnormal: fraction 2^-24, exact in float */
        const float magnitude = (float)fraction * 0x1p-24F;
        return vjp_half_float(sign | vjp_half_bits(magnitude));
    }
    return vjp_half_float(sign | (exponent + 127 - 15) << 23 | fraction << 13);
}

static inline uint16_t vjp_f16_from_float(float value)
{
    const uint32_t bits = vjp_half_bits(value);
    const uint32_t sign = bits >> 16 & 0x8000;
    const uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
    if (magnitude >= 0x47800000) /* 65536 and up; what rounds to it gets there by a carry */
        return (uint16_t)(sign | 0x7c00);
    if (magnitude >= 0x38800000) /* 2^-14 and up: a normal number, the exponent's bias changed */
        return (uint16_t)(sign | vjp_half_shift(magnitude - ((127 - 15) << 23), 13));
    if (magnitude < 0x33000000) /* below 2^-25, half of the smallest number: zero */
        return (uint16_t)sign;
    /* Subnormal: the significand in units of 2^-24. In float it counts 2^(exponent - 150). */
    const uint32_t significand = (magnitude & 0x7fffff) | 0x800000;
    const int exponent = (int)(magnitude >> 23);
    return (uint16_t)(sign | vjp_half_shift(significand, 150 - 24 - exponent));
}

#endif
