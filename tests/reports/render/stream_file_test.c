/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/stream_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STUDY   "{\"type\":\"study\",\"study\":\"growth\"}"
#define GCOVR   "{\"files\": [], \"gcovr/format_version\": \"0.3\"}"
#define SUMMARY "{\"type\":\"summary\",\"seconds\":1}\n"

static char path[32];

/* Counts. */
static enum vjp_status count(void *env, const struct vjp_stream_line *line, struct vjp_error *error)
{
    (void)line;
    (void)error;
    ++*(int *)env;
    return VJP_OK;
}

static enum vjp_status read_text(const char *text, int *lines, struct vjp_stream_file *out,
                                 struct vjp_error *error)
{
    strcpy(path, "/tmp/vjpcheck-file-XXXXXX");
    const int descriptor = mkstemp(path);
    cr_assert_neq(descriptor, -1);
    cr_assert_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    *lines = 0;
    const enum vjp_status status = vjp_stream_file_read(path, count, lines, out, error);
    unlink(path);
    return status;
}

Test(stream_file, says_what_it_is)
{
    static const struct {
        const char *text, *first;
        int lines;
        bool complete, foreign, cut;
    } table[] = {
        {"{\"type\":\"header\",\"seed\":\"0x1\"}\n" SUMMARY, "header", 2, true, false, false},
        {"{\"type\":\"header\",\"seed\":\"0x1\"}\n", "header", 1, false, false, true},
        {"{\"type\":\"header\",\"seed\":\"0x1\"}\n{\"type\":\"sum", "header", 1, false, false,
         true},
        {STUDY "\n" SUMMARY, "study", 2, true, true, false},
        {STUDY "\n", "study", 1, false, true, true},
        {GCOVR "\n", "coverage", 1, true, true, false},
        {GCOVR, "coverage", 1, true, true, false}, /* as gcovr ends it */
        {STUDY, "", 0, false, false, true},
        {"{\"type\":\"bench_header\"}\n", "bench_header", 1, false, true, false},
        {"", "", 0, false, false, true},
    };
    cr_assert_not_null(freopen("/dev/null", "w", stderr));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_stream_file file;
        struct vjp_error error = {""};
        int lines;
        cr_assert_eq(read_text(table[i].text, &lines, &file, &error), VJP_OK, "%s", error.text);
        cr_expect_eq(lines, table[i].lines, "%zu: %d", i, lines);
        cr_expect_str_eq(file.first, table[i].first);
        cr_expect(file.complete == table[i].complete && file.foreign == table[i].foreign, "%zu", i);
        cr_expect_eq(file.cut, table[i].cut, "%zu", i);
    }
}

Test(stream_file, a_bad_line_is_named)
{
    struct vjp_stream_file file;
    struct vjp_error error = {""};
    char expected[64];
    int lines;
    cr_expect_eq(read_text(SUMMARY "[]\n", &lines, &file, &error), VJP_ERR_USAGE);
    snprintf(expected, sizeof expected, "%s:2: expected an object of JSON", path);
    cr_expect_str_eq(error.text, expected);
    cr_expect_eq(vjp_stream_file_read("/nowhere/x", count, &lines, &file, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "/nowhere/x: cannot be read: No such file or directory");
}
