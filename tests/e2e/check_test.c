/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

#include <jansson.h>

/* Two cases that tell something, one that does not. */
#define CASES                                                                                      \
    "printf 'linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]\\n"                   \
    "# a comment\\n"                                                                               \
    "linear dtype=f32 N=3 D=4 M=5 x=exact w=exact dy=exact seed=0x1f\\n"                           \
    "linear dtype=f32 N=1 D=1 M=1 dy=[0]\\n' >c.cases"

Test(check, sound_kernels_are_exit_0)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && " CASES " && $V check --cases c.cases", folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "naive:linear    linear  f32        3      2     0        1");
    expect_in(answer.out, "\n3 kernels, 9 checks: 0 failed, 3 vacuous, ");
    expect_not_in(answer.out, "\033");
    cr_expect_str_eq(answer.err, "");
    forget(&answer);
    remove_folder(folder);
}

Test(check, the_built_in_cases_run_with_their_seed_shown)
{
    struct answer answer = sh("$V check naive --count 3 --seed 0x2a --dtype f64");
    expect_code(&answer, 0);
    expect_in(answer.out, "seed 0x2a, ");
    forget(&answer);
}

Test(check, a_faulty_kernel_is_exit_1_and_its_replay_fails_again)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && " CASES " && $V check $B/faulty/term_twice.so "
                              "--cases c.cases",
                              folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "term_twice.so: wrong in ");
    const char *replay = strstr(answer.out, "vjpcheck run ");
    cr_assert_not_null(replay);
    char command[2048];
    snprintf(command, sizeof command, "%.*s", (int)strcspn(replay, "\n"), replay);
    struct answer again = sh("PATH=\"$B:$PATH\"; %s", command);
    expect_code(&again, 1);
    expect_in(again.out, "\n  wrong: ");
    expect_in(again.out, "outside");
    forget(&again);
    forget(&answer);
    remove_folder(folder);
}

/* Parses a stream line by line; the caller frees *lines. */
static size_t parse_stream(const char *text, json_t **lines, size_t most)
{
    size_t count = 0;
    while (*text) {
        const size_t length = strcspn(text, "\n");
        json_error_t error;
        cr_assert_lt(count, most);
        lines[count] = json_loadb(text, length, 0, &error);
        cr_assert_not_null(lines[count], "%s: %.*s", error.text, (int)length, text);
        count++;
        text += length + (text[length] == '\n');
    }
    return count;
}

static const char *get(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "";
}

Test(check, the_stream_is_a_header_the_checks_and_a_summary)
{
    char folder[64];
    make_folder(folder);
    json_t *lines[16] = {0};
    struct answer answer =
        sh("cd %s && " CASES " && $V check naive --cases c.cases --json - ", folder);
    expect_code(&answer, 0);
    expect_in(answer.err, "1 kernel, 3 checks: 0 failed"); /* stdout has the stream */
    const size_t count = parse_stream(answer.out, lines, 16);
    cr_assert_eq(count, 5);
    cr_expect_str_eq(get(lines[0], "type"), "header");
    cr_expect_eq(json_integer_value(json_object_get(lines[0], "checks")), 3);
    for (int i = 1; i < 4; i++)
        cr_expect_str_eq(get(lines[i], "type"), "check");
    cr_expect_str_eq(get(lines[1], "verdict"), "exact");
    cr_expect_str_eq(get(lines[1], "case"),
                     "linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]");
    cr_expect_str_eq(get(lines[3], "verdict"), "vacuous");
    cr_expect_str_eq(get(lines[4], "type"), "summary");
    cr_expect_eq(json_integer_value(json_object_get(lines[4], "checks")), 3);
    for (size_t i = 0; i < count; i++)
        json_decref(lines[i]);
    forget(&answer);
    remove_folder(folder);
}

Test(check, files_are_there_when_the_run_is_complete)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && " CASES " && $V check $B/faulty/term_twice.so naive "
                              "--cases c.cases --json j --junit u.xml >/dev/null; code=$?; ls; "
                              "xmllint --noout u.xml && "
                              "xmllint --xpath 'string(/testsuites/@failures)' u.xml; exit $code",
                              folder);
    expect_code(&answer, 1);
    cr_expect_str_eq(answer.out, "c.cases\nj\nu.xml\n2\n");
    forget(&answer);
    remove_folder(folder);
}

