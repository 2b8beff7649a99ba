/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_FUZZ_FUZZ_H
#define VJP_TESTS_FUZZ_FUZZ_H

/* What the fuzz targets share. A target is one file, NAME_fuzz.c, that defines LLVMFuzzerTestOneInput; the
 * build and tests/fuzz/run find it by itself, its seeds are written by seeds.c, and its dictionary, if it has
 * one, is NAME.dict. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cases/base/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process where a property does not hold: libFuzzer keeps the input. */
#define FUZZ_EXPECT(ok, ...)                                                                       \
    do {                                                                                           \
        if (!(ok)) {                                                                               \
            fprintf(stderr, "%s:%d: expected %s: ", __FILE__, __LINE__, #ok);                      \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* The bytes up to a NUL as a text of its own, so that reading past its end is seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    FUZZ_EXPECT(text, "no memory");
    return text;
}

/* A terminal may be shown the text: nothing in it but blanks and newlines is below ' '. */
static inline void fuzz_expect_printable(const char *text)
{
    for (const char *p = text; *p; p++)
        FUZZ_EXPECT(((unsigned char)*p >= ' ' && *p != 0x7f) || *p == '\n', "0x%02x in: %s", *p,
                    text);
}

/* What bytes from outside lead to: they are refused as the user's or as too large, never with a fault of ours,
 * and the message is one line that a terminal may be shown. */
static inline void fuzz_expect_refused(enum vjp_status status, const struct vjp_error *error)
{
    const size_t length = strnlen(error->text, sizeof error->text);
    FUZZ_EXPECT(status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT, "status %d: %s", status,
                error->text);
    FUZZ_EXPECT(length > 0 && length < sizeof error->text, "length %zu", length);
    for (const char *p = error->text; *p; p++)
        FUZZ_EXPECT((unsigned char)*p >= ' ' && *p != 0x7f, "0x%02x in: %s", *p, error->text);
}

/* A file in memory, for what is read by its path. */
struct fuzz_file {
    int fd;
    char path[64];
};

static inline void fuzz_file_open(struct fuzz_file *file)
{
    file->fd = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_EXPECT(file->fd >= 0, "no file in memory");
    snprintf(file->path, sizeof file->path, "/proc/self/fd/%d", file->fd);
}

static inline void fuzz_file_set(const struct fuzz_file *file, const void *data, size_t size)
{
    FUZZ_EXPECT(ftruncate(file->fd, 0) == 0, "no room");
    FUZZ_EXPECT(pwrite(file->fd, data, size, 0) == (ssize_t)size, "no room");
}

/* Pipelines live as long as the process, as they should in one that reads a few files; here there is no end of
 * them. False for the name of a layer that would be one more than a bounded number of pipelines. */
static inline bool fuzz_may_know(const char *name, size_t length)
{
    static uint64_t known[512];
    static size_t count;
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    if (!memchr(name, '|', length))
        return true;
    for (size_t i = 0; i < length; i++) {
        if (name[i] != ' ' && name[i] != '\t')
            hash = (hash ^ (unsigned char)name[i]) * 0x100000001b3;
    }
    for (size_t i = 0; i < count; i++) {
        if (known[i] == hash)
            return true;
    }
    if (count == sizeof known / sizeof *known)
        return false;
    known[count++] = hash;
    return true;
}

/* The same for all lines of a text: what stands before the first '=' of each. */
static inline bool fuzz_may_read(const char *text)
{
    for (const char *line = text; *line;) {
        const size_t length = strcspn(line, "\n");
        const char *equals = memchr(line, '=', length);
        if (!fuzz_may_know(line, equals ? (size_t)(equals - line) : length))
            return false;
        line += length + (line[length] == '\n');
    }
    return true;
}

#endif
