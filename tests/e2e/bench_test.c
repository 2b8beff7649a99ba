/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

/* Two small shapes, and as little time as there is: no speed is looked at. */
#define SHAPES                                                                                     \
    "{ echo linear dtype=f32 N=5 D=7 M=9; echo linear dtype=f64 bias=1 N=3 D=4 M=5; } >s.cases"
#define BRIEF "--shapes s.cases --time 0.01"

__attribute__((format(printf, 1, 2))) static struct answer in_folder(const char *format, ...)
{
    char folder[64], command[1024];
    va_list args;
    va_start(args, format);
    cr_assert_lt(vsnprintf(command, sizeof command, format, args), (int)sizeof command);
    va_end(args);
    struct answer answer = sh("cd %s && " SHAPES " && %s", make_folder(folder), command);
    remove_folder(folder);
    return answer;
}

static int count_parts(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

Test(bench, kernels_that_are_right_get_numbers)
{
    struct answer answer = in_folder("$V bench avx2 blocked " BRIEF);
    expect_code(&answer, 0);
    cr_expect_str_eq(answer.err, "");
    expect_in(answer.out, "linear dtype=f32 N=5 D=7 M=9 x=normal w=normal dy=normal\n  964 B, "
                          "1.26 kFLOP, 1.31 flop/byte; machine: ");
    expect_in(answer.out, "linear dtype=f64 bias=1 N=3 D=4 M=5");
    cr_expect_eq(count_parts(answer.out, "\n  avx2:linear "), 2, "%s", answer.out);
    cr_expect_eq(count_parts(answer.out, "\n  blocked:linear "), 2, "%s", answer.out);
    expect_not_in(answer.out, "pair by pair");
    expect_not_in(answer.out, "\033");
    forget(&answer);
}

/* The project's version, of peers too, where the build found them. */
Test(bench, plugins_that_ship_have_a_version)
{
    struct answer answer =
        in_folder("version=$($V --version | cut -d' ' -f2); test -n \"$version\" && "
                  "for k in naive blocked avx2 $(ls $B/plugins/peers | sed s/.so//); "
                  "do $V bench $k " BRIEF " --json - 2>err | grep '\"kernel\"' | "
                  "grep -v \"\\\"version\\\":\\\"$version\\\"\"; done");
    expect_code(&answer, 1); /* grep: no such line */
    cr_expect_str_eq(answer.out, "");
    forget(&answer);
}

Test(bench, a_peer_is_timed_in_turns_and_has_a_row)
{
    struct answer answer = in_folder("$V bench avx2 --against naive:linear " BRIEF);
    expect_code(&answer, 0);
    expect_in(answer.out, "speed: of naive:linear, pair by pair");
    cr_expect_eq(count_parts(answer.out, "\n  naive:linear "), 2, "%s", answer.out);
    forget(&answer);
    /* Against itself: one row, which has a ratio. */
    answer = in_folder("$V bench avx2 --against avx2 --json - " BRIEF " 2>err");
    expect_code(&answer, 0);
    cr_expect_eq(count_parts(answer.out, "{\"type\":\"bench\",\""), 2, "%s", answer.out);
    cr_expect_eq(count_parts(answer.out, "{\"type\":\"bench_speed\",\"kernel\":\"avx2:linear\""), 2,
                 "%s", answer.out);
    cr_expect_eq(count_parts(answer.out, "\"against\":\"avx2:linear\",\"ratio\":{\"n\":"), 2, "%s",
                 answer.out);
    forget(&answer);
}

/* 2^3 cases, dx and dw of each; each gradient has a line at its least speed. */
Test(bench, sizes_apart_beside_the_fastest_of_several)
{
    struct answer answer = sh("$V bench avx2 --layer linear --dtype f64 --sizes 3,8 --apart "
                              "--against naive,blocked --time 0.01");
    expect_code(&answer, 0);
    cr_expect_eq(count_parts(answer.out, "linear dtype=f64 N="), 16 + 2, "%s", answer.out);
    cr_expect_eq(count_parts(answer.out, "\n  peers, alone: naive:linear "), 16);
    expect_in(answer.out,
              "\nspeed of the fastest, case by case, of naive,blocked, geometric means");
    expect_in(answer.out, "\n  avx2:linear, f64 grads=dx      8  ");
    expect_in(answer.out, "\n  avx2:linear, f64 grads=dw      8  ");
    forget(&answer);
    expect_failure(2, "--sizes is for the dimensions of one layer", "$V bench avx2 --sizes 3");
    expect_failure(2, "--dtype has a use with --sizes only", "$V bench avx2 --dtype f64");
    expect_failure(2, "--sizes 3,x: expected up to 16 whole numbers from 1",
                   "$V bench --layer linear --sizes 3,x");
}

Test(bench, threads_are_part_of_the_case)
{
    struct answer answer = in_folder("$V bench blocked --threads 1,2 --json - " BRIEF " 2>err");
    expect_code(&answer, 0);
    cr_expect_eq(count_parts(answer.out, "\n"), 6, "%s", answer.out);
    cr_expect_eq(strncmp(answer.out, "{\"type\":\"bench_header\",\"format\":1,", 34), 0);
    expect_in(answer.out, ",\"threads\":[1,2],\"targets\":[\"blocked:linear\"]}\n");
    expect_in(answer.out, "\n{\"type\":\"bench_summary\",\"results\":4,\"timed\":4,");
    cr_expect_eq(count_parts(answer.out, "\"threads\":1,"), 2);
    cr_expect_eq(count_parts(answer.out, "dy=normal threads=2\",\"kernel\""), 2, "%s", answer.out);
    forget(&answer);
}

/* The plants: the first is wrong at once, the second after ten calls, the third after none. */
Test(bench, a_kernel_that_is_not_right_gets_no_number)
{
    struct answer answer =
        in_folder("$V bench $B/faulty/first_batch_only.so avx2 --json json " BRIEF "; code=$?; "
                  "cat json >&2; exit $code");
    expect_code(&answer, 1);
    expect_in(answer.out, "first_batch_only.so:first_batch_only: wrong, so it has no number: d");
    expect_in(answer.out, "      vjpcheck run 'linear dtype=f32 N=5 D=7 M=9 x=normal w=normal "
                          "dy=normal' --kernel ");
    expect_in(answer.out, "\n  avx2:linear ");
    expect_in(answer.err, "\"verdict\":\"wrong\"");
    cr_expect_eq(count_parts(answer.err, "\"timed\":false,"), 1, "%s", answer.err);
    cr_expect_eq(count_parts(answer.err, "\"timed\":true"), 2, "%s", answer.err);
    forget(&answer);
}

Test(bench, a_kernel_that_becomes_wrong_while_it_is_timed_gets_no_number)
{
    struct answer answer = in_folder("$V bench $B/faulty/first_ten_calls.so " BRIEF);
    expect_code(&answer, 1);
    expect_in(answer.out, "wrong, so it has no number: while it was timed: d");
    expect_in(answer.out, "first_ten_calls --repeat 1000\n");
    expect_in(answer.err, "nothing was timed");
    char replay[1024];
    const char *begin = strstr(answer.out, "vjpcheck run");
    cr_assert_not_null(begin);
    snprintf(replay, sizeof replay, "%.*s", (int)strcspn(begin, "\n"), begin);
    forget(&answer);
    answer = sh("PATH=\"$B:$PATH\"; %s", replay);
    expect_code(&answer, 1);
    forget(&answer);
}

/* The one leaves a right answer where it was, the other writes over a wrong one; blocks of such shapes have a
 * multiple of 8 calls. */
Test(bench, a_kernel_that_only_seems_right_after_a_block_gets_no_number)
{
    static const char *const plants[] = {"stops_working", "wrong_every_eighth_call"};
    static const char *const verdicts[] = {"unwritten", "wrong"};
    for (int i = 0; i < 2; i++) {
        char part[128];
        struct answer answer = in_folder("$V bench $B/faulty/%s.so " BRIEF, plants[i]);
        expect_code(&answer, 1);
        snprintf(part, sizeof part,
                 "%s.so:%s: %s, so it has no number: while it was timed: ", plants[i], plants[i],
                 verdicts[i]);
        expect_in(answer.out, part);
        expect_in(answer.err, "nothing was timed");
        forget(&answer);
    }
}

Test(bench, a_peer_that_is_not_right_leaves_the_others_their_numbers)
{
    struct answer answer = in_folder("$V bench avx2 --against $B/faulty/first_ten_calls.so " BRIEF);
    expect_code(&answer, 1);
    expect_in(answer.out, "first_ten_calls.so:first_ten_calls: wrong, so it has no number: while");
    expect_in(answer.out, "\n  avx2:linear ");
    expect_not_in(answer.out, "pair by pair");
    expect_in(answer.out, "\n  no speed: first_ten_calls.so:first_ten_calls has no number\n");
    forget(&answer);
}

Test(bench, a_kernel_that_hangs_is_ended)
{
    struct answer answer =
        in_folder("$V bench $B/faulty/never_returns.so --timeout 0.2 --shapes s.cases");
    expect_code(&answer, 1);
    expect_in(answer.out, "never_returns.so:never_returns: hung, so it has no number");
    forget(&answer);
}

/* The rows and the operands, in their order; what a number is nobody looks at, but there are some. A library that
 * the build has not found is told in its row. */
Test(bench, the_oracle_is_held_against_others)
{
    static const char *const others[] = {
        "size of operands and results", "OpenBLAS", "MPFR ", "FLINT", "one thread (own",
        "itself on normal operands",    "OpenBLAS"};
    static const char *const kinds[] = {"normal", "cancel", "wide", "subnormal", "f64"};
    struct answer answer = sh("$V bench oracle --shape 3,5,7 --time 0.001");
    expect_code(&answer, 0);
    cr_expect_str_eq(answer.err, "");
    const char *at = answer.out;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char start[64];
        snprintf(start, sizeof start, "\n  %s", others[i]);
        at = strstr(at, start);
        cr_assert_not_null(at, "%s: %s", others[i], answer.out);
        at++;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char line[128];
        snprintf(line, sizeof line, "\n  %s: linear dtype=f%s N=3 D=5 M=7 x=", kinds[i],
                 strcmp(kinds[i], "f64") == 0 ? "64" : "32");
        expect_in(answer.out, line);
    }
    /* Goals are for another shape. */
    expect_not_in(answer.out, "at most");
    forget(&answer);
}

