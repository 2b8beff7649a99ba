/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/literal.h"

#include <criterion/criterion.h>
#include <string.h>

static enum vjp_status read_number(enum vjp_dtype dtype, const char *text, uint64_t *bits,
                                   struct vjp_error *error)
{
    const char *end = NULL;
    const enum vjp_status status = vjp_literal_number(dtype, text, &end, bits, error);
    cr_expect(status != VJP_OK || *end == '\0' || *end == ',', "%s", text);
    return status;
}

Test(literal, numbers_are_exact_or_rounded_once)
{
    static const struct {
        enum vjp_dtype dtype;
        const char *text;
        uint64_t bits;
    } known[] = {
        {VJP_F16, "1", 0x3c00},
        {VJP_F16, "2048", 0x6800},
        {VJP_F16, "2049.0", 0x6800},   /* a tie, to even */
        {VJP_F16, "2049.001", 0x6801}, /* above it */
        {VJP_F16, "0x1p-24", 0x0001},
        {VJP_F16, "0x0.8p-23", 0x0001},
        {VJP_F16, "65504", 0x7bff},
        {VJP_F16, "65519.9", 0x7bff},
        {VJP_BF16, "-256", 0xc380},
        {VJP_F32, "16777216", 0x4b800000},
        {VJP_F32, "0.1", 0x3dcccccd},
        {VJP_F32, "-0", 0x80000000},
        {VJP_F32, "inf", 0x7f800000},
        {VJP_F32, "-inf", 0xff800000},
        {VJP_F32, "+Infinity", 0x7f800000},
        {VJP_F32, "1e-60", 0}, /* below half of the smallest subnormal */
        {VJP_F64, "9007199254740992", 0x4340000000000000},
        {VJP_F64, "0x1.fffffffffffffp1023", 0x7fefffffffffffff},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint64_t bits = 1;
        struct vjp_error error = {""};
        cr_expect_eq(read_number(known[i].dtype, known[i].text, &bits, &error), VJP_OK, "%s",
                     error.text);
        cr_expect_eq(bits, known[i].bits, "%s", known[i].text);
    }
}

Test(literal, nan_is_a_nan)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        uint64_t bits = 0;
        cr_expect_eq(read_number((enum vjp_dtype)dtype, "nan", &bits, NULL), VJP_OK);
        cr_expect(vjp_bits_is_nan((enum vjp_dtype)dtype, bits));
        cr_expect_eq(read_number((enum vjp_dtype)dtype, "-nan(0x1)", &bits, NULL), VJP_OK);
        cr_expect(vjp_bits_is_nan((enum vjp_dtype)dtype, bits));
    }
}

