/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/field.h"

#include "cases/spec/linear.h"

#include <criterion/criterion.h>
#include <string.h>

Test(field, every_field_of_a_layer_is_found)
{
    static const struct {
        const char *name;
        enum vjp_field_kind kind;
        int index;
    } known[] = {
        {"dtype", VJP_FIELD_DTYPE, 0},
        {"N", VJP_FIELD_DIM, 0},
        {"M", VJP_FIELD_DIM, 2},
        {"bias", VJP_FIELD_ATTR, 0},
        {"x", VJP_FIELD_VALUES, 0},
        {"dy", VJP_FIELD_VALUES, 3},
        {"db", VJP_FIELD_VALUES, 6},
        {"w.ld", VJP_FIELD_LD, 1},
        {"dx.align", VJP_FIELD_ALIGN, 4},
        {"dw.trans", VJP_FIELD_TRANS, 5},
        {"accumulate", VJP_FIELD_ACCUMULATE, 0},
        {"threads", VJP_FIELD_THREADS, 0},
        {"seed", VJP_FIELD_SEED, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        enum vjp_field_kind kind;
        int index;
        cr_assert(vjp_field_find(&vjp_spec_linear, known[i].name, &kind, &index), "%s",
                  known[i].name);
        cr_expect_eq(kind, known[i].kind, "%s", known[i].name);
        cr_expect_eq(index, known[i].index, "%s", known[i].name);
    }
}

Test(field, nothing_else_is)
{
    static const char *const names[] = {
        "",         "n",
        "y",        "x.",
        "x.ldx",    ".ld",
        "dy.ld.ld", "linear",
        "dtype.ld", "a_name_that_is_longer_than_any_name_of_a_slot.ld"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        enum vjp_field_kind kind = VJP_FIELD_KINDS;
        int index = -1;
        cr_expect_not(vjp_field_find(&vjp_spec_linear, names[i], &kind, &index), "%s", names[i]);
        cr_expect_eq(kind, VJP_FIELD_KINDS);
        cr_expect_eq(index, -1);
    }
}

Test(field, words_know_their_columns)
{
    struct vjp_words words;
    cr_assert_eq(vjp_words_init(&words, " linear  N=12\tx=a=b ", NULL), VJP_OK);
    cr_expect_eq(words.spec, &vjp_spec_linear);
    cr_expect_eq(words.end_column, 21);
    cr_expect_str_eq(words.word[VJP_FIELD_DIM][0].value, "12");
    cr_expect_eq(words.word[VJP_FIELD_DIM][0].column, 10);
    cr_expect_eq(words.word[VJP_FIELD_DIM][0].value_column, 12);
    cr_expect_str_eq(words.word[VJP_FIELD_VALUES][0].name, "x");
    cr_expect_str_eq(words.word[VJP_FIELD_VALUES][0].value, "a=b");
    cr_expect_null(words.word[VJP_FIELD_DIM][1].name);
    vjp_words_clear(&words);
}

Test(field, names_are_cut_where_they_do_not_fit)
{
    char text[16];
    vjp_field_names(&vjp_spec_linear, text, sizeof text);
    cr_expect_eq(strncmp(text, "dtype N D M bi", 14), 0, "%s", text);
}
