/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

/* The naive kernel is three loops that say in which order they add. */
Test(study_order, reveals_and_certifies_a_loop)
{
    char folder[64];
    struct answer answer = sh("$V study order naive "
                              "'linear dtype=f32 bias=1 N=9 D=2 M=5' --out %s/o && cat %s/o/*",
                              make_folder(folder), folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "naive:linear  linear f32 N=9 D=2 M=5  dw: certified: this order, "
                          "nothing else (10 of 10 elements, bit for bit)");
    expect_in(answer.out, "dx[0,0]: sequential; 5 terms, height 4");
    expect_in(answer.out, "db[0]: sequential; 9 terms, height 8");
    expect_in(answer.out, "f32, products rounded; sums of 24 bits, rounded to nearest");
    expect_in(answer.out, "\"tree\":\"[0..8]\"");
    expect_in(answer.out, "\"type\":\"summary\",\"gradients\":3,\"revealed\":3,\"certified\":3");
    expect_in(answer.out, "<svg xmlns=");
    expect_in(answer.out, ">0..8: 9 terms in turn</text>");
    forget(&answer);
    remove_folder(folder);
}

/* The naive kernel begins with what was there. Where an element has one term beside it, there is no order. */
Test(study_order, what_the_output_held_is_a_term)
{
    char folder[64];
    struct answer answer =
        sh("$V study order naive 'linear dtype=f32 N=9 D=2 M=5 accumulate=1' "
           "'relu dtype=f32 N=2 M=3 inplace=1' 'relu dtype=f32 N=2 M=3 accumulate=1' --out %s/o",
           make_folder(folder));
    expect_code(&answer, 0);
    expect_in(answer.out, "naive:linear  linear f32 N=9 D=2 M=5 accumulate=1  dw: certified: this "
                          "order, nothing else (10 of 10 elements, bit for bit)");
    expect_in(answer.out, "dw[0,0]: sequential, the last term first; 10 terms, height 9");
    expect_in(answer.out, "    [9,0..8]\n  the last term is what the output held\n");
    expect_in(answer.out, "relu dx: an element has one term, or none (2 shapes)");
    forget(&answer);
    remove_folder(folder);
}

/* A kernel that truncates is certified as what it is; for one that rounds what it is given first, no arithmetic has its
 * bits. */
Test(study_order, a_kernel_that_rounds_otherwise)
{
    char folder[64];
    struct answer answer = sh("$V study order $B/faulty/truncates.so "
                              "'linear dtype=f32 N=3 D=2 M=24' --out %s/o",
                              make_folder(folder));
    expect_code(&answer, 0);
    expect_in(answer.out, "dx: certified: this order, sums truncated, nothing else (6 of 6 ");
    expect_in(answer.out, "f32, products rounded, sums truncated; sums of 24 bits, rounded toward "
                          "zero");
    forget(&answer);
    answer = sh("$V study order $B/faulty/narrow_accumulator.so "
                "'linear dtype=f32 N=3 D=2 M=24' --out %s/p",
                folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "dx: not certified");
    expect_in(answer.out, "the replay gives");
    forget(&answer);
    remove_folder(folder);
}

Test(study_order, nothing_to_reveal_is_exit_2)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("$V study order naive 'relu dtype=f32 N=2 M=3' --out %s/o", folder);
    expect_code(&answer, 2);
    expect_in(answer.out, "relu dx: an element has one term, or none (1 shape)");
    forget(&answer);
    expect_failure(2, "--samples has no use with study order",
                   "$V study order naive --samples 3 --out %s/p", folder);
    expect_failure(2, "--values and --seed have no use with a case",
                   "$V study order naive 'linear dtype=f32 N=2 D=2 M=3' --seed 1 --out %s/p",
                   folder);
    remove_folder(folder);
}

/* Cut in the middle of a line, as by a crash: what comes of the same command is the same to the last byte. */
Test(study_order, is_continued_where_it_ended)
{
    char folder[64];
    struct answer answer =
        sh("cd %s && o() { $V study order naive avx2 --layer linear --sweep K=9 "
           "--out $1; } && o a >/dev/null && cp -r a b && "
           "head -c 3000 a/study.jsonl >b/study.jsonl.partial && "
           "rm b/study.jsonl b/study.csv && o b && diff -r -x run.jsonl a b && echo alike",
           make_folder(folder));
    expect_code(&answer, 0);
    expect_in(answer.out, "certified: this order");
    expect_in(answer.out, "\nalike\n");
    forget(&answer);
    remove_folder(folder);
}
