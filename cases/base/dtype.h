/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_DTYPE_H
#define VJP_CASES_BASE_DTYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"

/* The floating-point formats of operands and accumulators, from least to most precise. */
enum vjp_dtype {
    VJP_BF16 = 0,
    VJP_F16,
    VJP_F32,
    VJP_F64,
    VJP_DTYPE_COUNT,
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

/* dtype must be one of the four. The result is static. */
const struct vjp_format *vjp_format(enum vjp_dtype dtype);

/* False, and *out alone, for a name that is none of the four. */
VJP_MUST_CHECK bool vjp_dtype_parse(const char *name, enum vjp_dtype *out);

/* A value is carried as its bit pattern in the low bits of a uint64_t. */

/* Exact: every value of the four formats is a double; a NaN keeps its sign and as many payload
 * bits as fit. */
double vjp_bits_to_double(enum vjp_dtype dtype, uint64_t bits);

/* Rounded once, to nearest even, with subnormals and overflow to infinity as IEEE 754 has them. */
uint64_t vjp_bits_from_double(enum vjp_dtype dtype, double value);

/* Sets *bits to the number written at text, a C decimal or hexadecimal float, inf or nan with an optional sign,
 * rounded once to nearest even (strtod followed by a second rounding is not that). *end is set
 * past what was read. False, and nothing set, where no number stands at text. */
VJP_MUST_CHECK bool vjp_bits_from_text(enum vjp_dtype dtype, const char *text, const char **end,
                                       uint64_t *bits);

bool vjp_bits_is_nan(enum vjp_dtype dtype, uint64_t bits);
bool vjp_bits_is_inf(enum vjp_dtype dtype, uint64_t bits);
bool vjp_bits_is_zero(enum vjp_dtype dtype, uint64_t bits);
bool vjp_bits_is_negative(enum vjp_dtype dtype, uint64_t bits);

/* The bit patterns of special values. */
uint64_t vjp_bits_infinity(enum vjp_dtype dtype, bool negative);
uint64_t vjp_bits_quiet_nan(enum vjp_dtype dtype);

/* Reads or writes element i of a contiguous array. */
uint64_t vjp_bits_load(enum vjp_dtype dtype, const void *array, int64_t i);
void vjp_bits_store(enum vjp_dtype dtype, void *array, int64_t i, uint64_t bits);

#endif
