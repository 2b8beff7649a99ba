/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

/* Merged, the parts are the whole, however often one is named; a part that was cut off is told. */
Test(merge, parts_become_one_report)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && for i in 1 2; do $V fuzz avx2 --cases 40 --max-dim 8 --climb 0 --shard $i/2 "
           "--json $i.jsonl >/dev/null || exit 9; done && "
           "$V merge 1.jsonl 2.jsonl 1.jsonl --json whole.jsonl --junit whole.xml",
           folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "1 kernel, 44 checks: 0 failed");
    expect_in(answer.out, "campaign 0x5eed: 40 cases in ");
    expect_in(answer.out, "of 2 parts\n");
    expect_in(answer.out, "24 duplicates left out\n");
    forget(&answer);
    answer = sh("cd %s && $V merge whole.jsonl && grep -c '<testcase' whole.xml", folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "1 kernel, 44 checks: 0 failed");
    expect_in(answer.out, "of 2 parts\n");
    expect_in(answer.out, "0 duplicates left out\n");
    expect_in(answer.out, "\n44\n"); /* 4 of them at the sizes of its tiles */
    forget(&answer);
    answer = sh("cd %s && head -c -40 1.jsonl >cut.jsonl && $V merge cut.jsonl", folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "cut.jsonl:27: the line has no end, and is left out\n");
    expect_in(answer.err, "cut.jsonl: has no summary: its run did not come to its end\n");
    forget(&answer);
    remove_folder(folder);
}

Test(merge, failures_and_contradictions_are_told)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && $V fuzz avx2 --cases 10 --max-dim 8 --json a.jsonl >/dev/null && "
           "sed 's/\"verdict\":\"exact\"/\"verdict\":\"wrong\"/' a.jsonl >b.jsonl && "
           "$V merge a.jsonl b.jsonl",
           folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "cases have another verdict in another file, and both are kept");
    forget(&answer);
    answer =
        sh("cd %s && echo nonsense | $V merge -; echo $?; $V merge none.jsonl; echo $?", folder);
    expect_in(answer.out, "2\n2\n");
    expect_in(answer.err, "vjpcheck: -:1: expected an object of JSON: ");
    expect_in(answer.err, "vjpcheck: none.jsonl: cannot be read: No such file or directory\n");
    forget(&answer);
    remove_folder(folder);
}
