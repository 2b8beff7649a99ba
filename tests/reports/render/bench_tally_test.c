/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_tally.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 1.5 of two cases. */
static struct vjp_tally_row rows[] = {{.kernel = (char *)"/tmp/a.so:k",
                                       .group = (char *)"f32 grads=dx",
                                       .cases = 2,
                                       .faster = 1,
                                       .least = 0.5,
                                       .least_line = (char *)"linear N=1"},
                                      {.kernel = (char *)"b:k",
                                       .group = (char *)"f64",
                                       .cases = 1,
                                       .slower = 1,
                                       .least = 0.25,
                                       .least_line = (char *)"linear N=2"}};

static char *print(int count, const char *against)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    rows[0].logs = 2 * log(1.5);
    rows[1].logs = log(0.25);
    const struct vjp_tally tally = {.row = rows, .count = count};
    vjp_bench_print_tally(&tally, against, out);
    fclose(out);
    return text;
}

static void expect_in(const char *text, const char *part)
{
    cr_expect(strstr(text, part), "no \"%s\" in\n%s", part, text);
}

Test(bench_tally, a_row_for_each_kernel_and_group)
{
    char *text = print(2, "x,y");
    expect_in(text, "speed of the fastest, case by case, of x,y, geometric means; faster");
    expect_in(text, "  a.so:k, f32 grads=dx      2  1.50x       1       0  0.50x  linear N=1\n");
    expect_in(text, "  b:k, f64                  1  0.25x       0       1  0.25x  linear N=2\n");
    free(text);
    text = print(1, "x");
    expect_in(text, "speed of x, geometric means; faster");
    free(text);
}

Test(bench_tally, one_case_needs_no_table)
{
    struct vjp_tally tally = {.row = rows + 1, .count = 1};
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    vjp_bench_print_tally(&tally, "x", out);
    fclose(out);
    cr_expect_str_eq(text, "");
    free(text);
}

Test(bench_tally, a_line_of_json_each)
{
    char *text;
    size_t size;
    struct vjp_error error = {""};
    struct vjp_sink sink = {.file = open_memstream(&text, &size), .path = (char *)"m"};
    rows[1].logs = 0;
    const struct vjp_tally tally = {.row = rows + 1, .count = 1};
    cr_assert_eq(vjp_bench_json_tally(&sink, &tally, &error), VJP_OK, "%s", error.text);
    fclose(sink.file);
    cr_expect_str_eq(text, "{\"type\":\"bench_speed\",\"kernel\":\"b:k\",\"group\":\"f64\","
                           "\"cases\":1,\"mean\":1.0,\"faster\":0,\"slower\":1,\"least\":0.25,"
                           "\"least_case\":\"linear N=2\"}\n");
    free(text);
}
