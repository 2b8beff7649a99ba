/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

static void expect_help(const char *command, const char *part)
{
    struct answer answer = sh("$V %s", command);
    expect_code(&answer, 0);
    expect_in(answer.out, part);
    cr_expect_str_eq(answer.err, "");
    forget(&answer);
}

Test(usage, every_command_has_help)
{
    expect_help("--help", "check [TARGET...]");
    expect_help("help", "Exit codes: 0");
    expect_help("-h", "jacobian 'CASE'");
    expect_help("list --help", "vjpcheck list [LAYER | TARGET...]");
    expect_help("check --help", "--only-failed");
    expect_help("check --help", "A kernel that hung in three cases is asked no more: in JSON,\n"
                                "the verdict on its other cases is \"not_run\".");
    expect_help("run --help", "--kernel TARGET");
    expect_help("jacobian --help", "--format F");
    expect_help("help check", "--json FILE");
    expect_help("bench --help", "--against TARGET");
    expect_help("check --json x --help", "--json FILE");
    expect_help("--version", "vjpcheck 0.");
}

Test(usage, mistakes_are_exit_2_with_a_hint)
{
    expect_failure(2, "unknown command chekc; did you mean check?", "$V chekc");
    expect_failure(2, "unknown command frobnicate", "$V help frobnicate");
    expect_failure(2, "did you mean --json?", "$V check --jsno x");
    expect_failure(2, "unknown option --frobnicate", "$V list --frobnicate");
    expect_failure(2, "--seed needs a value", "$V check --seed");
    expect_failure(2, "--seed x: expected a whole number", "$V check --seed x");
    expect_failure(2, "--dtype f99: expected bf16, f16, f32 or f64", "$V check --dtype f99");
    expect_failure(2, "--layer liner: no such layer", "$V check --layer liner");
    expect_failure(2, "--timeout 0: expected", "$V check --timeout 0");
    expect_failure(2, "--count -1: expected", "$V check --count -1");
    expect_failure(2, "--seed has no use with it", "$V check --cases x --seed 1");
    expect_failure(2, "cannot both write to -", "$V check --json - --junit -");
    expect_failure(2, "'CASE' is missing", "$V run");
    expect_failure(2, "is too much", "$V run linear dtype=f32");
    struct answer answer = sh("$V");
    expect_code(&answer, 2);
    expect_in(answer.err, "Usage: vjpcheck COMMAND");
    forget(&answer);
}

Test(usage, an_answer_that_cannot_be_written_is_a_failure)
{
    struct answer answer = sh("$V list naive >/dev/full");
    expect_code(&answer, 3);
    expect_in(answer.err, "standard output: writing failed: No space left on device");
    forget(&answer);
    answer = sh("$V --help >/dev/full");
    expect_code(&answer, 3);
    forget(&answer);
}
