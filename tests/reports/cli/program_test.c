/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/program.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char log_path[] = "/tmp/vjpcheck-program-XXXXXX";

static void make_log(void)
{
    const int fd = mkstemp(log_path);
    cr_assert_geq(fd, 0);
    close(fd);
}

static void remove_log(void)
{
    unlink(log_path);
}

TestSuite(program, .init = make_log, .fini = remove_log);

static enum vjp_status sh(const char *command, struct vjp_error *error)
{
    const char *const argv[] = {"sh", "-c", command, NULL};
    return vjp_program_run(argv, log_path, error);
}

Test(program, what_it_writes_is_in_the_log)
{
    struct vjp_error error = {""};
    char text[64] = "";
    cr_expect_eq(sh("echo one; echo two >&2; cat", &error), VJP_OK, "%s", error.text);
    FILE *file = fopen(log_path, "r");
    const size_t got = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[got] = '\0';
    cr_expect_str_eq(text, "one\ntwo\n");
}

Test(program, the_line_of_an_error_is_told)
{
    struct vjp_error error = {""};
    char wanted[200];
    cr_expect_eq(sh("echo note; echo k.c:3: error: what; echo more; exit 3", &error),
                 VJP_ERR_USAGE);
    snprintf(wanted, sizeof wanted,
             "sh failed with exit code 3: k.c:3: error: what (all that it wrote: %s)", log_path);
    cr_expect_str_eq(error.text, wanted);
    cr_expect_eq(sh("echo first; echo second; exit 1", &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "exit code 1: first ("), "%s", error.text);
}

Test(program, one_that_a_signal_ends)
{
    struct vjp_error error = {""};
    cr_expect_eq(sh("kill -9 $$", &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "sh failed with signal 9: "), "%s", error.text);
}

Test(program, one_that_is_not_there)
{
    const char *const argv[] = {"vjpcheck-no-such-program", NULL};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_program_run(argv, log_path, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text,
                     "vjpcheck-no-such-program: not found: expected it in a folder of PATH");
}

Test(program, a_log_that_cannot_be_written)
{
    const char *const argv[] = {"true", NULL};
    struct vjp_error error = {""};
    cr_expect_neq(vjp_program_run(argv, "/nowhere/log", &error), VJP_OK);
}
