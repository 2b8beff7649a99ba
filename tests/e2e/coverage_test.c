/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

/* A kernel that is right but for M = 7, where it faults, and that has lines which no case needs. */
static const char kernel[] =
    "#include \"vjp_plain.h\"\n"
    "static void odd(float *dx, float *dw, const float *x, const float *w, const float *dy,\n"
    "                int64_t N, int64_t D, int64_t M)\n"
    "{\n"
    "    if (N > 100000) {\n"
    "        dx[0] = 1;\n"
    "    }\n"
    "    for (int64_t i = 0; i < N * D; i++) {\n"
    "        dx[i] = 0;\n"
    "        for (int64_t m = 0; m < M; m++)\n"
    "            dx[i] += dy[i / D * M + m] * w[i % D * M + m];\n"
    "    }\n"
    "    for (int64_t i = 0; i < D * M; i++) {\n"
    "        dw[i] = 0;\n"
    "        for (int64_t n = 0; n < N; n++)\n"
    "            dw[i] += x[n * D + i / M] * dy[n * M + i % M];\n"
    "    }\n"
    "    if (M == 7)\n"
    "        __builtin_trap();\n"
    "}\n"
    "VJP_PLAIN_LINEAR_F32(odd);\n";

static void write_kernel(const char *folder)
{
    char path[96];
    snprintf(path, sizeof path, "%s/odd.c", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(kernel, file);
    fclose(file);
}

/* Line 19 ran, in calls that did not come back. */
Test(coverage, lines_that_no_case_reached)
{
    char folder[64];
    make_folder(folder);
    write_kernel(folder);
    struct answer answer =
        sh("$V coverage %s/odd.c --cflags \"-I $S/impls/abi\" --out %s/out --cases 150 --max-dim 9",
           folder, folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "kernel.so:odd: crashed in ");
    expect_in(answer.out, "\nodd.c: 14 of 15 lines ran, 11 of 12 branches were taken\n");
    expect_in(answer.out, "  6 never ran: dx[0] = 1;\n"
                          "    since no case got past 5: if (N > 100000) {\n"
                          "      N was ");
    expect_not_in(answer.out, "19 never ran");
    forget(&answer);
    answer = sh("cd %s/out && ls coverage.html coverage.xml coverage.json kernel.so corpus && "
                "tail -1 coverage.jsonl | grep -c 'type\":\"coverage' && "
                "grep -q 'type\":\"campaign' coverage.jsonl && "
                "xmllint --noout --nonet --xpath 'string(//class/@filename)' coverage.xml 2>&1; "
                "grep -c 'filename=\"odd.c\"' coverage.xml",
                folder);
    expect_code(&answer, 0);
    forget(&answer);
    remove_folder(folder);
}

Test(coverage, mistakes)
{
    char folder[64];
    make_folder(folder);
    write_kernel(folder);
    struct answer answer = sh("$V coverage %s/odd.c --out %s/out", folder, folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "cc failed with exit code 1: ");
    expect_in(answer.err, "vjp_plain.h: No such file or directory");
    forget(&answer);
    answer = sh("$V coverage %s/nothing.c --out %s/out", folder, folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "nothing.c: cannot be read; expected a C file");
    forget(&answer);
    answer = sh("$V coverage %s/odd.c", folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "--out is missing: expected --out DIR");
    forget(&answer);
    answer = sh("PATH=/nowhere $V coverage %s/odd.c --out %s/out", folder, folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "cc: not found: expected it in a folder of PATH");
    forget(&answer);
    remove_folder(folder);
}