Test(check, a_full_disk_is_exit_3)
{
    char folder[64];
    make_folder(folder);
    expect_failure(3, "/dev/full: writing failed: No space left on device",
                   "cd %s && " CASES " && $V check naive --cases c.cases --json /dev/full", folder);
    expect_failure(3, "/dev/full: writing failed: No space left on device",
                   "cd %s && $V check naive --cases c.cases --junit /dev/full", folder);
    expect_failure(3, "nowhere/j.partial: cannot be written",
                   "cd %s && $V check naive --cases c.cases --json nowhere/j", folder);
    struct answer answer = sh("cd %s && $V check naive --cases c.cases >/dev/full", folder);
    expect_code(&answer, 3);
    forget(&answer);
    remove_folder(folder);
}

/* Killed in the middle: what there is has another name, is whole lines, and lacks the summary. */
Test(check, a_run_that_was_cut_off_leaves_no_file_that_looks_whole, .timeout = 60)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && echo linear dtype=f32 N=1 D=1 M=1 >c && "
           "timeout -s KILL 2 $V check naive $B/faulty/never_returns.so --cases c "
           "--timeout 50 --json j >/dev/null; ls; cat j.partial",
           folder);
    cr_expect_eq(strstr(answer.out, "c\nj.partial\n{\"type\":\"header\","), answer.out, "%s",
                 answer.out);
    expect_in(answer.out, "\n{\"type\":\"check\",");
    expect_not_in(answer.out, "summary");
    forget(&answer);
    remove_folder(folder);
}

Test(check, a_hung_kernel_costs_three_cases, .timeout = 60)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && for i in 1 2 3 4 5 6; do echo linear dtype=f32 N=1 D=1 M=1 "
                              "seed=$i; done >c && $V check $B/faulty/never_returns.so --cases c "
                              "--timeout 0.2 --junit - ",
                              folder);
    expect_code(&answer, 1);
    expect_in(answer.err, "never_returns.so: hung in 3 cases");
    expect_in(answer.err, "6 checks: 3 failed, 0 vacuous, 0 unsupported, 3 not run;");
    expect_in(answer.out, "failures=\"3\" errors=\"0\" skipped=\"3\"");
    forget(&answer);
    remove_folder(folder);
}

Test(check, state_is_found_and_replayed)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && for i in 1 2 3 4 5 6; do echo linear dtype=f32 N=2 D=2 M=2 "
                              "seed=$i; done >c && $V check $B/faulty/first_ten_calls.so --cases c",
                              folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "first_ten_calls.so: state_dependent in ");
    const char *replay = strstr(answer.out, "vjpcheck run ");
    cr_assert_not_null(replay);
    char command[2048];
    snprintf(command, sizeof command, "%.*s", (int)strcspn(replay, "\n"), replay);
    expect_in(command, " --repeat ");
    struct answer again = sh("PATH=\"$B:$PATH\"; %s", command);
    expect_code(&again, 1);
    expect_in(again.out, "\n  state_dependent: ");
    forget(&again);
    forget(&answer);
    remove_folder(folder);
}

/* Sums from the other end after its 150th call: inside the bound all the time, the same bits when a
 * call is repeated, but not what a fresh process gives. */
static const char turning[] =
    "#include \"vjp_plain.h\"\n"
    "static void turning(float *dx, float *dw, const float *x, const float *w, const float *dy,\n"
    "                    int64_t N, int64_t D, int64_t M)\n"
    "{\n"
    "    static int calls;\n"
    "    const int back = calls++ >= 150;\n"
    "    for (int64_t n = 0; n < N; n++)\n"
    "        for (int64_t d = 0; d < D; d++) {\n"
    "            volatile float sum = 0;\n"
    "            for (int64_t i = 0; i < M; i++) {\n"
    "                const int64_t m = back ? M - 1 - i : i;\n"
    "                sum += dy[n * M + m] * w[d * M + m];\n"
    "            }\n"
    "            dx[n * D + d] = sum;\n"
    "        }\n"
    "    for (int64_t d = 0; d < D; d++)\n"
    "        for (int64_t m = 0; m < M; m++) {\n"
    "            dw[d * M + m] = 0;\n"
    "            for (int64_t n = 0; n < N; n++)\n"
    "                dw[d * M + m] += x[n * D + d] * dy[n * M + m];\n"
    "        }\n"
    "}\n"
    "VJP_PLAIN_LINEAR_F32(turning);\n";

