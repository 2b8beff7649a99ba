/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_compare.h"

#include "reports/cli/cli.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A file with one result of kernel k:k, in a name that the caller has made room for. */
static void write_file(char path[32], const char *kernel, const char *timed, double median)
{
    strcpy(path, "/tmp/vjpcheck-test-XXXXXX");
    FILE *file = fdopen(mkstemp(path), "w");
    cr_assert_not_null(file);
    fprintf(file,
            "{\"type\":\"bench_header\",\"format\":1}\n"
            "{\"type\":\"bench\",\"above_peak\":false,\"case\":\"c\",\"kernel\":\"%s\",\"version\":"
            "\"\","
            "\"verdict\":\"pass\",\"cpu\":\"x\",\"threads\":1,\"timed\":%s,\"seconds\":{\"n\":9,"
            "\"median\":%g,\"q1\":1,\"q3\":1,\"low\":%g,\"high\":%g},\"flops\":0,\"peak\":1}\n"
            "{\"type\":\"bench_summary\",\"results\":1}\n",
            kernel, timed, median, 0.99 * median, 1.01 * median);
    fclose(file);
}

static enum vjp_status compare(const char *kernel, const char *timed, double median, double least,
                               int *code)
{
    char before[32], after[32];
    struct vjp_error error;
    write_file(before, "k:k", "true", 1);
    write_file(after, kernel, timed, median);
    const enum vjp_status status = vjp_bench_compare_files(before, after, least, code, &error);
    unlink(before);
    unlink(after);
    fflush(stdout);
    return status;
}

Test(bench_compare, a_ratio_that_is_demanded_decides, .init = cr_redirect_stdout)
{
    static const struct {
        const char *timed;
        double median, least;
        int code;
    } cases[] = {{"true", 2, 0, VJP_EXIT_SOUND},      {"true", 2, 0.9, VJP_EXIT_FAILED},
                 {"true", 2, 0.5, VJP_EXIT_SOUND},    {"true", 1, 0.9, VJP_EXIT_SOUND},
                 {"true", 1, 1.5, VJP_EXIT_FAILED},   {"false", 1, 0, VJP_EXIT_SOUND},
                 {"false", 1, 0.001, VJP_EXIT_FAILED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int code = -1;
        cr_expect_eq(compare("k:k", cases[i].timed, cases[i].median, cases[i].least, &code),
                     VJP_OK);
        cr_expect_eq(code, cases[i].code, "case %d: %d", (int)i, code);
    }
}

Test(bench_compare, of_other_kernels_nothing_can_be_said, .init = cr_redirect_stdout)
{
    int code = -1;
    cr_expect_eq(compare("other:k", "true", 1, 0, &code), VJP_ERR_USAGE);
    cr_expect_eq(code, -1);
}
