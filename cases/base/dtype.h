/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_DTYPE_H
#define VJP_CASES_BASE_DTYPE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "cases/base/status.h"

/* The floating-point formats of operands and accumulators, from least to most precise, and behind
 * them what integer operands (indices, masks) are stored in. */
enum vjp_dtype {
    VJP_BF16 = 0,
    VJP_F16,
    VJP_F32,
    VJP_F64,
    VJP_DTYPE_COUNT, /* of the floating-point formats */
    VJP_I32 = VJP_DTYPE_COUNT,
};

/* A binary format as IEEE 754-2019 section 3.3 names it: finite values are m 2^(e - p + 1) with
 * |m| < 2^p and emin <= e <= emax. The unit roundoff is u = 2^-p, the smallest positive number
 * 2^(emin - p + 1), the smallest normal one 2^emin. */
struct vjp_format {
    const char *name; /* as in a case line: f16, bf16, f32, f64 */
    int bytes;
    int precision; /* p, with the implicit bit */
    int emin;      /* exponent of the smallest normal number, 1 - emax */
    int emax;      /* exponent of the largest finite number */
};

/* The result is static. For VJP_I32, which is no such format, only name and bytes mean anything. */
const struct vjp_format *vjp_format(enum vjp_dtype dtype);

/* False, and *out alone, for a name that is none of the four floating-point formats'. */
VJP_MUST_CHECK bool vjp_dtype_parse(const char *name, enum vjp_dtype *out);

/* Whether a lacks bits or exponents that b has, so that it cannot hold every number of b. Both are
 * floating-point formats. */
bool vjp_dtype_is_narrower(enum vjp_dtype a, enum vjp_dtype b);

/* A value is carried as its bit pattern in the low bits of a uint64_t. */

/* Exact: every value of the formats and of VJP_I32 is a double; a NaN keeps its sign and as many
 * payload bits as fit. */
double vjp_bits_to_double(enum vjp_dtype dtype, uint64_t bits);

/* Rounded once, to nearest even, with subnormals and overflow to infinity as IEEE 754 has them. For
 * VJP_I32 the value must be one of its integers. */
uint64_t vjp_bits_from_double(enum vjp_dtype dtype, double value);

/* Sets *bits to the number written at text, a C decimal or hexadecimal float, inf or nan with an
 * optional sign, rounded once to nearest even (strtod followed by a second rounding is not that);
 * for VJP_I32 a whole number in decimal. *end is set past what was read. False, and nothing set,
 * where no number stands at text, or none that VJP_I32 holds. */
VJP_MUST_CHECK bool vjp_bits_from_text(enum vjp_dtype dtype, const char *text, const char **end,
                                       uint64_t *bits);

bool vjp_bits_is_nan(enum vjp_dtype dtype, uint64_t bits);
bool vjp_bits_is_inf(enum vjp_dtype dtype, uint64_t bits);
bool vjp_bits_is_zero(enum vjp_dtype dtype, uint64_t bits);
bool vjp_bits_is_negative(enum vjp_dtype dtype, uint64_t bits);

/* The bits of a double, and the double of those bits. */
static inline uint64_t vjp_double_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double vjp_bits_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The bit patterns of special values. VJP_I32 has none. */
uint64_t vjp_bits_infinity(enum vjp_dtype dtype, bool negative);
uint64_t vjp_bits_quiet_nan(enum vjp_dtype dtype);

/* Reads or writes element i of a contiguous array. */
uint64_t vjp_bits_load(enum vjp_dtype dtype, const void *array, int64_t i);
void vjp_bits_store(enum vjp_dtype dtype, void *array, int64_t i, uint64_t bits);

#endif