Test(bench, the_oracle_is_written_as_json)
{
    struct answer answer = sh("$V bench oracle --shape=2,3,4 --time=0.001 --json=- 2>/dev/null");
    expect_code(&answer, 0);
    cr_expect_eq(count_parts(answer.out, "{\"type\":\"oracle_ratio\","), 9, "%s", answer.out);
    cr_expect_eq(count_parts(answer.out, "{\"type\":\"oracle_operands\","), 5);
    /* dx has 6 elements, dw 12. */
    cr_expect_eq(count_parts(answer.out, ",\"elements\":18,"), 5);
    cr_expect_eq(count_parts(answer.out, "\n"), 14);
    cr_expect_eq(count_parts(answer.out, "\"measured\":true") +
                     count_parts(answer.out, "\"measured\":false"),
                 9);
    cr_expect_geq(count_parts(answer.out, "\"measured\":true"), 6);
    forget(&answer);
}

Test(bench, the_oracle_takes_few_options)
{
    expect_failure(2, "--shape 1,2: expected three sizes", "$V bench oracle --shape 1,2");
    expect_failure(2, "--time 0: expected", "$V bench oracle --time 0");
    expect_failure(2, "--layer has no use with \"bench oracle\"", "$V bench oracle --layer linear");
    expect_failure(2, "--threads has no use", "$V bench oracle --threads 2");
    expect_failure(2, "\"naive\" is too much", "$V bench oracle naive");
    expect_failure(2, "no plug-in \"oracle\"", "$V bench naive oracle --time 0.01");
    expect_failure(2, "--shape has a use with \"bench oracle\" only", "$V bench --shape 1,2,3");
    expect_failure(3, "/nowhere/x", "$V bench oracle --shape 1,1,1 --json /nowhere/x");
}

