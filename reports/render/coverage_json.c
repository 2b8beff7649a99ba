/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/coverage.h"

#include "reports/render/json_line.h"

#include <stdlib.h>
#include <string.h>

static void clear_texts(char **texts, int count)
{
    for (int i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

void vjp_coverage_clear_gaps(struct vjp_coverage_file *file)
{
    for (int i = 0; i < file->n_gaps; i++) {
        clear_texts(file->gap[i].note, file->gap[i].n_notes);
        clear_texts(file->gap[i].runs, file->gap[i].runs ? file->gap[i].n_notes : 0);
    }
    free(file->gap);
    file->gap = NULL;
    file->n_gaps = 0;
}

static void clear_file(struct vjp_coverage_file *file)
{
    vjp_coverage_clear_gaps(file);
    clear_texts(file->source, file->n_source);
    free(file->path);
    free(file->label);
    free(file->line);
}

void vjp_coverage_clear(struct vjp_coverage *coverage)
{
    for (int i = 0; i < coverage->count; i++)
        clear_file(&coverage->file[i]);
    free(coverage->file);
    *coverage = (struct vjp_coverage){0};
}

struct vjp_coverage_totals vjp_coverage_count_file(const struct vjp_coverage_file *file)
{
    struct vjp_coverage_totals totals = {0};
    for (int k = 0; k < file->count; k++) {
        const struct vjp_coverage_line *line = &file->line[k];
        totals.lines++;
        totals.ran += line->ran;
        totals.branches += line->branches;
        totals.taken += line->taken;
    }
    return totals;
}

struct vjp_coverage_totals vjp_coverage_count(const struct vjp_coverage *coverage)
{
    struct vjp_coverage_totals totals = {0};
    for (int i = 0; i < coverage->count; i++) {
        const struct vjp_coverage_totals t = vjp_coverage_count_file(&coverage->file[i]);
        totals.lines += t.lines;
        totals.ran += t.ran;
        totals.branches += t.branches;
        totals.taken += t.taken;
    }
    return totals;
}

/* So many branches of a line have their bit. */
#define MASK_BITS 64

/* Counts come as whole numbers. Lines that GCC lists without code, or that the source marks as none, have "noncode".
 * ordered: the branches stand in GCC's order. */
static bool read_line(const json_t *json, bool ordered, struct vjp_coverage_line *out)
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
        if (json_integer_value(taken) > 0) {
            out->taken++;
            out->mask |= i < MASK_BITS ? UINT64_C(1) << i : 0;
        }
        out->branches++;
    }
    if (out->branches > MASK_BITS || !(ordered || json_is_true(json_object_get(json, "ordered"))))
        out->mask = 0;
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

/* False where it is no array of texts, or memory has ended. */
static bool read_texts(const json_t *array, char ***out, int *count)
{
    const json_t *value;
    size_t i;
    if (!array)
        return true;
    *out = json_is_array(array) ? calloc(json_array_size(array) + 1, sizeof **out) : NULL;
    if (!*out)
        return false;
    json_array_foreach(array, i, value)
    {
        (*out)[*count] = json_is_string(value) ? strdup(json_string_value(value)) : NULL;
        if (!(*out)[*count])
            return false;
        (*count)++;
    }
    return true;
}

/* A line's number, or 0. */
static bool read_number(const json_t *json, const char *key, int *out)
{
    const json_t *number = json_object_get(json, key);
    if (!json_is_integer(number) || json_integer_value(number) < 0 ||
        json_integer_value(number) > INT32_MAX)
        return false;
    *out = (int)json_integer_value(number);
    return true;
}

static bool read_gaps(const json_t *array, struct vjp_coverage_file *out)
{
    const json_t *json;
    size_t i;
    if (!array)
        return true;
    out->gap = json_is_array(array) ? calloc(json_array_size(array) + 1, sizeof *out->gap) : NULL;
    if (!out->gap)
        return false;
    json_array_foreach(array, i, json)
    {
        struct vjp_coverage_gap *gap = &out->gap[out->n_gaps++];
        if (!read_number(json, "from", &gap->from) || !read_number(json, "to", &gap->to) ||
            !read_number(json, "guard", &gap->guard) ||
            !read_texts(json_object_get(json, "notes"), &gap->note, &gap->n_notes))
            return false;
    }
    return true;
}

static bool read_file(const json_t *json, bool ordered, struct vjp_coverage_file *out)
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
        if (!read_line(line, ordered, &out->line[out->count]))
            return false;
        out->count++;
    }
    qsort(out->line, (size_t)out->count, sizeof *out->line, by_number);
    return read_texts(json_object_get(json, "source"), &out->source, &out->n_source) &&
           read_gaps(json_object_get(json, "unreached"), out);
}

