/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/literal.h"

#include <ctype.h>
#include <fenv.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Whether the number at text has exactly this value. strtod of the C library honours the rounding
 * mode, so that a number which is no double is different downward and upward. */
static bool is_exactly(const char *text, double value)
{
    const int mode = fegetround();
    fesetround(FE_DOWNWARD);
    const double low = strtod(text, NULL);
    fesetround(FE_UPWARD);
    const double high = strtod(text, NULL);
    fesetround(mode);
    return low == value && high == value;
}

static bool contains_any(const char *text, const char *end, const char *characters)
{
    const size_t length = strcspn(text, characters);
    return text[length] != '\0' && text + length < end;
}

enum vjp_status vjp_literal_number(enum vjp_dtype dtype, const char *text, const char **end,
                                   uint64_t *bits, struct vjp_error *error)
{
    const char *stop;
    uint64_t value;
    if (!vjp_bits_from_text(dtype, text, &stop, &value))
        return vjp_fail(error, VJP_ERR_USAGE,
                        dtype == VJP_I32 ? "'%.*s' is no integer of i32" : "'%.*s' is no number",
                        (int)strcspn(text, ",]"), text);
    if (dtype == VJP_I32) {
        *end = stop;
        *bits = value;
        return VJP_OK;
    }
    const bool is_word = isalpha((unsigned char)text[*text == '-' || *text == '+']) != 0;
    const bool is_hex = contains_any(text, stop, "xX");
    const bool is_integer = !contains_any(text, stop, ".eE");
    if (!is_word && (is_hex || is_integer) && !is_exactly(text, vjp_bits_to_double(dtype, value)))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "'%.*s' is not exact in %s; expected fewer digits, or a decimal float, "
                        "which is rounded",
                        (int)(stop - text), text, vjp_format(dtype)->name);
    if (!is_word && vjp_bits_is_inf(dtype, value))
        return vjp_fail(error, VJP_ERR_USAGE, "'%.*s' overflows %s; expected inf if that is meant",
                        (int)(stop - text), text, vjp_format(dtype)->name);
    *end = stop;
    *bits = value;
    return VJP_OK;
}

enum vjp_status vjp_literal_list(enum vjp_dtype dtype, const char *text, struct vjp_tensor *out,
                                 int64_t *count, int *at, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    int64_t n = 0;
    const char *p = text + 1;
    if (*text != '[') {
        status = vjp_fail(error, VJP_ERR_USAGE, "expected '['");
        p = text;
    }
    while (status == VJP_OK && (n > 0 || *p != ']')) {
        uint64_t bits;
        const char *next;
        status = vjp_literal_number(dtype, p, &next, &bits, error);
        if (status != VJP_OK) {
            vjp_error_prefix(error, "element [%" PRId64 "] of the list: ", n);
            break;
        }
        if (out && n < out->count)
            vjp_tensor_set(out, n, bits);
        n++;
        p = next;
        if (*p != ',')
            break;
        p++;
    }
    if (status == VJP_OK && *p == '\0')
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "the list ends after element [%" PRId64 "]; expected ',' or ']'", n - 1);
    else if (status == VJP_OK && *p != ']')
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "found '%.20s' after element [%" PRId64 "] of the list; expected ',' or "
                          "']'",
                          p, n - 1);
    else if (status == VJP_OK && p[1] != '\0')
        status =
            vjp_fail(error, VJP_ERR_USAGE, "found '%.20s' after the list; expected its end", ++p);
    if (status != VJP_OK && at)
        *at = (int)(p - text);
    if (status == VJP_OK)
        *count = n;
    return status;
}
