/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/decimal.h"

#include <stdio.h>
#include <string.h>

/* Whether text, read back, is x. */
static bool is_whole(const char *text, mpfr_srcptr x)
{
    mpfr_t back;
    mpfr_init2(back, mpfr_get_prec(x));
    const bool whole = mpfr_strtofr(back, text, NULL, 10, MPFR_RNDN) == 0 && mpfr_equal_p(back, x);
    mpfr_clear(back);
    return whole;
}

/* The largest number of digits up to digits in which both ends, cut off, are the same; 0 for none. */
static int common_digits(const struct vjp_real *value, int digits)
{
    char low[512];
    char high[512];
    for (; digits > 0; digits--) {
        mpfr_snprintf(low, sizeof low, "%.*RZe", digits - 1, vjp_real_low(value));
        mpfr_snprintf(high, sizeof high, "%.*RZe", digits - 1, vjp_real_high(value));
        if (strcmp(low, high) == 0)
            break;
    }
    return digits;
}

/* Whether the enclosure tells at least three digits more than those: its width is at most
 * 10^-(digits + 3) of its end that is farther from zero. */
static bool tells_more(const struct vjp_real *value, int digits)
{
    mpfr_srcptr low = vjp_real_low(value), high = vjp_real_high(value);
    mpfr_t width, scale;
    mpfr_inits2(64, width, scale, (mpfr_ptr)0);
    mpfr_sub(width, high, low, MPFR_RNDU);
    mpfr_ui_pow_ui(scale, 10, (unsigned long)digits + 3, MPFR_RNDU);
    mpfr_mul(width, width, scale, MPFR_RNDU);
    const bool more = mpfr_cmpabs(width, mpfr_cmpabs(low, high) > 0 ? low : high) <= 0;
    mpfr_clears(width, scale, (mpfr_ptr)0);
    return more;
}

/* The middle in that many digits, 0 where the enclosure holds it, and the distance of the farther end
 * from what is printed, rounded up: the decimal itself is enclosed. */
static void print_middle(const struct vjp_real *value, int digits, char *text, int size)
{
    const mpfr_prec_t precision = mpfr_get_prec(vjp_real_low(value)) + 64;
    char number[512] = "0";
    mpfr_t below, above;
    mpfr_inits2(precision, below, above, (mpfr_ptr)0);
    mpfr_add(below, vjp_real_low(value), vjp_real_high(value), MPFR_RNDN);
    mpfr_div_2ui(below, below, 1, MPFR_RNDN);
    if (!vjp_real_holds_zero(value))
        mpfr_snprintf(number, sizeof number, "%.*Rg", digits, below);
    mpfr_strtofr(below, number, NULL, 10, MPFR_RNDD);
    mpfr_strtofr(above, number, NULL, 10, MPFR_RNDU);
    mpfr_sub(below, vjp_real_high(value), below, MPFR_RNDU);
    mpfr_sub(above, above, vjp_real_low(value), MPFR_RNDU);
    mpfr_max(below, below, above, MPFR_RNDU);
    mpfr_snprintf(text, (size_t)size, "%s +- %.1RUe", number, below);
    mpfr_clears(below, above, (mpfr_ptr)0);
}

char *vjp_decimal_text(const struct vjp_real *value, int digits, char *text, int size)
{
    const int known = value->point ? digits : common_digits(value, digits);
    if (known == 0 || (known < digits && tells_more(value, known))) {
        print_middle(value, digits, text, size);
        return text;
    }
    if (value->point && mpfr_zero_p(vjp_real_low(value))) {
        snprintf(text, (size_t)size, "0"); /* a real number has no other zero */
        return text;
    }
    mpfr_snprintf(text, (size_t)size, "%.*RZg", known, vjp_real_low(value));
    const size_t used = strlen(text);
    if (!(value->point && is_whole(text, vjp_real_low(value))) && used + 4 < (size_t)size)
        memcpy(text + used, "...", 4);
    return text;
}
