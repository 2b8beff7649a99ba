/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/selftest/catalogue.h"

#include <criterion/criterion.h>
#include <string.h>

Test(catalogue, plants_are_read)
{
    struct vjp_catalogue catalogue;
    struct vjp_error error = {""};
    const char *text = "Plant: one\nClass: 3, 36\nVerdict: wrong\n"
                       "Plant: two\nClass: 1\nVerdict: hung\nCase: linear dtype=f32 N=1 D=1 M=1\n"
                       "Case: relu dtype=f64 N=2 x=[1,2] dy=[3,4]\n";
    cr_assert_eq(vjp_catalogue_read("c.txt", text, &catalogue, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(catalogue.count, 2);
    const struct vjp_plant *one = &catalogue.plant[0], *two = &catalogue.plant[1];
    cr_expect_str_eq(one->name, "one");
    cr_expect_eq(one->classes, UINT64_C(1) << 3 | UINT64_C(1) << 36);
    cr_expect_eq(one->verdict, VJP_VERDICT_WRONG);
    cr_expect_null(one->cases);
    cr_expect_eq(two->verdict, VJP_VERDICT_HUNG);
    cr_expect_str_eq(two->cases, "linear dtype=f32 N=1 D=1 M=1\n"
                                 "relu dtype=f64 N=2 x=[1,2] dy=[3,4]\n");
    vjp_catalogue_clear(&catalogue);
    cr_expect_eq(catalogue.count, 0);
}

Test(catalogue, what_is_none_is_told)
{
    static const struct {
        const char *text, *message;
    } table[] = {
        {"Class: 1\n", "c.txt:1: \"Class: 1\": expected Plant, and then Class, Verdict or Case"},
        {"Plant: a\nColour: red\n", "c.txt:2: \"Colour: red\": expected Plant, Class, "},
        {"Plant: a\nClass: 0\n", "c.txt:2: a: \"0\": expected numbers of classes.inc"},
        {"Plant: a\nClass: 63\n", "c.txt:2: a: \"63\""},
        {"Plant: a\nClass: 64\n", "c.txt:2: a: \"64\""},
        {"Plant: a\nClass: -1\n", "c.txt:2: a: \"-1\""},
        {"Plant: a\nClass: 1 2\n", "c.txt:2: a: \"1 2\""},
        {"Plant: a\nClass: one\n", "c.txt:2: a: \"one\""},
        {"Plant: a\nVerdict: bad\n", "c.txt:2: a: \"bad\": expected the verdict of a failure"},
        {"Plant: a\nVerdict: pass\n", "c.txt:2: a: \"pass\": expected the verdict of a failure"},
        {"Plant: a\nClass: 1\n", "c.txt: a names no verdict"},
        {"Plant: a\nVerdict: wrong\nPlant: b\nClass: 1\nVerdict: wrong\n",
         "c.txt: a names no class"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_catalogue catalogue;
        struct vjp_error error = {""};
        cr_expect_eq(vjp_catalogue_read("c.txt", table[i].text, &catalogue, &error), VJP_ERR_USAGE,
                     "%s", table[i].text);
        cr_expect_eq(strncmp(error.text, table[i].message, strlen(table[i].message)), 0, "%s",
                     error.text);
        vjp_catalogue_clear(&catalogue);
    }
}

Test(catalogue, classes_have_names)
{
    cr_expect_null(vjp_fault_class_name(0));
    cr_expect_null(vjp_fault_class_name(VJP_FAULT_CLASSES));
    cr_expect_str_eq(vjp_fault_class_name(24), "subnormals flushed");
}
