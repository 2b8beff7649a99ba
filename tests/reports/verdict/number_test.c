/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/number.h"

#include <criterion/criterion.h>
#include <math.h>

static void expect_decimal(enum vjp_dtype dtype, uint64_t bits, const char *expected)
{
    char text[40];
    cr_expect_str_eq(vjp_number_decimal(dtype, bits, text, sizeof text), expected);
}

/* Bits from the formats' definitions. */
Test(number, decimal_is_the_shortest_that_reads_back)
{
    expect_decimal(VJP_F32, 0x3dcccccd, "0.1");
    expect_decimal(VJP_F32, 0x41400000, "12");
    expect_decimal(VJP_F32, 0x80000000, "-0");
    expect_decimal(VJP_F32, 0x00000001, "1e-45");
    expect_decimal(VJP_F16, 0x3555, "0.3333");
    expect_decimal(VJP_BF16, 0x3eab, "0.334");
    expect_decimal(VJP_F64, 0x3fd5555555555555, "0.3333333333333333");
    expect_decimal(VJP_F64, 0x3ff0000000000001, "1.0000000000000002");
    expect_decimal(VJP_F32, 0x7f800000, "inf");
    expect_decimal(VJP_F32, 0xff800000, "-inf");
    expect_decimal(VJP_F32, 0x7fc00000, "nan");
}

Test(number, exact_has_the_hexadecimal_form_where_decimal_is_not_plain)
{
    char text[80];
    cr_expect_str_eq(vjp_number_exact(VJP_F32, 0x41400000, text, sizeof text), "12");
    cr_expect_str_eq(vjp_number_exact(VJP_F32, 0x3dcccccd, text, sizeof text),
                     "0x1.99999ap-4 (0.1)");
    cr_expect_str_eq(vjp_number_exact(VJP_F32, 0x7fc00000, text, sizeof text), "nan");
}

Test(number, short_keeps_what_matters)
{
    char text[40];
    cr_expect_str_eq(vjp_number_short(0, text, sizeof text), "0");
    cr_expect_str_eq(vjp_number_short(0.5, text, sizeof text), "0.5");
    cr_expect_str_eq(vjp_number_short(4.123e6, text, sizeof text), "4.1e+06");
    cr_expect_str_eq(vjp_number_short(3.7e-7, text, sizeof text), "3.7e-07");
    cr_expect_str_eq(vjp_number_short(INFINITY, text, sizeof text), "inf");
    cr_expect_str_eq(vjp_number_short(NAN, text, sizeof text), "nan");
}

Test(number, counts_have_commas)
{
    static const struct {
        int64_t count;
        const char *text;
    } table[] = {{0, "0"},
                 {7, "7"},
                 {999, "999"},
                 {1000, "1,000"},
                 {12345, "12,345"},
                 {123456, "123,456"},
                 {1234567, "1,234,567"},
                 {INT64_MAX, "9,223,372,036,854,775,807"}};
    char text[32];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_str_eq(vjp_number_count(table[i].count, text, sizeof text), table[i].text);
}