Test(literal, what_is_not_exact_or_overflows_is_refused)
{
    static const struct {
        enum vjp_dtype dtype;
        const char *text, *said;
    } refused[] = {
        {VJP_F16, "2049", "'2049' is not exact in f16"},
        {VJP_BF16, "257,", "'257' is not exact in bf16"},
        {VJP_F32, "16777217", "'16777217' is not exact in f32"},
        {VJP_F32, "0x1.000001p0", "'0x1.000001p0' is not exact in f32"},
        {VJP_F64, "9007199254740993", "is not exact in f64"},
        {VJP_F64, "0x1p-1075", "'0x1p-1075' is not exact in f64"},
        {VJP_F64, "0x1p1024", "'0x1p1024' is not exact in f64"},
        {VJP_F16, "65520.0", "'65520.0' overflows f16"},
        {VJP_F32, "1e39", "'1e39' overflows f32"},
        {VJP_F64, "-1e400", "'-1e400' overflows f64"},
        {VJP_F32, "abc", "'abc' is no number"},
        {VJP_F32, "", "'' is no number"},
        {VJP_F32, ",1", "'' is no number"},
        {VJP_F32, " 1", "' 1' is no number"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        uint64_t bits = 42;
        const char *end = NULL;
        struct vjp_error error = {""};
        cr_expect_eq(vjp_literal_number(refused[i].dtype, refused[i].text, &end, &bits, &error),
                     VJP_ERR_USAGE, "%s", refused[i].text);
        cr_expect_not_null(strstr(error.text, refused[i].said), "%s", error.text);
        cr_expect_eq(bits, 42);
        cr_expect_null(end);
    }
}

Test(literal, integers_are_whole_numbers_in_decimal)
{
    static const struct {
        const char *text;
        int64_t value; /* above INT32_MAX: refused */
    } rows[] = {{"0", 0},
                {"-100", -100},
                {"+7", 7},
                {"007", 7},
                {"2147483647", INT32_MAX},
                {"-2147483648", INT32_MIN},
                {"2147483648", INT64_MAX},
                {"-2147483649", INT64_MAX},
                {"99999999999999999999", INT64_MAX},
                {"1.0", INT64_MAX},
                {"1e3", INT64_MAX},
                {"0x10", INT64_MAX},
                {"nan", INT64_MAX},
                {"inf", INT64_MAX},
                {"-", INT64_MAX},
                {"", INT64_MAX}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t bits = 42;
        struct vjp_error error = {""};
        const bool is_one = rows[i].value <= INT32_MAX;
        cr_expect_eq(read_number(VJP_I32, rows[i].text, &bits, &error),
                     is_one ? VJP_OK : VJP_ERR_USAGE, "%s", rows[i].text);
        cr_expect_eq(bits, is_one ? (uint32_t)rows[i].value : 42, "%s", rows[i].text);
        cr_expect(is_one || strstr(error.text, "is no integer of i32"), "%s", error.text);
    }
}

Test(literal, a_list_is_counted_and_stored)
{
    const struct vjp_shape shape = {.rank = 2, .dim = {2, 2}};
    struct vjp_tensor tensor = {0};
    int64_t count = -1;
    cr_assert_eq(vjp_tensor_init(&tensor, VJP_F32, &shape, NULL), VJP_OK);
    cr_expect_eq(vjp_literal_list(VJP_F32, "[1,-0x1p-1,inf,2.5]", &tensor, &count, NULL, NULL),
                 VJP_OK);
    cr_expect_eq(count, 4);
    cr_expect_eq(vjp_tensor_get(&tensor, 0), 0x3f800000);
    cr_expect_eq(vjp_tensor_get(&tensor, 1), 0xbf000000);
    cr_expect_eq(vjp_tensor_get(&tensor, 2), 0x7f800000);
    cr_expect_eq(vjp_tensor_get(&tensor, 3), 0x40200000);
    cr_expect_eq(vjp_literal_list(VJP_F32, "[7,7,7,7,7,7]", &tensor, &count, NULL, NULL), VJP_OK);
    cr_expect_eq(count, 6, "what is too long is counted, and not stored");
    cr_expect_eq(vjp_literal_list(VJP_F32, "[]", NULL, &count, NULL, NULL), VJP_OK);
    cr_expect_eq(count, 0);
    vjp_tensor_clear(&tensor);
}

Test(literal, what_is_wrong_in_a_list_is_located)
{
    static const struct {
        const char *text;
        int at;
        const char *said;
    } refused[] = {
        {"1,2]", 0, "expected '['"},
        {"[1,abc,3]", 3, "element [1] of the list: 'abc' is no number"},
        {"[1,]", 3, "element [1] of the list: '' is no number"},
        {"[,1]", 1, "element [0] of the list: '' is no number"},
        {"[", 1, "element [0] of the list: '' is no number"},
        {"[1,2", 4, "the list ends after element [1]; expected ',' or ']'"},
        {"[1;2]", 2, "found ';2]' after element [0] of the list; expected ',' or ']'"},
        {"[1,2]]", 5, "found ']' after the list; expected its end"},
        {"[]x", 2, "found 'x' after the list; expected its end"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        int64_t count = 42;
        int at = -1;
        struct vjp_error error = {""};
        cr_expect_eq(vjp_literal_list(VJP_F32, refused[i].text, NULL, &count, &at, &error),
                     VJP_ERR_USAGE);
        cr_expect_eq(at, refused[i].at, "%s: %d", refused[i].text, at);
        cr_expect_not_null(strstr(error.text, refused[i].said), "%s", error.text);
        cr_expect_eq(count, 42);
    }
}