Test(bench, mistakes_are_told_before_anything_is_timed)
{
    expect_failure(2, "--threads 0: expected up to 16 whole numbers from 1 to 64, as 1,2",
                   "$V bench --threads 0");
    expect_failure(2, "--threads 1,: expected", "$V bench --threads 1,");
    expect_failure(2, "--threads 2,2: 2 stands there twice", "$V bench --threads 2,2");
    expect_failure(2, "--time 0: expected", "$V bench --time 0");
    expect_failure(2, "--layer liner: no such layer", "$V bench --layer liner");
    expect_failure(2, "no plug-in \"nobody\"", "$V bench nobody");
    expect_failure(2, "no plug-in \"nobody\"", "$V bench naive --against nobody");
    expect_failure(2, "/nowhere", "$V bench --shapes /nowhere");
    expect_failure(2, "every shape has accumulate=1",
                   "echo linear dtype=f32 N=1 D=1 M=1 accumulate=1 | $V bench --shapes /dev/stdin");
    expect_failure(2, "no selected kernel serves the one shape",
                   "echo relu dtype=f32 N=1 M=1 | $V bench avx2 --shapes /dev/stdin");
    expect_failure(2, "the case is too large for the explicit Jacobian",
                   "echo relu dtype=f32 N=4096 M=4096 | $V bench naive --shapes /dev/stdin");
    expect_failure(2, "--fail-below has a use with --compare only", "$V bench --fail-below 1");
    expect_failure(2, "--compare takes two files", "$V bench --compare a");
    expect_failure(2, "--compare takes two files", "$V bench --compare a b c");
    expect_failure(2, "--json has no use with it", "$V bench --compare a b --json c");
    expect_failure(2, "--fail-below 0: expected a ratio", "$V bench --compare a b --fail-below 0");
    expect_failure(2, "/nowhere: No such file", "$V bench --compare /nowhere b");
}

