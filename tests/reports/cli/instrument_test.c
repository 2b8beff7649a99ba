/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/instrument.h"

#include "impls/host/protocol.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scene {
    char folder[32], source[64], out[64];
};

static void start(struct scene *s, const char *text)
{
    strcpy(s->folder, "/tmp/vjpcheck-instr-XXXXXX");
    cr_assert_not_null(mkdtemp(s->folder));
    snprintf(s->source, sizeof s->source, "%s/k.c", s->folder);
    snprintf(s->out, sizeof s->out, "%s/out", s->folder);
    FILE *file = fopen(s->source, "w");
    fputs(text, file);
    fclose(file);
}

static void end(const struct scene *s)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", s->folder);
    cr_assert_eq(system(command), 0);
}

/* The library has what saves its counts, options come through, and counts of a build before are gone. */
Test(instrument, builds_a_library_that_counts)
{
    struct scene s;
    struct vjp_error error = {""};
    char *path = NULL;
    char old[96];
    start(&s, "int f(void);\nint f(void) { return VALUE; }\n");
    const struct vjp_instrument i = {
        .source = s.source, .compiler = "cc", .flags = "  -DVALUE=42 \t-Wall ", .folder = s.out};
    cr_assert_eq(vjp_instrument_build(&i, &path, &error), VJP_OK, "%s", error.text);
    snprintf(old, sizeof old, "%s/build/old.gcda", s.out);
    fclose(fopen(old, "w"));
    free(path);
    cr_assert_eq(vjp_instrument_build(&i, &path, &error), VJP_OK, "%s", error.text);
    cr_expect_neq(access(old, F_OK), 0);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    cr_assert_not_null(library, "%s", dlerror());
    int (*f)(void);
    void (*save)(void);
    *(void **)&f = dlsym(library, "f");
    *(void **)&save = dlsym(library, VJP_COVERAGE_SYMBOL);
    cr_assert(f && save);
    cr_expect_eq(f(), 42);
    char counts[96];
    snprintf(counts, sizeof counts, "%s/build/kernel.gcda", s.out);
    cr_expect_neq(access(counts, F_OK), 0);
    save();
    cr_expect_eq(access(counts, F_OK), 0);
    free(path);
    end(&s);
}

Test(instrument, a_source_with_a_mistake)
{
    struct scene s;
    struct vjp_error error = {""};
    char *path = NULL;
    start(&s, "int f(void) { return }\n");
    const struct vjp_instrument i = {.source = s.source, .compiler = "cc", .folder = s.out};
    cr_expect_eq(vjp_instrument_build(&i, &path, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "error: expected expression"), "%s", error.text);
    cr_expect_null(path);
    end(&s);
}

Test(instrument, a_folder_that_cannot_be_made)
{
    struct scene s;
    struct vjp_error error = {""};
    char *path = NULL;
    start(&s, "int x;\n");
    const struct vjp_instrument i = {
        .source = s.source, .compiler = "cc", .folder = "/nowhere/out"};
    cr_expect_eq(vjp_instrument_build(&i, &path, &error), VJP_ERR_IO);
    cr_expect_not_null(strstr(error.text, "cannot make /nowhere/out"), "%s", error.text);
    end(&s);
}
