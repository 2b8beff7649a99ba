/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/decimal.h"

#include <criterion/criterion.h>
#include <string.h>

/* The enclosure with those ends, read as MPFR reads them, at 256 bits. */
static void expect_text(const char *low, const char *high, int digits, const char *expected)
{
    struct vjp_real value;
    char text[160];
    vjp_real_init(&value, 256);
    mpfr_set_str(&value.ends->left, low, 0, MPFR_RNDD);
    mpfr_set_str(&value.ends->right, high, 0, MPFR_RNDU);
    value.point = strcmp(low, high) == 0;
    cr_expect_str_eq(vjp_decimal_text(&value, digits, text, sizeof text), expected, "[%s, %s]", low,
                     high);
    char cut[6];
    vjp_decimal_text(&value, digits, cut, sizeof cut);
    cr_expect_eq(strncmp(cut, expected, 2), 0, "%s", cut);
    vjp_real_clear(&value);
}

Test(decimal, points_are_whole_or_go_on)
{
    expect_text("0", "0", 17, "0");
    expect_text("-0", "-0", 17, "0");
    expect_text("-2.5", "-2.5", 17, "-2.5");
    expect_text("0x1p-2", "0x1p-2", 1, "0.2...");
    expect_text("0x1.000000000000000001p0", "0x1.000000000000000001p0", 4, "1...");
}

Test(decimal, digits_that_both_ends_have_are_known)
{
    expect_text("0.36787944117144232159552377016146086", "0.36787944117144232159552377016146087",
                17, "0.36787944117144232...");
    expect_text("-0.36787944117144232159552377016146087", "-0.36787944117144232159552377016146086",
                17, "-0.36787944117144232...");
    expect_text("1.2341", "1.2349", 17, "1.234...");
    expect_text("1.2341e-300", "1.2349e-300", 17, "1.234e-300...");
    expect_text("1.2341", "1.2349", 3, "1.23...");
    /* Ends that differ in everything, and one that differs in the exponent alone. */
    expect_text("1.6", "2.4", 17, "2 +- 4.1e-01");
    expect_text("1", "10", 17, "5.5 +- 4.5e+00");
}

/* The distances are rounded up. */
Test(decimal, a_number_between_others_is_told_by_its_middle)
{
    expect_text("1.99999999999999999999", "2.00000000000000000001", 17, "2 +- 1.1e-20");
    expect_text("-2.00000000000000000001", "-1.99999999999999999999", 17, "-2 +- 1.1e-20");
    expect_text("0.12999999999999999999", "0.13000000000000000003", 17, "0.13 +- 3.1e-20");
    expect_text("-1e-80", "1e-81", 17, "0 +- 1.1e-80");
    expect_text("0", "3e-400", 17, "0 +- 3.1e-400");
    expect_text("-3e-400", "0", 17, "0 +- 3.1e-400");
}