Test(bench, a_full_disk_is_told_once)
{
    struct answer answer = in_folder("$V bench avx2 --json - " BRIEF " 2>err >/dev/full; code=$?; "
                                     "grep -c 'writing failed: No space left' err; exit $code");
    expect_code(&answer, 3);
    cr_expect_str_eq(answer.out, "1\n");
    forget(&answer);
}

/* As a bench would write them: the first kernel half as fast, by the clock and by the peak, the second
 * half as fast on a machine that does half as much, the third lost. */
#define LINE(kernel, timed, median, low, high, peak)                                               \
    "{\\\"type\\\":\\\"bench\\\",\\\"case\\\":\\\"linear dtype=f32 N=1 D=1 M=1\\\","               \
    "\\\"kernel\\\":\\\"" kernel "\\\",\\\"version\\\":\\\"\\\",\\\"verdict\\\":\\\"pass\\\","     \
    "\\\"cpu\\\":\\\"x\\\",\\\"threads\\\":1,\\\"above_peak\\\":false,\\\"timed\\\":" timed ","    \
    "\\\"seconds\\\":{\\\"n\\\":9,\\\"median\\\":" median ",\\\"q1\\\":" median ","                \
    "\\\"q3\\\":" median ",\\\"low\\\":" low ",\\\"high\\\":" high "},\\\"flops\\\":1,"            \
    "\\\"peak\\\":" peak "}"

#define FIRST "'{\"type\":\"bench_header\",\"format\":1}'"
#define LAST  "'{\"type\":\"bench_summary\",\"results\":3}'"

