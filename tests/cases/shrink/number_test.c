/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/number.h"

#include "cases/base/stream.h"
#include "tests/cases/lines.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

Test(number, simpler_numbers_cost_less)
{
    static const double order[] = {
        0,    -0.0,     1,    -1,  2,       -2,        3,        7,         16,    -16,        0.5,
        -0.5, 0.25,     32,   -32, 0x1p100, 0x1p-1074, 17,       1000,      -1000, 1024.0 - 1, 1.5,
        -1.5, 0x1.8p50, 1.25, 2.5, 1.125,   0.1,       INFINITY, -INFINITY, NAN};
    for (size_t i = 1; i < sizeof order / sizeof *order; i++)
        cr_expect_lt(vjp_number_cost(order[i - 1]), vjp_number_cost(order[i]), "%a %a",
                     order[i - 1], order[i]);
}

static double best_way(double value)
{
    double best = value;
    for (int way = 0; way < VJP_NUMBER_WAYS; way++) {
        const double simple = vjp_number_simplify(value, way);
        if (vjp_number_cost(simple) < vjp_number_cost(best))
            best = simple;
    }
    return best;
}

static bool offers(double value, double simple)
{
    bool found = false;
    for (int way = 0; way < VJP_NUMBER_WAYS; way++) {
        const double offered = vjp_number_simplify(value, way);
        found |= offered == simple && signbit(offered) == signbit(simple);
    }
    return found;
}

Test(number, what_is_offered_keeps_something_of_the_number)
{
    static const double all[] = {0, 1, -1, 2, -2, 3, -3};
    for (int i = 0; i < 7; i++)
        cr_expect(offers(-12.375, all[i]), "%g", all[i]);
    /* -12.375 = -1.546875 2^3 = -1100.011b */
    cr_expect(offers(100.6, 101), "the nearest whole number, of 7 bits");
    cr_expect(offers(-12.375, 12.375), "positive");
    cr_expect(offers(-12.375, -8), "its power of two");
    cr_expect(offers(-12.375, -12.5), "6 bits");
    cr_expect(offers(-12.375, -1.546875 * 4), "an exponent nearer to 1");
    cr_expect(offers(-12.375, -1.546875 * 2), "half the exponent");
    cr_expect(offers(0x1.8p-9, 0x1.8p-8));
    cr_expect(offers(0x1.8p-9, 0x1.8p-4));
    cr_expect_eq(best_way(INFINITY), 0);
    cr_expect_eq(best_way(NAN), 0);
    cr_expect_eq(best_way(0), 0);
    for (int way = 0; way < VJP_NUMBER_WAYS; way++)
        cr_expect_not(isnan(vjp_number_simplify(0x1p-1074, way)), "%d", way);
}

static void expect_printed(enum vjp_dtype dtype, double value, const char *expected)
{
    struct vjp_text text = {0};
    vjp_number_print(dtype, vjp_bits_from_double(dtype, value), &text);
    cr_expect_str_eq(text.data, expected);
    vjp_text_clear(&text);
}

Test(number, numbers_are_written_short)
{
    expect_printed(VJP_F32, 0, "0");
    expect_printed(VJP_F32, -0.0, "-0");
    expect_printed(VJP_F32, -17, "-17");
    expect_printed(VJP_F32, 0.1f, "0.1");
    expect_printed(VJP_F64, 0.1f, "0.10000000149011612");
    expect_printed(VJP_F64, 0.5, "0.5");
    expect_printed(VJP_BF16, 3.14, "3.14");
    expect_printed(VJP_F32, 1e30f, "1e+30");
    expect_printed(VJP_F32, INFINITY, "inf");
    expect_printed(VJP_F16, -INFINITY, "-inf");
    expect_printed(VJP_F32, NAN, "nan");
    expect_printed(VJP_I32, -100, "-100");
    expect_printed(VJP_I32, 2147483647, "2147483647");
}

/* Every bit pattern of the 16-bit formats, and many of the others, but NaNs, whose payload is lost. */
Test(number, a_line_reads_the_same_numbers_again)
{
    static const enum vjp_dtype dtypes[] = {VJP_F16, VJP_BF16, VJP_F32, VJP_F64};
    for (int k = 0; k < 4; k++) {
        for (uint64_t i = 0; i < 65536; i += k < 2 ? 1 : 31) {
            const uint64_t mixed = vjp_mix64(i);
            const uint64_t bits = k < 2 ? i : k == 2 ? mixed >> 32 : mixed;
            struct vjp_shape one = {.rank = 1, .dim = {1}};
            struct vjp_tensor tensor = {0};
            struct vjp_case c = {0};
            struct vjp_error error = {""};
            if (vjp_bits_is_nan(dtypes[k], bits))
                continue;
            cr_assert_eq(vjp_case_init(&c, vjp_spec_find("linear"), dtypes[k], NULL), VJP_OK);
            cr_assert_eq(vjp_tensor_init(&tensor, dtypes[k], &one, NULL), VJP_OK);
            vjp_tensor_set(&tensor, 0, bits);
            cr_assert_eq(vjp_number_set_list(&c, X, &tensor, &error), VJP_OK, "%s", error.text);
            vjp_tensor_clear(&tensor);
            char *line = strdup(c.slot[X].text);
            struct vjp_data data = {0};
            cr_assert_eq(vjp_data_generate(&c, &data, &error), VJP_OK, "%s", error.text);
            cr_expect_eq(vjp_tensor_get(&data.slot[X], 0), bits, "%s", line);
            free(line);
            vjp_data_clear(&data);
            vjp_case_clear(&c);
        }
    }
}