static enum vjp_status read_all(const json_t *json, struct vjp_coverage *out,
                                struct vjp_error *error)
{
    struct vjp_coverage coverage = {0};
    const bool is_gcovrs = json_object_get(json, "gcovr/format_version") != NULL;
    const json_t *files = json_object_get(json, "files");
    const json_t *file;
    size_t i;
    coverage.file = calloc(json_array_size(files) + 1, sizeof *coverage.file);
    enum vjp_status status = VJP_OK;
    if (!coverage.file)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    else if (!json_is_array(files))
        status = vjp_fail(error, VJP_ERR_USAGE, "expected \"files\", as gcovr --json writes it");
    json_array_foreach(files, i, file)
    {
        if (status == VJP_OK && !read_file(file, is_gcovrs, &coverage.file[coverage.count++]))
            status = vjp_fail(error, VJP_ERR_USAGE,
                              "file %zu: expected \"file\" and \"lines\", as gcovr --json writes "
                              "them",
                              i + 1);
    }
    if (status == VJP_OK)
        *out = coverage;
    else
        vjp_coverage_clear(&coverage);
    return status;
}

enum vjp_status vjp_coverage_read(const char *path, struct vjp_coverage *out,
                                  struct vjp_error *error)
{
    json_error_t where;
    json_t *json = json_load_file(path, 0, &where);
    if (!json)
        return vjp_fail(error, VJP_ERR_USAGE, "%s:%d: %s", path, where.line, where.text);
    const enum vjp_status status = read_all(json, out, error);
    if (status != VJP_OK)
        vjp_error_prefix(error, "%s: ", path);
    json_decref(json);
    return status;
}

/* gcovr does not say what was not reached. */
enum vjp_status vjp_coverage_read_line(const void *json, struct vjp_coverage *out,
                                       struct vjp_error *error)
{
    const bool told = !json_object_get(json, "gcovr/format_version");
    const struct vjp_census none = {0};
    const enum vjp_status status = read_all(json, out, error);
    return status == VJP_OK && !told ? vjp_coverage_explain(out, NULL, &none, error) : status;
}

static json_t *make_line(const struct vjp_coverage_line *line)
{
    struct vjp_json_line object = {.json = json_object()};
    json_t *branches = json_array();
    vjp_json_set(&object, "line_number", json_integer(line->number));
    vjp_json_set(&object, "count", json_integer(line->ran));
    for (int i = 0; i < line->branches; i++) {
        const bool taken = line->mask ? line->mask >> i & 1 : i < line->taken;
        object.failed |=
            json_array_append_new(branches, json_pack("{s:i}", "count", taken ? 1 : 0)) != 0;
    }
    vjp_json_set(&object, "branches", branches);
    if (line->mask)
        vjp_json_set(&object, "ordered", json_true());
    return vjp_json_take(&object);
}

static json_t *make_gap(const struct vjp_coverage_gap *gap)
{
    struct vjp_json_line object = {.json = json_object()};
    vjp_json_set(&object, "from", json_integer(gap->from));
    vjp_json_set(&object, "to", json_integer(gap->to));
    vjp_json_set(&object, "guard", json_integer(gap->guard));
    vjp_json_set(&object, "notes", vjp_json_texts((const char *const *)gap->note, gap->n_notes));
    return vjp_json_take(&object);
}

static json_t *make_file(const struct vjp_coverage_file *file)
{
    struct vjp_json_line object = {.json = json_object()};
    json_t *lines = json_array(), *gaps = json_array();
    vjp_json_set(&object, "file", vjp_json_text(file->path));
    for (int i = 0; i < file->count; i++)
        object.failed |= json_array_append_new(lines, make_line(&file->line[i])) != 0;
    for (int i = 0; i < file->n_gaps; i++)
        object.failed |= json_array_append_new(gaps, make_gap(&file->gap[i])) != 0;
    vjp_json_set(&object, "lines", lines);
    vjp_json_set(&object, "source",
                 vjp_json_texts((const char *const *)file->source, file->n_source));
    vjp_json_set(&object, "unreached", gaps);
    return vjp_json_take(&object);
}

enum vjp_status vjp_coverage_write(struct vjp_sink *sink, const struct vjp_coverage *coverage,
                                   struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("coverage");
    json_t *files = json_array();
    for (int i = 0; i < coverage->count; i++)
        line.failed |= json_array_append_new(files, make_file(&coverage->file[i])) != 0;
    vjp_json_set(&line, "files", files);
    return vjp_json_end(&line, sink, error);
}
