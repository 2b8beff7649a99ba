/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_RENDER_FIXTURE_H
#define VJP_TESTS_REPORTS_RENDER_FIXTURE_H

#include "reports/render/record.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline struct vjp_record make_record(const char *target, const char *dtype,
                                            enum vjp_verdict verdict, int64_t elements)
{
    return (struct vjp_record){.line = "linear dtype=f32 N=1 D=1 M=1",
                               .target = target,
                               .plugin = "plug",
                               .kernel = "kern",
                               .layer = "linear",
                               .dtype = dtype,
                               .ran = true,
                               .verdict = verdict,
                               .reason = vjp_verdict_is_failure(verdict) ? "because" : "",
                               .replay = "vjpcheck run 'linear' --kernel plug:kern",
                               .elements = elements,
                               .n_gradients = 1,
                               .gradient = {{.name = "dx",
                                             .count = 2,
                                             .compared = 2,
                                             .correct = 1,
                                             .worst_ulp = 0.75,
                                             .worst_relative = 1e-7,
                                             .worst_backward = 1e-8,
                                             .worst_ratio = 0.5}}};
}

/* Everything that was written to a memory stream; free it. */
struct capture {
    FILE *file;
    char *text;
    size_t length;
};

static inline void capture_begin(struct capture *capture)
{
    *capture = (struct capture){0};
    capture->file = open_memstream(&capture->text, &capture->length);
    cr_assert_not_null(capture->file);
}

static inline const char *capture_end(struct capture *capture)
{
    fclose(capture->file);
    return capture->text;
}

/* A folder of the test's own, which remove_folder takes away with the files in it. */
static inline char *make_folder(char path[64])
{
    strcpy(path, "/tmp/vjpcheck-test-XXXXXX");
    cr_assert_not_null(mkdtemp(path));
    return path;
}

static inline char *read_whole(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    char *text = calloc(1, 1 << 20);
    cr_assert_not_null(text);
    cr_assert_lt(fread(text, 1, (1 << 20) - 1, file), (1 << 20) - 1);
    fclose(file);
    return text;
}

static inline void expect_in(const char *text, const char *part)
{
    cr_expect(strstr(text, part) != NULL, "\"%s\" is not in:\n%s", part, text);
}

static inline void expect_not_in(const char *text, const char *part)
{
    cr_expect(strstr(text, part) == NULL, "\"%s\" is in:\n%s", part, text);
}

#endif
