/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/attribute.h"

#include <criterion/criterion.h>

static const char *const choices[] = {"mean", "sum", NULL};
static const struct vjp_attr_spec number = {.name = "k", .min = -3, .max = 40};
static const struct vjp_attr_spec choice = {.kind = VJP_ATTR_CHOICE, .choices = choices};
static const struct vjp_attr_spec real = {.kind = VJP_ATTR_REAL, .real_min = -0.5, .real_max = 1e9};

/* What is read, or with 7 what is left alone. */
Test(attribute, each_kind_has_its_values)
{
    static const struct {
        const struct vjp_attr_spec *attr;
        const char *text;
        enum vjp_reading reading;
        int64_t whole;
        double real;
    } table[] = {
        {&number, "0", VJP_READING_DONE, 0, 7},
        {&number, "-3", VJP_READING_DONE, -3, 7},
        {&number, "0040", VJP_READING_DONE, 40, 7},
        {&number, "41", VJP_READING_OUTSIDE, 41, 7},
        {&number, "-4", VJP_READING_OUTSIDE, -4, 7},
        {&number, "9223372036854775807", VJP_READING_OUTSIDE, INT64_MAX, 7},
        {&number, "9223372036854775808", VJP_READING_TOO_LARGE, 7, 7},
        {&number, "-9223372036854775809", VJP_READING_TOO_LARGE, 7, 7},
        {&number, "99999999999999999999x", VJP_READING_NONSENSE, 7, 7},
        {&number, "", VJP_READING_NONSENSE, 7, 7},
        {&number, "-", VJP_READING_NONSENSE, 7, 7},
        {&number, "--1", VJP_READING_NONSENSE, 7, 7},
        {&number, "+1", VJP_READING_NONSENSE, 7, 7},
        {&number, " 1", VJP_READING_NONSENSE, 7, 7},
        {&number, "1.0", VJP_READING_NONSENSE, 7, 7},
        {&choice, "mean", VJP_READING_DONE, 0, 7},
        {&choice, "sum", VJP_READING_DONE, 1, 7},
        {&choice, "su", VJP_READING_NONSENSE, 7, 7},
        {&choice, "1", VJP_READING_NONSENSE, 7, 7},
        {&real, "0x1p-10", VJP_READING_DONE, 7, 0.0009765625},
        {&real, "-0.5", VJP_READING_DONE, 7, -0.5},
        {&real, "1e9", VJP_READING_DONE, 7, 1e9},
        {&real, "1.0000001e9", VJP_READING_OUTSIDE, 7, 1000000100},
        {&real, "-1", VJP_READING_OUTSIDE, 7, -1},
        {&real, "inf", VJP_READING_NONSENSE, 7, 7},
        {&real, "nan", VJP_READING_NONSENSE, 7, 7},
        {&real, "1e999", VJP_READING_NONSENSE, 7, 7},
        {&real, "1 ", VJP_READING_NONSENSE, 7, 7},
        {&real, "", VJP_READING_NONSENSE, 7, 7},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t whole = 7;
        double value = 7;
        cr_expect_eq(vjp_attribute_read(table[i].attr, table[i].text, &whole, &value),
                     table[i].reading, "\"%s\"", table[i].text);
        cr_expect(whole == table[i].whole && value == table[i].real, "\"%s\"", table[i].text);
    }
}
