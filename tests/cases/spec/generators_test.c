/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/generators.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

Test(generators, the_names_are_those_of_the_grammar)
{
    static const char *const names[] = {
        "uniform",   "normal", "exact",   "integers", "pow2",    "onehot",  "cancel", "wide",
        "subnormal", "zeros",  "special", "const",    "large",   "shifted", "ties",   "positive",
        "simplex",   "labels", "index",   "repeats",  "ignored", "mask"};
    cr_assert_eq(sizeof names / sizeof *names, VJP_GEN_NAMED);
    for (int g = 0; g < VJP_GEN_NAMED; g++) {
        const struct vjp_generator_info *info = vjp_generator_info((enum vjp_generator)g);
        cr_expect_str_eq(info->name, names[g]);
        cr_expect_eq(vjp_generator_find(names[g], (int)strlen(names[g])), g);
        cr_expect_gt(strlen(info->help), 0);
    }
}

Test(generators, only_a_whole_name_is_found)
{
    cr_expect_eq(vjp_generator_find("norma", 5), -1);
    cr_expect_eq(vjp_generator_find("normals", 7), -1);
    cr_expect_eq(vjp_generator_find("", 0), -1);
    cr_expect_eq(vjp_generator_find("normal:2", 6), VJP_GEN_NORMAL);
}

Test(generators, fallbacks_are_accepted_values_or_chosen_from_the_dtype)
{
    static const double fallbacks[] = {
        [VJP_GEN_UNIFORM] = 1,    [VJP_GEN_NORMAL] = 1,   [VJP_GEN_INTEGERS] = 8,
        [VJP_GEN_POW2] = 4,       [VJP_GEN_ONEHOT] = -1,  [VJP_GEN_CANCEL] = 1e8,
        [VJP_GEN_WIDE] = -1,      [VJP_GEN_ZEROS] = 0.5,  [VJP_GEN_SPECIAL] = 0.1,
        [VJP_GEN_CONST] = 1,      [VJP_GEN_LARGE] = 100,  [VJP_GEN_TIES] = 3,
        [VJP_GEN_SHIFTED] = 1000, [VJP_GEN_POSITIVE] = 1, [VJP_GEN_IGNORED] = 0.25,
        [VJP_GEN_MASK] = 0.5,
    };
    for (int g = 0; g < VJP_GEN_NAMED; g++) {
        const struct vjp_generator_info *info = vjp_generator_info((enum vjp_generator)g);
        if (!info->parameter)
            continue;
        cr_expect_eq(info->fallback, fallbacks[g], "%s", info->name);
        cr_expect(info->fallback < 0 ||
                      (info->fallback >= info->min && info->fallback <= info->max),
                  "%s", info->name);
        cr_expect(!info->integer || info->fallback == floor(info->fallback), "%s", info->name);
    }
}

Test(generators, some_take_no_parameter)
{
    static const enum vjp_generator none[] = {VJP_GEN_EXACT,  VJP_GEN_SUBNORMAL, VJP_GEN_SIMPLEX,
                                              VJP_GEN_LABELS, VJP_GEN_INDEX,     VJP_GEN_REPEATS};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect_null(vjp_generator_info(none[i])->parameter);
}
