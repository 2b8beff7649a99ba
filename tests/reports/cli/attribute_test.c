/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/attribute.h"

#include <criterion/criterion.h>

static const char *const choices[] = {"mean", "sum", NULL};

enum { BIAS, SHIFT, REDUCTION, EPS, SHARE };

static const struct vjp_spec spec = {
    .name = "made_up",
    .n_attrs = 5,
    .attr = {[BIAS] = {.name = "bias", .min = 0, .max = 1},
             [SHIFT] = {.name = "shift", .fallback = -3, .min = -100, .max = 100},
             [REDUCTION] = {.name = "reduction", .kind = VJP_ATTR_CHOICE, .choices = choices},
             [EPS] = {.name = "eps",
                      .kind = VJP_ATTR_REAL,
                      .real_fallback = 1e-5,
                      .real_min = 1e-12,
                      .real_max = 1},
             [SHARE] = {.name = "share",
                        .kind = VJP_ATTR_REAL,
                        .real_fallback = 0.5,
                        .real_max = 1,
                        .below_max = true}}};

Test(attribute, each_kind_has_its_values)
{
    struct vjp_case c = {.spec = &spec};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_attribute_set(&c, BIAS, "1", &error), VJP_OK);
    cr_expect_eq(vjp_attribute_set(&c, SHIFT, "-42", &error), VJP_OK);
    cr_expect_eq(vjp_attribute_set(&c, REDUCTION, "sum", &error), VJP_OK);
    cr_expect_eq(vjp_attribute_set(&c, EPS, "0x1p-10", &error), VJP_OK);
    cr_expect_eq(c.attr[BIAS], 1);
    cr_expect_eq(c.attr[SHIFT], -42);
    cr_expect_eq(c.attr[REDUCTION], 1);
    cr_expect_eq(c.real[EPS], 0.0009765625);
    cr_expect_eq(vjp_attribute_set(&c, REDUCTION, "mean", &error), VJP_OK);
    cr_expect_eq(c.attr[REDUCTION], 0);
    cr_expect_eq(vjp_attribute_set(&c, EPS, "1", &error), VJP_OK);
    cr_expect_eq(c.real[EPS], 1);
}

Test(attribute, what_is_not_accepted_is_told_with_what_is)
{
    static const struct {
        int attr;
        const char *text;
        const char *message;
    } cases[] = {
        {BIAS, "2", "bias=2: expected 0 to 1"},
        {BIAS, "-1", "bias=-1: expected 0 to 1"},
        {BIAS, "", "bias=: expected 0 to 1"},
        {BIAS, "1x", "bias=1x: expected 0 to 1"},
        {BIAS, " 1", "bias= 1: expected 0 to 1"},
        {SHIFT, "99999999999999999999", "shift=99999999999999999999: expected -100 to 100"},
        {SHIFT, "1.5", "shift=1.5: expected -100 to 100"},
        {REDUCTION, "max", "reduction=max: expected one of mean, sum"},
        {REDUCTION, "su", "reduction=su: expected one of mean, sum"},
        {REDUCTION, "1", "reduction=1: expected one of mean, sum"},
        {EPS, "0", "eps=0: expected 1e-12 to 1"},
        {EPS, "nan", "eps=nan: expected 1e-12 to 1"},
        {EPS, "1e-5 ", "eps=1e-5 : expected 1e-12 to 1"},
        {EPS, "small", "eps=small: expected 1e-12 to 1"},
        {SHARE, "1.5", "share=1.5: expected 0 to below 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vjp_case c = {.spec = &spec, .attr = {7, 7, 7, 7, 7}, .real = {7, 7, 7, 7, 7}};
        struct vjp_error error = {""};
        cr_expect_eq(vjp_attribute_set(&c, cases[i].attr, cases[i].text, &error), VJP_ERR_USAGE,
                     "%s", cases[i].message);
        cr_expect_str_eq(error.text, cases[i].message);
        cr_expect_eq(c.attr[cases[i].attr], 7);
        cr_expect_eq(c.real[cases[i].attr], 7);
    }
}

Test(attribute, ranges_and_fallbacks_are_written_as_a_line_has_them)
{
    static const char *const ranges[] = {"0 to 1", "-100 to 100", "mean, sum", "1e-12 to 1",
                                         "0 to below 1"};
    static const char *const fallbacks[] = {"0", "-3", "mean", "1e-05", "0.5"};
    for (int a = 0; a < spec.n_attrs; a++) {
        struct vjp_text text = {0};
        vjp_attribute_add_range(&spec.attr[a], &text);
        cr_expect_str_eq(text.data, ranges[a]);
        vjp_text_clear(&text);
        vjp_attribute_add_fallback(&spec.attr[a], &text);
        cr_expect_str_eq(text.data, fallbacks[a]);
        vjp_text_clear(&text);
    }
}
