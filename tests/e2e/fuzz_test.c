/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

#include <jansson.h>

Test(fuzz, a_sound_kernel_is_exit_0_and_leaves_nothing)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && $V fuzz avx2 --cases 80 --seed 3 --max-dim 20", folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "vjpcheck 0.1.0, seed 0x3\n");
    expect_in(answer.out, "campaign 0x3: 80 cases in ");
    expect_in(answer.out, "layouts: contiguous ");
    cr_expect_str_eq(answer.err, "");
    forget(&answer);
    answer = sh("ls -A %s", folder);
    cr_expect_str_eq(answer.out, "");
    forget(&answer);
    remove_folder(folder);
}

/* The failures are in the corpus; mended, the kernel passes them, and they stay. */
Test(fuzz, a_failure_is_remembered)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && $V fuzz $B/faulty/term_twice.so --cases 60 --max-dim 12 --corpus mem", folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "term_twice: f32 wrong first seen in case ");
    expect_in(answer.out, "  smallest case, after ");
    expect_in(answer.out, "these cases are in mem, ");
    forget(&answer);
    answer = sh("cd %s && cat mem/term_twice-term_twice.cases", folder);
    expect_in(answer.out, "term_twice: wrong: ");
    expect_in(answer.out, "\nlinear dtype=f32 ");
    forget(&answer);
    answer = sh("cd %s && $V fuzz naive:linear --cases 0 --corpus mem", folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "0 cases in ");
    expect_in(answer.out, "of the corpus");
    forget(&answer);
    remove_folder(folder);
}

/* The cases of the shards together are those of the whole, each once. */
Test(fuzz, shards_together_are_the_whole)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && for i in 1/3 2/3 3/3 1/1; do $V fuzz avx2 --cases 30 --max-dim 8 --climb 0 "
           "--shard $i --json ${i%%%%/*}of${i##*/}.jsonl >/dev/null || exit 9; done && "
           "grep -h '\"type\":\"check\"' ?of3.jsonl | sort >parts && "
           "grep -h '\"type\":\"check\"' 1of1.jsonl | sort >whole && "
           "cmp parts whole && wc -l <whole",
           folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "34"); /* 4 of them at the sizes of its tiles */
    forget(&answer);
    remove_folder(folder);
}

static size_t count_type(const char *text, const char *type)
{
    size_t count = 0;
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"type\":\"%s\"", type);
    for (const char *p = text; (p = strstr(p, pattern)); p++)
        count++;
    return count;
}

Test(fuzz, json_ends_with_the_campaign_and_the_summary)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && $V fuzz avx2 --cases 10 --max-dim 5 --climb 0 --json -", folder);
    expect_code(&answer, 0);
    cr_expect_eq(count_type(answer.out, "header"), 1);
    cr_expect_eq(count_type(answer.out, "check"), 12); /* 2 of them at the sizes of its tiles */
    cr_expect_eq(count_type(answer.out, "campaign"), 1);
    cr_expect_eq(count_type(answer.out, "summary"), 1);
    expect_in(answer.err, "campaign 0x5eed: 10 cases");
    forget(&answer);
    remove_folder(folder);
}

/* The first interrupt ends the hunt, and what was found is told; no process and no file of the run stays. */
Test(fuzz, an_interrupt_tells_what_was_found)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && ($V fuzz $B/faulty/term_twice.so --time 10m --max-dim 8 >out 2>err & p=$!; "
           "for i in $(seq 200); do sleep 0.05; ls vjpcheck-corpus/*.cases >/dev/null 2>&1 && "
           "break; done; "
           "sleep 0.3; kill -TERM $p; wait $p; echo code $?; cat out; ls vjpcheck-corpus)",
           folder);
    expect_in(answer.out, "code 1\n");
    expect_in(answer.out, "interrupted by Terminated\n");
    expect_in(answer.out, "term_twice: f32 wrong first seen in case ");
    expect_in(answer.out, "term_twice-term_twice.cases\n");
    expect_not_in(answer.out, "running-");
    forget(&answer);
    remove_folder(folder);
}

Test(fuzz, wrong_options_are_told)
{
    static const struct {
        const char *options, *message;
    } table[] = {
        {"--time 0", "--time 0: expected a time above 0, as 90s, 10m or 2h"},
        {"--time 5x", "--time 5x: expected a time above 0, as 90s, 10m or 2h"},
        {"--time nan", "--time nan: expected a time above 0, as 90s, 10m or 2h"},
        {"--shard 0/2", "--shard 0/2: expected I/N with I from 1 to N"},
        {"--shard 3/2", "--shard 3/2: expected I/N with I from 1 to N"},
        {"--shard 1/2x", "--shard 1/2x: expected I/N with I from 1 to N"},
        {"--cases -1", "--cases -1: expected a whole number from 0 to"},
        {"--max-dim 0", "--max-dim 0: expected a whole number from 1 to"},
        {"--layer none", "--layer none: no such layer"},
        {"--corpus ''", "--corpus '': expected the name of a folder"},
        {"--corpus /none/such", "/none/such: cannot be made: No such file or directory"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct answer answer = sh("cd /tmp && $V fuzz naive:linear %s", table[i].options);
        cr_expect(answer.code == 2 || answer.code == 3, "%s: %d", table[i].options, answer.code);
        expect_in(answer.err, table[i].message);
        forget(&answer);
    }
}
