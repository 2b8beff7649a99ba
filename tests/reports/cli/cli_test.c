/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/dtype.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a stream gets from here on, by the path of a file of its own. */
static void divert(FILE *stream, char path[32])
{
    strcpy(path, "/tmp/vjpcheck-test-XXXXXX");
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_not_null(freopen(path, "w", stream));
}

static void collect(FILE *stream, const char *path, char *text, size_t size)
{
    fflush(stream);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
    unlink(path);
}

/* Runs the program on up to three words; both texts are cut at 4096. */
static int run(const char *a, const char *b, const char *c, char out[4096], char err[4096])
{
    const char *argv[] = {"vjpcheck", a, b, c, NULL};
    int argc = 1;
    char out_path[32];
    char err_path[32];
    while (argv[argc])
        argc++;
    divert(stdout, out_path);
    divert(stderr, err_path);
    const int code = vjp_cli_main(argc, argv);
    collect(stdout, out_path, out, 4096);
    collect(stderr, err_path, err, 4096);
    return code;
}

#define expect_in(text, part)                                                                      \
    cr_expect(strstr(text, part) != NULL, "\"%s\" is not in \"%s\"", part, text)

Test(cli, whose_fault_it_is_decides_the_exit_code)
{
    static const struct {
        enum vjp_status status;
        int code;
    } cases[] = {{VJP_ERR_USAGE, 2}, {VJP_ERR_LIMIT, 2}, {VJP_ERR_IO, 3}, {VJP_ERR_MEMORY, 3}};
    for (int i = 0; i < 4; i++) {
        const struct vjp_error error = {"it\033[1m broke"};
        char path[32];
        char text[256];
        divert(stderr, path);
        const int code = vjp_cli_fail(cases[i].status, &error);
        collect(stderr, path, text, sizeof text);
        cr_expect_eq(code, cases[i].code, "status %d: %d", cases[i].status, code);
        cr_expect_str_eq(text, "vjpcheck: it?[1m broke\n");
    }
}

Test(cli, dtypes_have_names)
{
    struct vjp_error error = {""};
    int dtype = -1;
    cr_expect(vjp_cli_dtype("bf16", &dtype, &error) == VJP_OK && dtype == VJP_BF16);
    cr_expect(vjp_cli_dtype("f64", &dtype, &error) == VJP_OK && dtype == VJP_F64);
    cr_expect(vjp_cli_sums_in("f16", &dtype, &error) == VJP_OK && dtype == VJP_F16);
    dtype = 77;
    cr_expect_eq(vjp_cli_dtype("F64", &dtype, &error), VJP_ERR_USAGE);
    cr_expect_eq(dtype, 77);
    cr_expect_str_eq(error.text, "--dtype F64: expected bf16, f16, f32 or f64");
    cr_expect_eq(vjp_cli_sums_in("", &dtype, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "--sums-in : expected bf16, f16, f32 or f64");
    cr_expect_eq(dtype, 77);
}

Test(cli, an_output_has_a_name)
{
    struct vjp_error error = {""};
    cr_expect_eq(vjp_cli_out("a", &error), VJP_OK);
    cr_expect_eq(vjp_cli_out("", &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "--out '': expected the name of a folder");
    cr_expect_eq(vjp_cli_out(NULL, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "--out is missing: expected --out DIR");
}

Test(cli, help_and_version_are_answers)
{
    static const char *const words[] = {"--help", "-h", "help"};
    char out[4096];
    char err[4096];
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(run(words[i], NULL, NULL, out, err), 0, "%s", words[i]);
        expect_in(out, "Usage: vjpcheck COMMAND");
        expect_in(out, "\n  list [LAYER | TARGET...]");
        expect_in(out, "\n  check ");
        expect_in(out, "\n  run ");
        expect_in(out, "\n  jacobian ");
        expect_in(out, "\n  oracle ");
        expect_in(out, "\n  export ");
        cr_expect_str_eq(err, "");
    }
    cr_expect_eq(run("--version", NULL, NULL, out, err), 0);
    int parts[3];
    int end = 0;
    cr_expect_eq(sscanf(out, "vjpcheck %d.%d.%d\n%n", &parts[0], &parts[1], &parts[2], &end), 3);
    cr_expect(end > 0 && out[end] == '\0', "%s", out);
    cr_expect_eq(run("help", "run", NULL, out, err), 0);
    expect_in(out, "vjpcheck run ");
    cr_expect_eq(run("run", "--help", NULL, out, err), 0);
    expect_in(out, "vjpcheck run ");
}

Test(cli, what_is_no_command_is_usage)
{
    char out[4096];
    char err[4096];
    cr_expect_eq(run(NULL, NULL, NULL, out, err), 2);
    cr_expect_str_eq(out, "");
    expect_in(err, "Usage: vjpcheck COMMAND");
    cr_expect_eq(run("jacobain", NULL, NULL, out, err), 2);
    expect_in(err, "vjpcheck: unknown command jacobain; did you mean jacobian?\n");
    cr_expect_eq(run("help", "frobnicate", NULL, out, err), 2);
    expect_in(err, "vjpcheck: unknown command frobnicate; \"vjpcheck --help\" lists them\n");
    cr_expect_eq(run("list", "--frobnicate", NULL, out, err), 2);
    expect_in(err, "unknown option --frobnicate");
    cr_expect_str_eq(out, "");
}

Test(cli, a_command_is_run_and_its_exit_code_returned)
{
    char out[4096];
    char err[4096];
    cr_expect_eq(run("jacobian", "linear dtype=f64 N=1 D=1 M=1 x=[2] w=[3]", NULL, out, err), 0,
                 "%s", err);
    expect_in(out, "\ndy/dx[0,0] =\n    [ 3 ]\n");
    cr_expect_eq(run("jacobian", "linear dtype=f99", NULL, out, err), 2);
    expect_in(err, "vjpcheck: ");
}

/* A full disk turns any answer into a failure. */
Test(cli, what_was_not_heard_was_not_said)
{
    const char *argv[] = {"vjpcheck", "--version", NULL};
    char path[32];
    char text[256];
    divert(stderr, path);
    cr_assert_not_null(freopen("/dev/full", "w", stdout));
    const int code = vjp_cli_main(2, argv);
    collect(stderr, path, text, sizeof text);
    cr_expect_eq(code, 3);
    expect_in(text, "vjpcheck: standard output: writing failed: No space left on device\n");
}
