/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_lists.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(bench_lists, numbers_of_threads)
{
    static const char *const wrong[] = {
        "", "0", "65", "1,", "1;2", "x", "1,,2", "-1", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"};
    int threads[VJP_BENCH_THREADS_MAX], n = 0;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_bench_threads_read("4,1,64", threads, &n, &error), VJP_OK, "%s", error.text);
    cr_expect(n == 3 && threads[0] == 4 && threads[1] == 1 && threads[2] == 64);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_eq(vjp_bench_threads_read(wrong[i], threads, &n, &error), VJP_ERR_USAGE, "%s",
                     wrong[i]);
        cr_expect_not_null(strstr(error.text, "expected up to 16 whole numbers from 1 to 64"), "%s",
                           error.text);
    }
    cr_expect_eq(vjp_bench_threads_read("2,1,2", threads, &n, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "--threads 2,1,2: 2 stands there twice");
}

Test(bench_lists, peers_that_are_not_there)
{
    struct vjp_targets peers = {0};
    struct vjp_error error = {""};
    char *names = NULL;
    cr_expect_eq(vjp_bench_peers_open("./no-a.so,./no-b.so", 1, &names, &peers, &error),
                 VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "./no-a.so"), "%s", error.text);
    free(names);
    cr_expect_eq(vjp_bench_peers_open("a,b,c,d,e,f,g,h,i", 1, &names, &peers, &error),
                 VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "--against a,b,c,d,e,f,g,h,i: expected up to 8 targets");
    free(names);
}