Test(check, a_success_is_compared_with_a_fresh_process_now_and_then)
{
    char folder[64];
    char path[96];
    make_folder(folder);
    snprintf(path, sizeof path, "%s/turning.c", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(turning, file);
    fclose(file);
    struct answer answer =
        sh("cd %s && cc -O1 -shared -fPIC -I \"$S/impls/abi\" turning.c -o turning.so && "
           "for i in $(seq 70); do echo linear dtype=f32 N=1 D=3 M=40 seed=$i; done >c && "
           "$V check ./turning.so --cases c",
           folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "turning.so: state_dependent in 1 case\n"
                          "  other bits in a process that had run 64 cases before than in a fresh "
                          "one, first in dx[0,");
    expect_in(answer.out, " --repeat 65"); /* 63, and one that was asked with a multiple of dy */
    forget(&answer);
    remove_folder(folder);
}

Test(check, only_failed_hides_what_is_sound)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && " CASES " && $V check naive $B/faulty/term_twice.so "
                              "--cases c.cases --only-failed",
                              folder);
    expect_code(&answer, 1);
    expect_not_in(answer.out, "naive:linear");
    expect_in(answer.out, "term_twice.so  linear");
    forget(&answer);
    remove_folder(folder);
}

/* script(1) gives the program a terminal. */
Test(check, colour_and_progress_are_for_terminals)
{
    char folder[64];
    make_folder(folder);
    struct answer probe = sh("command -v script");
    const bool have_script = probe.code == 0;
    forget(&probe);
    if (!have_script)
        cr_skip_test("script(1) is not installed");
    struct answer answer = sh("cd %s && " CASES " && TERM=xterm script -qec "
                              "\"$V check naive --cases c.cases\" /dev/null",
                              folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "\033[32mexact\033[0m");
    expect_in(answer.out, "\r\033[K");
    forget(&answer);
    answer = sh("cd %s && NO_COLOR=1 TERM=xterm script -qec \"$V check naive --cases c.cases\" "
                "/dev/null",
                folder);
    expect_code(&answer, 0);
    expect_not_in(answer.out, "\033[32m");
    forget(&answer);
    answer =
        sh("cd %s && TERM=dumb script -qec \"$V check naive --cases c.cases\" /dev/null", folder);
    expect_code(&answer, 0);
    expect_not_in(answer.out, "\033");
    forget(&answer);
    remove_folder(folder);
}

/* What the README tells a kernel's author to do. */
Test(check, a_plugin_of_ones_own_takes_one_command)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd \"$S\" && cc -O2 -shared -fPIC -I impls/abi impls/example/my_linear.c -o "
           "%s/my_linear.so && $V check %s/my_linear.so --count 20",
           folder, folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "my_linear.so");
    /* What its one line declares it does not do: vjp_plain.h. */
    expect_in(answer.out, "my_linear.so f32: ");
    expect_in(answer.out, " unsupported: has no bias (");
    forget(&answer);
    remove_folder(folder);
}

/* Two cases that only the exact oracle takes, among one that the explicit one does: in their order, and at any
 * number of threads; and all by the exact one. */
Test(check, cases_of_production_size)
{
    static const char cases[] =
        "cd %s && printf '%%s\\n' 'linear dtype=f32 N=170 D=160 M=160 x=normal w=normal dy=normal' "
        "'linear dtype=f32 N=3 D=4 M=5' 'matmul dtype=f32 B=2 M=150 K=150 N=100' >c && "
        "$V check naive --cases c --json - --jobs %d --oracle %s | grep -o "
        "'\"verdict\":\"[a-z]*\"'";
    static const char want[] = "\"verdict\":\"pass\"\n\"verdict\":\"pass\"\n\"verdict\":\"pass\"\n";
    char folder[64];
    make_folder(folder);
    for (int jobs = 1; jobs <= 3; jobs++) {
        struct answer answer = sh(cases, folder, jobs, jobs == 3 ? "exact" : "auto");
        expect_code(&answer, 0);
        cr_expect_str_eq(answer.out, want, "%s", answer.err);
        forget(&answer);
    }
    struct answer answer = sh(cases, folder, 1, "explicit");
    cr_expect_str_eq(answer.out, "");
    expect_in(answer.err, "linear dtype=f32 N=170 D=160 M=160 ");
    expect_in(answer.err, "the case is too large for the explicit Jacobian");
    forget(&answer);
    answer = sh("$V check naive --layer relu --oracle exact");
    expect_code(&answer, 2);
    expect_in(answer.err, "layer relu is no sum of products of operands");
    forget(&answer);
    remove_folder(folder);
}
