/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json_read.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *object;
static struct vjp_error error;

static void load(void)
{
    json_error_t why;
    object = json_loads(
        "{\"t\":\"text\",\"nul\":\"a\\u0000b\",\"n\":7,\"less\":-1,\"big\":9007199254740993,"
        "\"x\":0.5,\"inf\":\"inf\",\"nan\":\"nan\",\"word\":\"infinite\","
        "\"bits\":\"0xffffffffffffffff\",\"wide\":\"0x10000000000000000\","
        "\"sign\":\"0x-1\",\"list\":[\"a\",\"b\"],\"mixed\":[\"a\",1]}",
        JSON_ALLOW_NUL, &why);
    cr_assert_not_null(object, "%s", why.text);
}

static void unload(void)
{
    json_decref(object);
}

TestSuite(json_read, .init = load, .fini = unload);

Test(json_read, what_is_there_is_read)
{
    const char *text = NULL;
    const char *texts[2];
    int64_t count = 0;
    uint64_t bits = 0;
    double number = 0;
    int n = 0;
    cr_expect_eq(vjp_json_read_text(object, "t", &text, &error), VJP_OK);
    cr_expect_str_eq(text, "text");
    cr_expect_eq(vjp_json_read_text_if(object, "none", &text, &error), VJP_OK);
    cr_expect_str_eq(text, "text");
    cr_expect_eq(vjp_json_read_count(object, "n", &count, &error), VJP_OK);
    cr_expect_eq(count, 7);
    cr_expect_eq(vjp_json_read_number(object, "x", &number, &error), VJP_OK);
    cr_expect_eq(number, 0.5);
    cr_expect_eq(vjp_json_read_number(object, "inf", &number, &error), VJP_OK);
    cr_expect(isinf(number) && number > 0);
    cr_expect_eq(vjp_json_read_number(object, "nan", &number, &error), VJP_OK);
    cr_expect(isnan(number));
    cr_expect_eq(vjp_json_read_bits(object, "bits", &bits, &error), VJP_OK);
    cr_expect_eq(bits, UINT64_MAX);
    cr_expect_eq(vjp_json_read_texts_if(object, "list", 2, texts, &n, &error), VJP_OK);
    cr_expect(n == 2 && strcmp(texts[1], "b") == 0);
    cr_expect_eq(vjp_json_read_texts_if(object, "none", 2, texts, &n, &error), VJP_OK);
    cr_expect_eq(n, 0);
}

Test(json_read, what_is_something_else_is_named)
{
    const char *text = "as it was";
    const char *texts[2];
    int64_t count = 5;
    uint64_t bits = 5;
    double number = 5;
    int n = 5;
    static const char *const no_text[] = {"nul", "n", "none"};
    static const char *const no_count[] = {"less", "big", "x", "t", "none"};
    for (size_t i = 0; i < sizeof no_text / sizeof *no_text; i++)
        cr_expect_eq(vjp_json_read_text(object, no_text[i], &text, &error), VJP_ERR_USAGE);
    for (size_t i = 0; i < sizeof no_count / sizeof *no_count; i++)
        cr_expect_eq(vjp_json_read_count(object, no_count[i], &count, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_json_read_number(object, "word", &number, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_json_read_bits(object, "wide", &bits, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_json_read_bits(object, "sign", &bits, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_json_read_texts_if(object, "list", 1, texts, &n, &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_json_read_texts_if(object, "mixed", 2, texts, &n, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "\"mixed\": expected an array of texts");
    cr_expect_str_eq(text, "as it was");
    cr_expect(count == 5 && bits == 5 && number == 5 && n == 5);
}

/* Refuses a line that begins with x. */
static enum vjp_status take(void *lengths, const char *line, struct vjp_error *why)
{
    char **const end = lengths;
    if (*line == 'x')
        return vjp_fail(why, VJP_ERR_USAGE, "no x");
    *(*end)++ = (char)('0' + strlen(line));
    return VJP_OK;
}

Test(json_read, lines_of_a_file_come_in_order_until_one_is_refused)
{
    char path[] = "/tmp/vjpcheck-lines-XXXXXX", lengths[8] = "", *end = lengths;
    char expected[64];
    const int file = mkstemp(path);
    cr_assert_neq(file, -1);
    cr_assert_eq(write(file, "ab\n\nabc\nx\na", 11), 11);
    cr_expect_eq(vjp_json_read_lines(path, take, &end, &error), VJP_ERR_USAGE);
    snprintf(expected, sizeof expected, "%s:4: no x", path);
    cr_expect_str_eq(error.text, expected);
    cr_expect_str_eq(lengths, "314");
    cr_assert_eq(ftruncate(file, 8), 0);
    end = lengths;
    cr_expect_eq(vjp_json_read_lines(path, take, &end, &error), VJP_OK);
    cr_expect_str_eq(lengths, "314");
    close(file);
    unlink(path);
    cr_expect_eq(vjp_json_read_lines(path, take, &end, &error), VJP_ERR_IO);
    cr_expect_eq(vjp_json_read_lines("/tmp", take, &end, &error), VJP_ERR_IO, "a folder");
}

/* What is shown of a line that is none may be shown by a terminal. */
Test(json_read, a_line_that_is_no_json)
{
    struct vjp_error error = {""};
    json_t *json = NULL;
    cr_assert_eq(vjp_json_parse("{\"a\": 1}\n", &json, &error), VJP_OK);
    cr_expect_eq(json_integer_value(json_object_get(json, "a")), 1);
    json_decref(json);
    cr_expect_eq(vjp_json_parse("{\"a\": \033[31m}", &json, &error), VJP_ERR_USAGE);
    cr_expect_eq(strncmp(error.text, "column 7: invalid token near '?", 31), 0, "%s", error.text);
    cr_expect_null(strchr(error.text, '\033'));
}
