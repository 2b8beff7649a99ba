/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

static char folder[64];

static void make(void)
{
    make_folder(folder);
    struct answer answer =
        sh("cd %s && for t in f32 f64; do for i in 1 2 3; do "
           "echo \"linear dtype=$t N=3 D=4 M=$((8 * i + 5)) seed=0x$i\"; done; done "
           ">c.cases && $V check blocked --cases c.cases --json a.jsonl",
           folder);
    expect_code(&answer, 0);
    forget(&answer);
}

static void clear(void)
{
    remove_folder(folder);
}

TestSuite(diff, .init = make, .fini = clear);

Test(diff, a_run_and_itself)
{
    struct answer answer = sh("cd %s && $V diff a.jsonl a.jsonl", folder);
    expect_code(&answer, 0);
    cr_expect_str_eq(answer.out,
                     "kernels and dtypes: 0 worse, 0 better, 0 otherwise changed, 2 the "
                     "same; 0 new, 0 gone\ncases: 0 worse, 0 better, 0 otherwise changed, "
                     "6 the same; 0 appeared, 0 vanished\n");
    forget(&answer);
}

/* The same cases, by a kernel that drops what is left beyond a block of 8: as though the one had become the other. */
Test(diff, a_kernel_that_broke_and_was_mended)
{
    struct answer answer = sh(
        "cd %s && cp $B/faulty/tail_dropped.so k.so && $V check ./k.so:tail_dropped --cases "
        "c.cases --json b.jsonl >/dev/null; sed 's|./k.so:tail_dropped|blocked:linear|g' b.jsonl "
        ">c.jsonl; $V diff a.jsonl c.jsonl; echo $?; $V diff c.jsonl a.jsonl",
        folder);
    expect_in(answer.out, "cases that are worse:\n  ");
    expect_in(answer.out, " -> wrong\n      vjpcheck run 'linear ");
    expect_in(answer.out, "\n1\n");
    expect_in(answer.out, "wrong -> ");
    forget(&answer);
}

Test(diff, mistakes_are_told)
{
    expect_failure(2, "none.jsonl: cannot be read", "cd %s && $V diff a.jsonl none.jsonl", folder);
    expect_failure(2, "has no summary", "cd %s && head -3 a.jsonl >cut && $V diff a.jsonl cut",
                   folder);
    expect_failure(2, "expected what check, fuzz or merge wrote",
                   "cd %s && echo '{\"type\":\"other\"}' >p && $V diff p a.jsonl", folder);
    expect_failure(2, "--slack 0.5: expected a number from 1",
                   "cd %s && $V diff a.jsonl a.jsonl --slack 0.5", folder);
    expect_failure(2, "nothing to compare",
                   "cd %s && sed 's/blocked:linear/other:linear/g' a.jsonl >o.jsonl && "
                   "$V diff a.jsonl o.jsonl",
                   folder);
    expect_failure(2, "another version of vjpcheck wrote it",
                   "cd %s && echo '{\"type\":\"bench_header\"}' >b && $V diff b a.jsonl", folder);
}

/* A baseline holds, is broken by another kernel under its name, and is renewed. */
Test(diff, baselines)
{
    struct answer answer =
        sh("cd %s && $V check blocked --cases c.cases --baseline b --update-baseline "
           "| tail -1 && cat b && $V check blocked --cases c.cases --baseline b | "
           "tail -1",
           folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "baseline: b has 2 kernels and dtypes\n"
                          "{\"type\":\"baseline\",\"format\":1}\n"
                          "{\"kernel\":\"blocked:linear\",\"dtype\":\"f32\",\"layer\":\"linear\",");
    expect_in(answer.out, "baseline: as in b\n");
    expect_in(answer.out, "\"tree\":\"dx 67 terms, sequential, ");
    forget(&answer);
    answer = sh("cd %s && sed '2s/db 67 terms, sequential, /&0/' b >t && "
                "$V check blocked --cases c.cases --baseline t | tail -2",
                folder);
    expect_in(answer.out, "  blocked:linear f32: the summation tree is dx 67 terms, sequential, ");
    expect_in(answer.out, "baseline: 1 change from t; --update-baseline");
    forget(&answer);
    answer = sh(
        "cd %s && cp $B/faulty/tail_dropped.so k.so && sed 's/blocked:linear/k.so:tail_dropped/' "
        "b >k && $V check ./k.so --cases c.cases --baseline k",
        folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "  k.so:tail_dropped f32: 3 wrong, expected 0\n");
    expect_in(answer.out, " changes from k; --update-baseline makes this the new one\n");
    forget(&answer);
    answer = sh("cd %s && $V check blocked --count 1 --dtype f32 --baseline b", folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "blocked:linear f32: ");
    expect_in(answer.out, "cases that are others than the 3 of the baseline\n");
    expect_in(answer.out, "blocked:linear f64: was not checked, but is in the baseline\n");
    forget(&answer);
    expect_failure(2, "--baseline none: cannot be read",
                   "cd %s && $V check blocked --cases c.cases --baseline none", folder);
    expect_failure(2, "--update-baseline needs --baseline FILE",
                   "cd %s && $V check blocked --cases c.cases --update-baseline", folder);
}
