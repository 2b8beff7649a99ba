/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include "tests/cases/spec/sample.h"

#include <string.h>

static struct vjp_case new_case(void)
{
    struct vjp_case c = {0};
    cr_assert_eq(vjp_case_init(&c, vjp_spec_find("linear"), VJP_F32, NULL), VJP_OK);
    return c;
}

Test(values, text_gives_generator_and_parameter)
{
    static const struct {
        const char *text;
        enum vjp_generator generator;
        double parameter;
    } known[] = {
        {"uniform", VJP_GEN_UNIFORM, 1},
        {"uniform:0.25", VJP_GEN_UNIFORM, 0.25},
        {"normal:1e-3", VJP_GEN_NORMAL, 1e-3},
        {"exact", VJP_GEN_EXACT, 0},
        {"integers:0x10", VJP_GEN_INTEGERS, 16},
        {"pow2:0", VJP_GEN_POW2, 0},
        {"onehot", VJP_GEN_ONEHOT, -1},
        {"onehot:0", VJP_GEN_ONEHOT, 0},
        {"cancel", VJP_GEN_CANCEL, 1e8},
        {"cancel:1e12", VJP_GEN_CANCEL, 1e12},
        {"wide", VJP_GEN_WIDE, -1},
        {"subnormal", VJP_GEN_SUBNORMAL, 0},
        {"zeros:1", VJP_GEN_ZEROS, 1},
        {"special:0", VJP_GEN_SPECIAL, 0},
        {"const:-2.5", VJP_GEN_CONST, -2.5},
        {"large", VJP_GEN_LARGE, 100},
        {"shifted:1e4", VJP_GEN_SHIFTED, 1e4},
        {"ties:5", VJP_GEN_TIES, 5},
        {"positive", VJP_GEN_POSITIVE, 1},
        {"[1,2]", VJP_GEN_LITERAL, 0},
        {"[]", VJP_GEN_LITERAL, 0},
        {"@a.npy", VJP_GEN_NPY, 0},
    };
    struct vjp_case c = new_case();
    c.slot[1].layout.align = 8;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        cr_expect_eq(vjp_case_set_values(&c, 1, known[i].text, NULL), VJP_OK);
        cr_expect_str_eq(c.slot[1].text, known[i].text);
        cr_expect_eq(c.slot[1].generator, known[i].generator, "%s", known[i].text);
        cr_expect_eq(c.slot[1].parameter, known[i].parameter, "%s", known[i].text);
        cr_expect_eq(c.slot[1].layout.align, 8, "the layout is not a matter of values");
    }
    vjp_case_clear(&c);
}

Test(values, a_wrong_text_is_refused_with_the_old_one_in_place)
{
    static const struct {
        const char *text, *said;
    } refused[] = {
        {"", "unknown generator ''; expected one of uniform normal exact integers pow2 onehot "
             "cancel wide subnormal zeros special const large shifted ties positive simplex labels "
             "index "
             "repeats ignored mask or a list [...] or @file.npy"},
        {"norml", "unknown generator 'norml'"},
        {"normal:", "parameter '' of normal: expected a number, the standard deviation"},
        {"normal:1x", "parameter '1x' of normal: expected a number"},
        {"normal:-1", "parameter '-1' of normal: expected 0 to"},
        {"normal:nan", "parameter 'nan' of normal: expected 0 to"},
        {"normal:inf", "parameter 'inf' of normal: expected 0 to"},
        {"integers:2.5", "parameter '2.5' of integers: expected a whole number"},
        {"zeros:1.5", "parameter '1.5' of zeros: expected 0 to 1, the probability of a zero"},
        {"cancel:0.5", "parameter '0.5' of cancel: expected 1 to 1e+30"},
        {"onehot:-1", "parameter '-1' of onehot: expected 0 to"},
        {"const:nan", "parameter 'nan' of const"},
        {"positive:0", "parameter '0' of positive: expected 2.22507e-308 to"},
        {"ties:0", "parameter '0' of ties: expected 1 to"},
        {"simplex:1", "found '1' after simplex, which takes no parameter"},
        {"exact:3", "found '3' after exact, which takes no parameter"},
        {"subnormal:1", "found '1' after subnormal, which takes no parameter"},
        {"@", "found '@' alone; expected @file.npy"},
        {"[1,x]", "element [1] of the list: 'x' is no number"},
        {"[16777217]", "'16777217' is not exact in f32"},
        {"[1, 2]", "found a blank or control character"},
        {"@a\nb", "found a blank or control character"},
        {"@a\x7f", "found a blank or control character"},
    };
    struct vjp_case c = new_case();
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct vjp_error error = {""};
        cr_expect_eq(vjp_case_set_values(&c, 0, refused[i].text, &error), VJP_ERR_USAGE);
        cr_expect_not_null(strstr(error.text, refused[i].said), "%s", error.text);
        cr_expect_str_eq(c.slot[0].text, "normal");
    }
    vjp_case_clear(&c);
}

Test(values, lists_of_integers_are_read_as_such)
{
    struct vjp_case c = sample_case(2, 3, "index");
    struct vjp_error error = {""};
    cr_expect_eq(vjp_case_set_values(&c, SAMPLE_T, "[2147483647,-2147483648]", NULL), VJP_OK);
    cr_expect_eq(vjp_case_set_values(&c, SAMPLE_X, "[2147483648]", NULL), VJP_OK);
    cr_expect_eq(vjp_case_set_values(&c, SAMPLE_T, "[1,2.0]", &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "element [1] of the list: '2.0' is no integer of i32");
    vjp_case_clear(&c);
}
