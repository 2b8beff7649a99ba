/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/list.h"

#include "tests/cases/lines.h"

#include <stdio.h>
#include <unistd.h>

#define CASE "linear dtype=f32 N=1 D=1 M=1"

Test(list, cases_are_added_in_order_and_taken_over)
{
    struct vjp_case_list list = {0};
    for (int i = 0; i < 100; i++) {
        struct vjp_case c = parse_case(CASE);
        c.seed = (uint64_t)i;
        cr_assert_eq(vjp_case_list_add(&list, &c, NULL), VJP_OK);
        cr_expect_null(c.spec);
        cr_expect_null(c.slot[X].text);
    }
    cr_expect_eq(list.count, 100);
    for (size_t i = 0; i < list.count; i++)
        cr_expect_eq(list.cases[i].seed, i);
    vjp_case_list_clear(&list);
    cr_expect_eq(list.count, 0);
    cr_expect_null(list.cases);
}

Test(list, comments_and_blank_lines_are_skipped)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_case_list_read_text(&list, "t",
                                         "# a comment\n\n \t \n" CASE " seed=1\n"
                                         "   # another\n" CASE " seed=2 # trailing\r\n" CASE
                                         " seed=3 x=@a#b.npy\t# name=with#\n\r\n" CASE " seed=4",
                                         &error),
                 VJP_OK, "%s", error.text);
    cr_assert_eq(list.count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(list.cases[i].seed, i + 1);
    cr_expect_str_eq(list.cases[2].slot[X].text, "@a#b.npy");
    vjp_case_list_clear(&list);
}

Test(list, a_text_of_comments_is_an_empty_list)
{
    struct vjp_case_list list = {0};
    cr_expect_eq(vjp_case_list_read_text(&list, "t", "", NULL), VJP_OK);
    cr_expect_eq(vjp_case_list_read_text(&list, "t", "# nothing", NULL), VJP_OK);
    cr_expect_eq(list.count, 0);
    vjp_case_list_clear(&list);
}

Test(list, a_wrong_line_is_named_and_leaves_the_list_as_it_was)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_case_list_read_text(&list, "t", CASE "\n", NULL), VJP_OK);
    cr_expect_eq(vjp_case_list_read_text(&list, "my.cases",
                                         "# one\n" CASE "\n" CASE "\nlinear dtype=f32 N=x\n" CASE,
                                         &error),
                 VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "my.cases:4: column 18: N=x: expected a whole number");
    cr_expect_eq(list.count, 1);
    vjp_case_list_clear(&list);
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, length, file), length);
    cr_assert_eq(fclose(file), 0);
}

Test(list, a_file_is_read_whole)
{
    char path[] = "/tmp/vjp_list_XXXXXX";
    struct vjp_case_list list = {0};
    struct vjp_text text = {0};
    close(mkstemp(path));
    for (int i = 0; i < 1000; i++)
        vjp_text_add(&text, CASE " seed=%d # some words to fill more than a buffer\n", i);
    write_file(path, text.data, text.length);
    cr_expect_eq(vjp_case_list_read_file(&list, path, NULL), VJP_OK);
    cr_expect_eq(list.count, 1000);
    cr_expect_eq(list.cases[999].seed, 999);
    vjp_case_list_clear(&list);
    vjp_text_clear(&text);
    unlink(path);
}

Test(list, an_empty_file_is_an_empty_list)
{
    char path[] = "/tmp/vjp_list_XXXXXX";
    struct vjp_case_list list = {0};
    close(mkstemp(path));
    cr_expect_eq(vjp_case_list_read_file(&list, path, NULL), VJP_OK);
    cr_expect_eq(list.count, 0);
    vjp_case_list_clear(&list);
    unlink(path);
}

Test(list, what_is_no_text_is_refused)
{
    static const char with_nul[] = CASE "\0" CASE "\n";
    char path[] = "/tmp/vjp_list_XXXXXX";
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    close(mkstemp(path));
    write_file(path, with_nul, sizeof with_nul - 1);
    cr_expect_eq(vjp_case_list_read_file(&list, path, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, ": found a NUL at byte 29; expected text"), "%s",
                       error.text);
    cr_expect_eq(strncmp(error.text, path, strlen(path)), 0);
    unlink(path);
    cr_expect_eq(vjp_case_list_read_file(&list, path, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "No such file"), "%s", error.text);
    cr_expect_eq(vjp_case_list_read_file(&list, "/tmp", &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "/tmp: is a directory; expected a file of cases");
    cr_expect_eq(list.count, 0);
    vjp_case_list_clear(&list);
}
