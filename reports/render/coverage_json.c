/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/coverage.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void vjp_coverage_clear(struct vjp_coverage *coverage)
{
    for (int i = 0; i < coverage->count; i++) {
        free(coverage->file[i].path);
        free(coverage->file[i].line);
    }
    free(coverage->file);
    *coverage = (struct vjp_coverage){0};
}

struct vjp_coverage_totals vjp_coverage_count(const struct vjp_coverage *coverage)
{
    struct vjp_coverage_totals totals = {0};
    for (int i = 0; i < coverage->count; i++) {
        for (int k = 0; k < coverage->file[i].count; k++) {
            const struct vjp_coverage_line *line = &coverage->file[i].line[k];
            totals.lines++;
            totals.ran += line->ran;
            totals.branches += line->branches;
            totals.taken += line->taken;
        }
    }
    return totals;
}

/* Counts come as whole numbers. Lines that GCC lists without code, or that the source marks as none, have "noncode". */
static bool read_line(const json_t *json, struct vjp_coverage_line *out)
{
    const json_t *number = json_object_get(json, "line_number");
    const json_t *count = json_object_get(json, "count");
    const json_t *branches = json_object_get(json, "branches");
    const json_t *branch;
    size_t i;
    if (!json_is_integer(number) || !json_is_integer(count) || json_integer_value(number) < 1 ||
        json_integer_value(number) > INT32_MAX)
        return false;
    *out = (struct vjp_coverage_line){.number = (int)json_integer_value(number),
                                      .ran = json_integer_value(count) > 0};
    json_array_foreach(branches, i, branch)
    {
        const json_t *taken = json_object_get(branch, "count");
        if (!json_is_integer(taken))
            return false;
        out->branches++;
        out->taken += json_integer_value(taken) > 0;
    }
    return true;
}

static bool is_code(const json_t *line)
{
    return !json_is_true(json_object_get(line, "gcovr/noncode"));
}

static int by_number(const void *a, const void *b)
{
    const struct vjp_coverage_line *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static bool read_file(const json_t *json, struct vjp_coverage_file *out)
{
    const char *path = json_string_value(json_object_get(json, "file"));
    const json_t *lines = json_object_get(json, "lines");
    const json_t *line;
    size_t i;
    if (!path || !json_is_array(lines))
        return false;
    out->path = strdup(path);
    out->line = calloc(json_array_size(lines) + 1, sizeof *out->line);
    if (!out->path || !out->line)
        return false;
    json_array_foreach(lines, i, line)
    {
        if (!is_code(line))
            continue;
        if (!read_line(line, &out->line[out->count]))
            return false;
        out->count++;
    }
    qsort(out->line, (size_t)out->count, sizeof *out->line, by_number);
    return true;
}

enum vjp_status vjp_coverage_read(const char *path, struct vjp_coverage *out,
                                  struct vjp_error *error)
{
    struct vjp_coverage coverage = {0};
    json_error_t where;
    const json_t *file;
    size_t i;
    json_t *json = json_load_file(path, 0, &where);
    if (!json)
        return vjp_fail(error, VJP_ERR_USAGE, "%s:%d: %s", path, where.line, where.text);
    const json_t *files = json_object_get(json, "files");
    coverage.file = calloc(json_array_size(files) + 1, sizeof *coverage.file);
    enum vjp_status status = VJP_OK;
    if (!coverage.file)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    else if (!json_is_array(files))
        status = vjp_fail(error, VJP_ERR_USAGE, "%s: expected \"files\", as gcovr --json writes it",
                          path);
    json_array_foreach(files, i, file)
    {
        if (status == VJP_OK && !read_file(file, &coverage.file[coverage.count++]))
            status = vjp_fail(error, VJP_ERR_USAGE,
                              "%s: file %zu: expected \"file\" and \"lines\", as gcovr --json "
                              "writes them",
                              path, i + 1);
    }
    json_decref(json);
    if (status == VJP_OK)
        *out = coverage;
    else
        vjp_coverage_clear(&coverage);
    return status;
}
