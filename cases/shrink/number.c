/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SMALL  16   /* integers up to here come before powers of two, */
#define MEDIUM 1024 /* and up to here before other numbers */

/* Significant bits of a finite number that is not 0: 1 for a power of two. */
static int significant_bits(double value)
{
    int exponent;
    uint64_t m = (uint64_t)ldexp(frexp(fabs(value), &exponent), 53);
    int bits = 53;
    for (; (m & 1) == 0; m >>= 1)
        bits--;
    return bits;
}

/* Groups lie apart: twice an exponent of at most 1074, and the sign, are below 4096. In the last one a
 * group is a number of significant bits, in which the exponent counts first and then the significand. */
double vjp_number_cost(double value)
{
    const double group = 4096;
    const int negative = signbit(value) ? 1 : 0;
    int exponent;
    if (isnan(value))
        return 1e9;
    if (isinf(value))
        return 1e8 + negative;
    const double size = fabs(value);
    const double significand = frexp(size, &exponent);
    if (size <= SMALL && size == floor(size))
        return 2 * size + negative;
    const double far = 2 * abs(exponent - 1) + negative;
    if (significand == 0.5)
        return group + far;
    if (size <= MEDIUM && size == floor(size))
        return 2 * group + 2 * size + negative;
    return (3 + significant_bits(value)) * group + far + significand / 2;
}

static double keep_bits(double value, int bits)
{
    int exponent;
    const double significand = frexp(value, &exponent);
    return ldexp(nearbyint(ldexp(significand, bits)), exponent - bits);
}

/* Ways that keep something of a finite number that is not 0. */
enum {
    WHOLE,
    POWER_OF_TWO,
    POSITIVE,
    HALF_EXPONENT, /* towards 1, */
    NEXT_EXPONENT, /* as is this */
    KEEP_BITS,
};

static double keep_part(double value, int way)
{
    static const int bits[] = {1, 2, 3, 4, 5, 6, 8, 11, 16};
    int exponent;
    const double significand = frexp(value, &exponent);
    exponent--; /* the significand in [1, 2) */
    switch (way) {
    case WHOLE:
        return nearbyint(value);
    case POWER_OF_TWO:
        return copysign(ldexp(1, exponent), value);
    case POSITIVE:
        return fabs(value);
    case HALF_EXPONENT:
        return ldexp(significand, exponent / 2 + 1);
    case NEXT_EXPONENT:
        return ldexp(significand, exponent < 0 ? exponent + 2 : exponent);
    default:
        return keep_bits(value, bits[way - KEEP_BITS]);
    }
}

double vjp_number_simplify(double value, int way)
{
    static const double numbers[] = {0, 1, -1, 2, -2, 3, -3};
    const int n = (int)(sizeof numbers / sizeof *numbers);
    if (way < n)
        return numbers[way];
    return isfinite(value) && value != 0 ? keep_part(value, way - n) : value;
}

/* A line rounds a decimal with a point or an exponent, so that the shortest that is rounded to the number
 * will do. Without either it is a whole number, all of whose digits are there. */
static void print_real(enum vjp_dtype dtype, uint64_t bits, double value, struct vjp_text *out)
{
    char text[64];
    const char *end;
    uint64_t read = ~bits;
    if (value == floor(value) && fabs(value) < 1e6) {
        vjp_text_add(out, "%.0f", value);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (vjp_bits_from_text(dtype, text, &end, &read) && read == bits)
            break;
    }
    if (read == bits)
        vjp_text_add(out, "%s", text);
    else
        vjp_text_add(out, "%a", value);
}

void vjp_number_print(enum vjp_dtype dtype, uint64_t bits, struct vjp_text *out)
{
    const double value = vjp_bits_to_double(dtype, bits);
    const char *sign = signbit(value) ? "-" : "";
    if (isnan(value))
        vjp_text_add(out, "%snan", sign);
    else if (isinf(value))
        vjp_text_add(out, "%sinf", sign);
    else if (dtype == VJP_I32)
        vjp_text_add(out, "%" PRId32, (int32_t)(uint32_t)bits);
    else
        print_real(dtype, bits, value, out);
}

enum vjp_status vjp_number_set_list(struct vjp_case *c, int slot, const struct vjp_tensor *values,
                                    struct vjp_error *error)
{
    struct vjp_text text = {0};
    vjp_text_add(&text, "[");
    for (int64_t i = 0; i < values->count; i++) {
        vjp_text_add(&text, "%s", i > 0 ? "," : "");
        vjp_number_print(values->dtype, vjp_tensor_get(values, i), &text);
    }
    vjp_text_add(&text, "]");
    const enum vjp_status status =
        text.failed ? vjp_fail(error, VJP_ERR_MEMORY, "no memory for a list of numbers")
                    : vjp_case_set_values(c, slot, text.data, error);
    vjp_text_clear(&text);
    return status;
}