Test(bench, two_runs_are_compared_by_their_files)
{
    static const char files[] =
        "{ echo " FIRST "; "
        "echo \"" LINE("a:k", "true", "1", "0.9", "1.1",
                       "8") "\"; "
                            "echo \"" LINE(
                                "b:k", "true", "1", "0.9", "1.1",
                                "8") "\"; "
                                     "echo \"" LINE(
                                         "c:k", "true", "1", "0.9", "1.1",
                                         "8") "\"; echo " LAST "; } >old; "
                                              "{ echo " FIRST "; "
                                              "echo \"" LINE(
                                                  "a:k", "true", "2", "1.9", "2.1",
                                                  "8") "\"; "
                                                       "echo \"" LINE(
                                                           "b:k", "true", "2", "1.9", "2.1",
                                                           "4") "\"; "
                                                                "echo \"" LINE("c:k", "false", "1",
                                                                               "0.9", "1.1",
                                                                               "8") "\"; echo " LAST
                                                                                    "; } >new";
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s; %s; $V bench --compare old new", folder, files);
    expect_code(&answer, 0);
    expect_in(answer.out, "a:k     1.00 s  2.00 s  0.50x  0.43-0.58     0.50x  SLOWER\n");
    expect_in(answer.out, "b:k     1.00 s  2.00 s  0.50x  0.43-0.58     1.00x\n");
    expect_in(answer.out, "c:k     1.00 s    pass      -          -         -  NO NUMBER\n");
    forget(&answer);
    answer = sh("cd %s; $V bench --compare old new --fail-below 0.95", folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "2 of 3 below 0.95, or without a number");
    forget(&answer);
    answer = sh("cd %s; $V bench --compare old old --fail-below 0.95", folder);
    expect_code(&answer, 0);
    forget(&answer);
    answer = sh("cd %s; sed s/N=1/N=2/ old >other; $V bench --compare old other", folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "nothing to compare");
    forget(&answer);
    answer = sh("cd %s; $V bench oracle --shape 2,3,4 --time 0.001 --json o >out && "
                "$V bench --compare o new",
                folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "o: what \"bench oracle\" wrote: its ratios stand beside goals");
    forget(&answer);
    answer = sh("cd %s; head -n 3 old >cut; $V bench --compare cut new", folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "cut: cut off: expected a line of type \"bench_summary\"");
    forget(&answer);
    remove_folder(folder);
}

Test(bench, shapes_that_are_not_timed_are_named)
{
    struct answer answer = in_folder(
        "{ cat s.cases s.cases; echo relu dtype=f32 N=1 M=1; "
        "echo linear dtype=f32 N=1 D=1 M=1 accumulate=1; } >more; "
        "$V bench avx2 --shapes more --time 0.01 --json json; code=$?; grep skip json >&2; "
        "exit $code");
    expect_code(&answer, 0);
    cr_expect_eq(count_parts(answer.out, "\n  avx2:linear "), 2, "%s", answer.out);
    expect_in(answer.out, "\nnot timed: 2 shapes: it stands there twice: linear dtype=f32 N=5 ");
    expect_in(answer.out, "\nnot timed: 1 shape: no selected kernel is for relu: relu dtype=f32 ");
    expect_in(answer.out, "\nnot timed: 1 shape: accumulate is not timed: a result that grows is ");
    cr_expect_eq(count_parts(answer.err, "\"status\":\"repeated\""), 2, "%s", answer.err);
    cr_expect_eq(count_parts(answer.err, "\"status\":\"unsupported\""), 1);
    cr_expect_eq(count_parts(answer.err, "\"status\":\"accumulate\""), 1);
    expect_in(answer.err, "\"results\":2,\"timed\":2,\"failed\":0,\"skipped\":4,");
    forget(&answer);
}

/* A peer that is a TARGET as well is one kernel, also where it has no number. */
Test(bench, a_peer_among_the_targets_is_told_of_once)
{
    struct answer answer =
        in_folder("echo linear dtype=f32 N=0 D=4 M=4 >more; "
                  "$V bench naive avx2 --against naive --shapes more --time 0.01 --json old; "
                  "$V bench $B/faulty/term_twice.so avx2 --against $B/faulty/term_twice.so "
                  "--shapes s.cases --time 0.01 --json new; "
                  "$V bench --compare old old && $V bench --compare new new");
    expect_code(&answer, 0);
    cr_expect_eq(count_parts(answer.out, "\n  naive:linear  vacuous\n"), 1, "%s", answer.out);
    expect_in(answer.out, "no speed: naive:linear has no number");
    forget(&answer);
}

Test(bench, what_a_bench_wrote_can_be_compared)
{
    struct answer answer =
        in_folder("$V bench blocked --json old " BRIEF " && $V bench blocked --json new " BRIEF
                  " && $V bench --compare old new");
    expect_code(&answer, 0);
    expect_in(answer.out, "speed by\n");
    expect_not_in(answer.out, "missing");
    forget(&answer);
}
