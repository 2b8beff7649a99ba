/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

#define GROWTH "study growth naive --layer linear --dtype f32 --sweep K=2^3..2^6 --samples 1"

Test(study, growth_writes_lines_a_table_and_plots)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && $V " GROWTH " --out g && ls g", folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "naive:linear");
    expect_in(answer.out, "24 points, 0 left out, 0 elements outside the bound");
    expect_in(answer.out, "study.csv\n");
    expect_in(answer.out, "study.jsonl\n");
    expect_in(answer.out, "growth-omega-linear-f32-dx-normal.svg\n");
    expect_not_in(answer.out, "partial");
    forget(&answer);
    remove_folder(folder);
}

/* Cut in the middle of a line, as by a crash: what comes of the same command is the same to the last byte. */
Test(study, is_continued_where_it_ended)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && $V " GROWTH " --out a >/dev/null && mkdir b && "
                              "head -c 9000 a/study.jsonl >b/study.jsonl.partial && $V " GROWTH
                              " --out b >/dev/null && "
                              "cmp a/study.jsonl b/study.jsonl && cmp a/study.csv b/study.csv && "
                              "$V " GROWTH " --out b",
                              folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "24 points");
    forget(&answer);
    expect_failure(2, "another study, \"vjpcheck study growth naive --layer linear",
                   "cd %s && $V study growth naive --layer linear --dtype f64 --out a", folder);
    remove_folder(folder);
}

/* What was found is there, and the command goes on. The interrupt comes after the first points: before the study
   has its handler, a job of the shell takes none. */
Test(study, an_interrupt_loses_nothing)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && { $V study growth naive --layer linear --sweep K=2^3..2^14 "
           "--out a & for i in $(seq 600); do sleep 0.05; "
           "[ $(cat a/study.jsonl.partial 2>/dev/null | wc -l) -ge 3 ] && break; "
           "done; kill -INT $!; wait $!; }",
           folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "interrupted by Interrupt: the same command goes on from here\n");
    forget(&answer);
    answer = sh("cd %s && ls a && tail -c 1 a/study.jsonl.partial | od -c", folder);
    expect_in(answer.out, "study.jsonl.partial\n");
    expect_in(answer.out, "\\n");
    forget(&answer);
    remove_folder(folder);
}

Test(study, a_kernel_outside_its_bound_fails)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && $V study growth $B/faulty/lost_k_block.so --sweep K=64,128 "
                              "--samples 1 --out a",
                              folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "outside the bound");
    forget(&answer);
    remove_folder(folder);
}

Test(study, wrong_usage_is_told)
{
    expect_failure(2, "unknown study grwth; did you mean growth?", "$V study grwth --out x");
    expect_failure(2, "--sweep K=2..z: column 6: expected a size from 1 to 2^30",
                   "$V study growth --sweep K=2..z --out x");
    expect_failure(2, "--out is missing", "$V study growth");
    expect_failure(2, "--samples 0: expected", "$V study growth --samples 0 --out x");
    expect_failure(2, "expected no --values, and --sweep C=...",
                   "$V study condition --sweep K=4 --out x");
    expect_failure(3, "/none/such: cannot be made", "$V study growth naive --out /none/such");
}
