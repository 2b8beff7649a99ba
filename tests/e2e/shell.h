/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_E2E_SHELL_H
#define VJP_TESTS_E2E_SHELL_H

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a command said and how it ended. */
struct answer {
    char *out;
    char *err;
    size_t out_length;
    int code; /* the exit code; -1: ended by a signal */
};

static inline char *read_all(const char *path, size_t *length)
{
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    char buffer[4096];
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, file)) > 0;)
        fwrite(buffer, 1, got, memory);
    fclose(file);
    fclose(memory);
    if (length)
        *length = size;
    return text;
}

/* A folder of the test's own. */
static inline const char *make_folder(char path[64])
{
    strcpy(path, "/tmp/vjpcheck-e2e-XXXXXX");
    cr_assert_not_null(mkdtemp(path));
    return path;
}

static inline void remove_folder(const char *path)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", path);
    cr_assert_eq(system(command), 0);
}

/* Runs a shell command in which $V is the program, $B the build folder and $S the source tree. */
__attribute__((format(printf, 1, 2))) static inline struct answer sh(const char *format, ...)
{
    struct answer answer = {0};
    char folder[64];
    char out[96];
    char err[96];
    char command[8192];
    char text[9000];
    va_list args;
    va_start(args, format);
    cr_assert_lt(vsnprintf(command, sizeof command, format, args), (int)sizeof command);
    va_end(args);
    snprintf(out, sizeof out, "%s/out", make_folder(folder));
    snprintf(err, sizeof err, "%s/err", folder);
    snprintf(text, sizeof text,
             "V='" TEST_BINARY_DIR "/vjpcheck'; B='" TEST_BINARY_DIR "'; S='" TEST_SOURCE_DIR
             "'; ( %s ) >%s 2>%s </dev/null",
             command, out, err);
    const int status = system(text);
    answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    answer.out = read_all(out, &answer.out_length);
    answer.err = read_all(err, NULL);
    remove_folder(folder);
    return answer;
}

static inline void forget(struct answer *answer)
{
    free(answer->out);
    free(answer->err);
}

#define expect_code(answer, expected)                                                              \
    cr_expect_eq((answer)->code, expected, "exit code %d; stdout: %s; stderr: %s", (answer)->code, \
                 (answer)->out, (answer)->err)
#define expect_in(text, part)                                                                      \
    cr_expect(strstr(text, part) != NULL, "\"%s\" is not in:\n%s", part, text)
#define expect_not_in(text, part)                                                                  \
    cr_expect(strstr(text, part) == NULL, "\"%s\" is in:\n%s", part, text)

/* The command fails with this code, says so once on stderr and nothing on stdout. */
#define expect_failure(expected, part, ...)                                                        \
    do {                                                                                           \
        struct answer failure = sh(__VA_ARGS__);                                                   \
        expect_code(&failure, expected);                                                           \
        expect_in(failure.err, part);                                                              \
        cr_expect_eq(strncmp(failure.err, "vjpcheck: ", 10), 0, "%s", failure.err);                \
        cr_expect_str_eq(failure.out, "");                                                         \
        forget(&failure);                                                                          \
    } while (0)

#endif
