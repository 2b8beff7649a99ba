/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/instrument.h"

#include "cases/base/text.h"
#include "impls/host/protocol.h"
#include "reports/cli/program.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* libgcov writes its counts where a process exits, and has a function that does so before, which is hidden in the library
 * that it was linked to. */
static const char dump[] = "extern void __gcov_dump(void);\n"
                           "void " VJP_COVERAGE_SYMBOL "(void);\n"
                           "__attribute__((visibility(\"default\"))) void " VJP_COVERAGE_SYMBOL
                           "(void)\n{\n    __gcov_dump();\n}\n";

/* Arguments of a program; texts that were made for it are freed with it. */
#define ARGUMENTS_MAX 128

struct arguments {
    const char *argv[ARGUMENTS_MAX + 1];
    int count;
    char *made[ARGUMENTS_MAX];
    int n_made;
    bool failed; /* too many, or no memory */
};

static void add(struct arguments *a, const char *text)
{
    if (a->count == ARGUMENTS_MAX || !text)
        a->failed = true;
    else
        a->argv[a->count++] = text;
}

static void add_made(struct arguments *a, char *text)
{
    if (a->n_made == ARGUMENTS_MAX) {
        free(text);
        text = NULL;
    } else {
        a->made[a->n_made++] = text;
    }
    add(a, text);
}

/* folder/name */
static char *join(const char *folder, const char *name)
{
    struct vjp_text path = {0};
    vjp_text_add(&path, "%s/%s", folder, name);
    return path.failed ? NULL : path.data; /* the text's storage is the caller's now */
}

static void add_flags(struct arguments *a, const char *flags)
{
    while (flags && *flags) {
        const size_t blanks = strspn(flags, " \t");
        const size_t length = strcspn(flags + blanks, " \t");
        if (length > 0)
            add_made(a, strndup(flags + blanks, length));
        flags += blanks + length;
    }
}

static enum vjp_status run_program(struct arguments *a, const char *folder, const char *log,
                                   struct vjp_error *error)
{
    char *path = join(folder, log);
    enum vjp_status status = path && !a->failed
                                 ? vjp_program_run(a->argv, path, error)
                                 : vjp_fail(error, VJP_ERR_LIMIT,
                                            "more than %d options for a program, or no memory for "
                                            "them",
                                            ARGUMENTS_MAX);
    for (int i = 0; i < a->n_made; i++)
        free(a->made[i]);
    free(path);
    return status;
}

static enum vjp_status make_folder(const char *path, struct vjp_error *error)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return vjp_fail(error, VJP_ERR_IO, "cannot make %s: %s", path, strerror(errno));
    return VJP_OK;
}

/* Counts of an earlier build. */
static void remove_counts(const char *folder)
{
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        const size_t length = strlen(entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".gcda") == 0)
            unlinkat(dirfd(entries), entry->d_name, 0);
    }
    if (entries)
        closedir(entries);
}

static enum vjp_status write_dump(const char *folder, struct vjp_error *error)
{
    char *path = join(folder, "build/dump.c");
    FILE *file = path ? fopen(path, "w") : NULL;
    const bool written = file && fputs(dump, file) >= 0;
    const bool closed = file && fclose(file) == 0;
    enum vjp_status status = VJP_OK;
    if (!written || !closed)
        status = vjp_fail(error, VJP_ERR_IO, "cannot write %s: %s", path ? path : "dump.c",
                          strerror(errno));
    free(path);
    return status;
}

/* One file to an object in folder/build. */
static enum vjp_status compile(const struct vjp_instrument *i, const char *source,
                               const char *object, const char *flags, struct vjp_error *error)
{
    static const char *const options[] = {"-O0", "-g", "-fPIC", "--coverage", "-c"};
    struct arguments a = {0};
    add(&a, i->compiler);
    for (size_t o = 0; o < sizeof options / sizeof *options; o++)
        add(&a, options[o]);
    add_flags(&a, flags);
    add(&a, source);
    add(&a, "-o");
    add_made(&a, join(i->folder, object));
    return run_program(&a, i->folder, "build/compiler.log", error);
}

/* The user's options once more: libraries are among them. */
static enum vjp_status link_library(const struct vjp_instrument *i, struct vjp_error *error)
{
    struct arguments a = {0};
    add(&a, i->compiler);
    add(&a, "-shared");
    add(&a, "--coverage");
    add_made(&a, join(i->folder, "build/kernel.o"));
    add_made(&a, join(i->folder, "build/dump.o"));
    add_flags(&a, i->flags);
    add(&a, "-o");
    add_made(&a, join(i->folder, "kernel.so"));
    return run_program(&a, i->folder, "build/linker.log", error);
}

enum vjp_status vjp_instrument_build(const struct vjp_instrument *i, char **path,
                                     struct vjp_error *error)
{
    char *build = join(i->folder, "build");
    char *source = join(i->folder, "build/dump.c");
    char *library = join(i->folder, "kernel.so");
    enum vjp_status status = build && source && library
                                 ? make_folder(i->folder, error)
                                 : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (status == VJP_OK)
        status = make_folder(build, error);
    if (status == VJP_OK) {
        remove_counts(build);
        status = write_dump(i->folder, error);
    }
    if (status == VJP_OK)
        status = compile(i, i->source, "build/kernel.o", i->flags, error);
    if (status == VJP_OK)
        status = compile(i, source, "build/dump.o", NULL, error);
    if (status == VJP_OK)
        status = link_library(i, error);
    if (status == VJP_OK) {
        *path = library;
        library = NULL;
    }
    free(library);
    free(source);
    free(build);
    return status;
}

enum vjp_status vjp_instrument_collect(const struct vjp_instrument *i, struct vjp_error *error)
{
    char resolved[PATH_MAX];
    struct arguments a = {0};
    if (!realpath(i->source, resolved))
        return vjp_fail(error, VJP_ERR_IO, "cannot find %s: %s", i->source, strerror(errno));
    add(&a, "gcovr");
    add(&a, "--root");
    add(&a, dirname(resolved));
    add(&a, "--exclude");
    add(&a, ".*/dump\\.c$");
    add(&a, "--json");
    add_made(&a, join(i->folder, "coverage.json"));
    add(&a, "--xml");
    add_made(&a, join(i->folder, "coverage.xml"));
    add(&a, "--html-details");
    add_made(&a, join(i->folder, "coverage.html"));
    add_made(&a, join(i->folder, "build"));
    return run_program(&a, i->folder, "build/gcovr.log", error);
}
