/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

/* Decimal digits that tell any two values of a p-bit format apart: ceil(1 + p log10 2). */
static int digits_of(enum vjp_dtype dtype)
{
    return (int)ceil(1.0 + vjp_format(dtype)->precision * 0.30103);
}

/* The fewest digits that read back as value in the format; whole numbers that are not too long are
 * written out. */
static void write_shortest(enum vjp_dtype dtype, uint64_t bits, double value, char *text, int size)
{
    if (value == rint(value) && fabs(value) < 1e9) {
        snprintf(text, (size_t)size, "%.0f", value);
        return;
    }
    const int most = digits_of(dtype);
    for (int digits = 1; digits <= most; digits++) {
        snprintf(text, (size_t)size, "%.*g", digits, value);
        const char *end;
        uint64_t back;
        if (vjp_bits_from_text(dtype, text, &end, &back) && back == bits)
            return;
    }
}

char *vjp_number_decimal(enum vjp_dtype dtype, uint64_t bits, char *text, int size)
{
    const double value = vjp_bits_to_double(dtype, bits);
    if (isnan(value))
        snprintf(text, (size_t)size, "nan");
    else if (isinf(value))
        snprintf(text, (size_t)size, value < 0 ? "-inf" : "inf");
    else
        write_shortest(dtype, bits, value, text, size);
    return text;
}

char *vjp_number_exact(enum vjp_dtype dtype, uint64_t bits, char *text, int size)
{
    const double value = vjp_bits_to_double(dtype, bits);
    char decimal[40];
    vjp_number_decimal(dtype, bits, decimal, sizeof decimal);
    if (!isfinite(value) || (value == rint(value) && fabs(value) < 1e9))
        snprintf(text, (size_t)size, "%s", decimal);
    else
        snprintf(text, (size_t)size, "%a (%s)", value, decimal);
    return text;
}

char *vjp_number_short(double value, char *text, int size)
{
    if (isnan(value))
        snprintf(text, (size_t)size, "nan");
    else if (value != 0 && isfinite(value) && fabs(value) < 1e4 && fabs(value) >= 1e-3)
        snprintf(text, (size_t)size, "%.3g", value);
    else
        snprintf(text, (size_t)size, "%.2g", value);
    return text;
}

char *vjp_number_count(int64_t count, char *text, int size)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    int at = 0;
    for (int i = 0; i < length && at < size - 2; i++) {
        text[at++] = digits[i];
        if ((length - i - 1) % 3 == 0 && i + 1 < length)
            text[at++] = ',';
    }
    text[at] = '\0';
    return text;
}
