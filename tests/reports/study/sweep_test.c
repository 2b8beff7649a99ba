/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/sweep.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void check(const char *text, const char *canonical)
{
    struct vjp_sweep sweep;
    struct vjp_error error = {""};
    struct vjp_text printed = {0};
    cr_assert_eq(vjp_sweep_parse(text, &sweep, &error), VJP_OK, "%s", error.text);
    vjp_sweep_print(&sweep, &printed);
    cr_expect_str_eq(printed.data, canonical);
    vjp_text_clear(&printed);
}

static void refuse(const char *text, const char *message)
{
    struct vjp_sweep sweep = {.count = 77};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_sweep_parse(text, &sweep, &error), VJP_ERR_USAGE, "%s", text);
    cr_expect_str_eq(error.text, message);
    cr_expect_eq(sweep.count, 77, "untouched on failure");
}

Test(sweep, a_range_doubles_up_to_its_end)
{
    check("K=2^4..2^7", "K=16,32,64,128");
    check("D=3..20", "D=3,6,12");
    check("K=5..5", "K=5");
    check("N=2^0..4", "N=1,2,4");
}

Test(sweep, a_list_is_as_it_stands)
{
    check("K=16,48,2^8", "K=16,48,256");
    check("1.N=7", "1.N=7");
    check("K=3..6,100", "K=3,6,100");
}

Test(sweep, what_is_printed_reads_back)
{
    check("K=16,32,64,128", "K=16,32,64,128");
}

Test(sweep, errors_name_the_column)
{
    refuse("=4", "--sweep =4: column 1: expected K or the name of a dimension, found \"=4\"");
    refuse("K", "--sweep K: column 2: expected '=', found the end");
    refuse("K=",
           "--sweep K=: column 3: expected a size from 1 to 2^30, as 256 or 2^8, found the end");
    refuse("K=0",
           "--sweep K=0: column 3: expected a size from 1 to 2^30, as 256 or 2^8, found \"0\"");
    refuse(
        "K=2^31",
        "--sweep K=2^31: column 3: expected a size from 1 to 2^30, as 256 or 2^8, found \"2^31\"");
    refuse("K=8..4", "--sweep K=8..4: column 6: expected an end that is not below the start, found "
                     "\"4\"");
    refuse("K=8,8", "--sweep K=8,8: column 5: expected sizes in ascending order, found \"8\"");
    refuse("K=8x", "--sweep K=8x: column 4: expected '..', ',' or the end, found \"x\"");
    refuse("K=8,9x", "--sweep K=8,9x: column 6: expected ',' or the end, found \"x\"");
}

Test(sweep, there_is_an_end_to_lists)
{
    struct vjp_sweep sweep;
    struct vjp_error error = {""};
    char text[512] = "K=1";
    for (int i = 2; i <= VJP_SWEEP_MAX; i++)
        sprintf(text + strlen(text), ",%d", i);
    cr_expect_eq(vjp_sweep_parse(text, &sweep, &error), VJP_OK);
    strcat(text, ",99");
    cr_expect_eq(vjp_sweep_parse(text, &sweep, &error), VJP_ERR_USAGE);
}
