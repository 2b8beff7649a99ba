/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/field.h"

#include "cases/spec/case.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct vjp_spec *linear(void)
{
    return vjp_spec_find("linear");
}

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
        {"grads", VJP_FIELD_GRADS, 0},
        {"threads", VJP_FIELD_THREADS, 0},
        {"seed", VJP_FIELD_SEED, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        enum vjp_field_kind kind;
        int index;
        cr_assert(vjp_field_find(linear(), known[i].name, &kind, &index), "%s", known[i].name);
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
        cr_expect_not(vjp_field_find(linear(), names[i], &kind, &index), "%s", names[i]);
        cr_expect_eq(kind, VJP_FIELD_KINDS);
        cr_expect_eq(index, -1);
    }
}

/* In a pipeline a stage's fields begin with its position; the chain decides the others. */
Test(field, fields_of_a_pipeline_are_named_by_position)
{
    static const struct {
        const char *name;
        enum vjp_field_kind kind;
        int index;
    } known[] = {
        {"1.N", VJP_FIELD_DIM, 0},          {"1.M", VJP_FIELD_DIM, 2},
        {"3.M", VJP_FIELD_DIM, 3},          {"1.bias", VJP_FIELD_ATTR, 0},
        {"3.bias", VJP_FIELD_ATTR, 1},      {"1.x", VJP_FIELD_VALUES, 0},
        {"3.w", VJP_FIELD_VALUES, 3},       {"dy", VJP_FIELD_VALUES, 5},
        {"3.w.ld", VJP_FIELD_LD, 3},        {"3.dw", VJP_FIELD_VALUES, 9},
        {"1.db.align", VJP_FIELD_ALIGN, 8},
    };
    static const char *const absent[] = {"N",   "w",         "2.N", "2.rank", "3.N",  "3.D",
                                         "3.x", "2.x",       "1.",  "1.dy",   "d1.w", "3.w.",
                                         "4.w", "3.w.ld.ld", ".ld", "01.N"};
    const struct vjp_spec *spec = vjp_spec_find("linear|relu|linear");
    enum vjp_field_kind kind = VJP_FIELD_KINDS;
    int index = -1;
    cr_assert_not_null(spec);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        cr_expect_not(vjp_field_find(spec, absent[i], &kind, &index), "%s", absent[i]);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        cr_assert(vjp_field_find(spec, known[i].name, &kind, &index), "%s", known[i].name);
        cr_expect_eq(kind, known[i].kind, "%s", known[i].name);
        cr_expect_eq(index, known[i].index, "%s", known[i].name);
    }
}

Test(field, words_know_their_columns)
{
    struct vjp_words words;
    cr_assert_eq(vjp_words_init(&words, " linear  N=12\tx=a=b ", NULL), VJP_OK);
    cr_expect_eq(words.spec, linear());
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
    vjp_field_names(linear(), text, sizeof text);
    cr_expect_eq(strncmp(text, "dtype N D M bi", 14), 0, "%s", text);
}
