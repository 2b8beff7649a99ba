/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/npy_header.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(npy_header, what_numpy_writes_is_read)
{
    static const struct {
        const char *text;
        enum vjp_dtype dtype;
        struct vjp_shape shape;
    } known[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }          \n",
         VJP_F32,
         {.rank = 2, .dim = {2, 3}}},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (5,), }\n",
         VJP_F64,
         {.rank = 1, .dim = {5}}},
        {"{'descr': '<f2', 'fortran_order': False, 'shape': (), }\n", VJP_F16, {.rank = 0}},
        {"{'descr': '|V2', 'fortran_order': False, 'shape': (0, 4), }\n",
         VJP_BF16,
         {.rank = 2, .dim = {0, 4}}},
        {"{'descr': '<V2', 'fortran_order': False, 'shape': (1,), }\n",
         VJP_BF16,
         {.rank = 1, .dim = {1}}},
        {"{'descr': '=f4', 'fortran_order': False, 'shape': (1,), }\n",
         VJP_F32,
         {.rank = 1, .dim = {1}}},
        /* Any order of the keys, either kind of quotes, any white space. */
        {"{ \"shape\" : ( 7 , 8 ) , \"descr\":\"<f4\",'fortran_order':False}",
         VJP_F32,
         {.rank = 2, .dim = {7, 8}}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct vjp_npy_header header;
        struct vjp_error error = {""};
        cr_assert_eq(vjp_npy_header_parse(known[i].text, &header, &error), VJP_OK, "%s",
                     error.text);
        cr_expect_eq(header.dtype, known[i].dtype, "%s", known[i].text);
        cr_expect_eq(header.bytes, vjp_format(known[i].dtype)->bytes, "%s", known[i].text);
        cr_expect(vjp_shape_is_equal(&header.shape, &known[i].shape), "%s", known[i].text);
    }
}

Test(npy_header, integers_and_booleans_are_told_apart_by_size_and_sign)
{
    static const struct {
        const char *descr;
        int bytes;
        bool is_signed;
    } known[] = {{"<i4", 4, true},  {"<i8", 8, true},  {"<i2", 2, true},
                 {"|i1", 1, true},  {"|u1", 1, false}, {"<u2", 2, false},
                 {"<u4", 4, false}, {"<u8", 8, false}, {"|b1", 1, false}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[128];
        struct vjp_npy_header header;
        struct vjp_error error = {""};
        snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }",
                 known[i].descr);
        cr_assert_eq(vjp_npy_header_parse(text, &header, &error), VJP_OK, "%s", error.text);
        cr_expect_eq(header.dtype, VJP_I32);
        cr_expect_eq(header.bytes, known[i].bytes, "%s", text);
        cr_expect_eq(header.is_signed, known[i].is_signed, "%s", text);
    }
}

#define HEADER(descr, order, shape)                                                                \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }\n"

Test(npy_header, what_is_not_supported_or_wrong_is_named)
{
    static const struct {
        const char *text, *said;
    } refused[] = {
        {HEADER("'>f4'", "False", "(2,)"),
         "elements are big-endian, '>f4'; expected little-endian: save "
         "a.astype(a.dtype.newbyteorder('<'))"},
        {HEADER("'<U4'", "False", "(2,)"),
         "elements are '<U4'; expected '<f2', '<f4', '<f8', '<V2' for bf16, or integers such as "
         "'<i4'"},
        {HEADER("'<c8'", "False", "(2,)"), "elements are '<c8'"},
        {HEADER("''", "False", "(2,)"), "elements are ''"},
        {HEADER("[('a', '<f4')]", "False", "(2,)"),
         "header: found '[('a', '<f4')], 'fortran'; expected a plain element type such as '<f4'"},
        {HEADER("'<f4, and much more of it", "False", "(2,)"), "expected a plain element type"},
        {HEADER("'\x1b[2J'", "False", "(2,)"),
         "header: found ''?[2J', 'fortran_order':'; expected"},
        {HEADER("'<f4'", "True", "(2,)"),
         "the array is in Fortran order; expected C order: save numpy.ascontiguousarray(a)"},
        {HEADER("'<f4'", "0", "(2,)"), "header: found '0, 'shape': (2,), }"},
        {HEADER("'<f4'", "False", "2"), "expected a shape such as (2, 3)"},
        {HEADER("'<f4'", "False", "(2)"), "expected a shape such as (2, 3)"},
        {HEADER("'<f4'", "False", "(-2,)"), "header: found '-2,), }'; expected a shape"},
        {HEADER("'<f4'", "False", "(2 3)"), "header: found '3), }'; expected a shape"},
        {HEADER("'<f4'", "False", "(2,,3)"), "header: found ',3), }'; expected a shape"},
        {HEADER("'<f4'", "False", "(99999999999999999999,)"), "expected a shape such as (2, 3)"},
        {HEADER("'<f4'", "False",
                "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)"),
         "header: the rank is above 32"},
        {"{'descr': '<f4', 'shape': (2,)}", "header: 'fortran_order' is missing"},
        {"{}", "header: 'descr' is missing; expected 'descr', 'fortran_order' and 'shape'"},
        {"{'descr': '<f4', 'descr': '<f4'}", "header: found ''descr': '<f4'}'; expected 'descr',"},
        {"{'order': 1}", "expected 'descr', 'fortran_order' and 'shape', once each"},
        {"{descr: 1}", "header: found 'descr: 1}'; expected 'descr'"},
        {"{'descr' '<f4'}", "header: found ''<f4'}'; expected ':'"},
        {"{'descr': '<f4' 'shape': (2,)}", "header: found ''shape': (2,)}'; expected ',' or '}'"},
        {"{'descr': '<f4'    \n", "header: found the end of the header; expected ',' or '}'"},
        {"{'descr': ", "header: found the end of the header; expected a plain element type"},
        /* The blanks that fill it up are not repeated, cut off or not, tabs neither. */
        {"{'descr': '<f4', 'shape': (-2, -3), }                           \n",
         "header: found '-2, -3), }'; expected a shape"},
        {"{'descr': '<f4', 'shape': (-2) \t \n}", "header: found '-2)'; expected a shape"},
        {"{'descr': '<f4'} x  ", "header: found 'x'; expected the end of the header"},
        {HEADER("'<f4'", "False", "(2,)") "x", "header: found 'x'; expected the end of the header"},
        {"", "header: found the end of the header; expected a dictionary, '{'"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct vjp_npy_header header = {.dtype = VJP_F16};
        struct vjp_error error = {""};
        cr_expect_neq(vjp_npy_header_parse(refused[i].text, &header, &error), VJP_OK, "%s",
                      refused[i].text);
        cr_expect_not_null(strstr(error.text, refused[i].said), "%s\n  says %s", refused[i].text,
                           error.text);
        cr_expect_eq(header.dtype, VJP_F16, "the output is untouched");
    }
}

Test(npy_header, shapes_are_written_as_python_writes_tuples)
{
    static const struct {
        struct vjp_shape shape;
        const char *text;
    } known[] = {{{.rank = 0}, "()"},
                 {{.rank = 1, .dim = {3}}, "(3,)"},
                 {{.rank = 2, .dim = {0, 7}}, "(0, 7)"},
                 {{.rank = 4, .dim = {1, 2, 3, 4}}, "(1, 2, 3, 4)"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct vjp_text text = {0};
        vjp_npy_add_shape(&known[i].shape, &text);
        cr_expect_str_eq(text.data, known[i].text);
        vjp_text_clear(&text);
    }
}
