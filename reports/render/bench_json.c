/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_json.h"

#include "cases/spec/case.h"
#include "impls/host/foreign.h"
#include "reports/render/json_line.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_numbers(struct vjp_json_line *line, const struct vjp_bench_result *r)
{
    char note[128];
    vjp_json_set(line, "calls", json_integer(r->calls));
    vjp_json_set_sample(line, "seconds", &r->time);
    vjp_json_set(line, "flops", vjp_json_number(r->flops));
    vjp_json_set(line, "bytes", vjp_json_number(r->bytes));
    vjp_json_set(line, "intensity", vjp_json_number(vjp_bench_intensity(r)));
    vjp_json_set(line, "flop_per_second", vjp_json_number(vjp_bench_rate(r)));
    vjp_json_set(line, "bytes_per_second", vjp_json_number(r->bytes / r->time.median));
    vjp_json_set(line, "peak", vjp_json_number(r->peak));
    vjp_json_set(line, "peak_name", vjp_json_text(r->peak_name));
    vjp_json_set(line, "of_peak", vjp_json_number(vjp_bench_of_peak(r)));
    vjp_json_set(line, "bandwidth", vjp_json_number(r->bandwidth));
    vjp_json_set(line, "of_roof", vjp_json_number(vjp_bench_of_roof(r)));
    if (r->against) {
        vjp_json_set(line, "against", vjp_json_text(r->against));
        vjp_json_set_sample(line, "ratio", &r->ratio);
    }
    vjp_json_set(line, "noise", vjp_json_number(r->noise));
    vjp_json_set(line, "note", vjp_json_text(vjp_bench_note(r, note, sizeof note)));
}

enum vjp_status vjp_bench_json_header(struct vjp_sink *sink, const struct vjp_bench_header *h,
                                      struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("bench_header");
    vjp_json_set(&line, "format", json_integer(VJP_BENCH_FORMAT));
    vjp_json_set(&line, "version", vjp_json_text(h->version));
    vjp_json_set(&line, "cpu", vjp_json_text(h->cpu));
    vjp_json_set(&line, "time", vjp_json_number(h->seconds));
    vjp_json_set(&line, "timeout", vjp_json_number(h->timeout));
    vjp_json_set(&line, "against", vjp_json_text(h->against));
    vjp_json_set(&line, "layer", vjp_json_text(h->layer));
    vjp_json_set(&line, "shapes", vjp_json_text(h->shapes));
    vjp_json_set(&line, "sizes", vjp_json_text(h->sizes));
    vjp_json_set(&line, "apart", json_boolean(h->apart));
    json_t *threads = json_array(), *targets = json_array();
    for (int i = 0; i < h->n_threads; i++)
        line.failed |= json_array_append_new(threads, json_integer(h->threads[i])) != 0;
    for (int i = 0; i < h->n_targets; i++)
        line.failed |= json_array_append_new(targets, vjp_json_text(h->targets[i])) != 0;
    vjp_json_set(&line, "threads", threads);
    vjp_json_set(&line, "targets", targets);
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_bench_json_skip(struct vjp_sink *sink, const struct vjp_bench_skip *skip,
                                    struct vjp_error *error)
{
    static const char *const states[VJP_SKIP_COUNT] = {[VJP_SKIP_UNSUPPORTED] = "unsupported",
                                                       [VJP_SKIP_ACCUMULATE] = "accumulate",
                                                       [VJP_SKIP_IN_PLACE] = "in_place",
                                                       [VJP_SKIP_REPEATED] = "repeated"};
    struct vjp_json_line line = vjp_json_begin("bench_skip");
    vjp_json_set(&line, "case", vjp_json_text(skip->line));
    vjp_json_set(&line, "status", vjp_json_text(states[skip->kind]));
    vjp_json_set(&line, "reason", vjp_json_text(skip->reason));
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_bench_json_summary(struct vjp_sink *sink, const struct vjp_bench_totals *totals,
                                       struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("bench_summary");
    vjp_json_set(&line, "results", json_integer(totals->results));
    vjp_json_set(&line, "timed", json_integer(totals->timed));
    vjp_json_set(&line, "failed", json_integer(totals->failed));
    vjp_json_set(&line, "skipped", json_integer(totals->skipped));
    vjp_json_set(&line, "seconds", vjp_json_number(totals->seconds));
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_bench_json_write(struct vjp_sink *sink, const struct vjp_bench_result *r,
                                     struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("bench");
    vjp_json_set(&line, "case", vjp_json_text(r->line));
    vjp_json_set(&line, "kernel", vjp_json_text(r->target));
    vjp_json_set(&line, "plugin", vjp_json_text(r->plugin));
    vjp_json_set(&line, "version", vjp_json_text(r->version));
    vjp_json_set(&line, "threads", json_integer(r->threads));
    vjp_json_set(&line, "cpu", vjp_json_text(r->cpu));
    vjp_json_set(&line, "verdict", vjp_json_text(r->verdict));
    vjp_json_set(&line, "reason", vjp_json_text(r->reason));
    vjp_json_set(&line, "replay", vjp_json_text(r->replay));
    vjp_json_set(&line, "timed", json_boolean(r->timed));
    vjp_json_set(&line, "above_peak", json_boolean(r->above_peak));
    if (r->no_ratio)
        vjp_json_set(&line, "no_ratio", vjp_json_text(r->no_ratio));
    if (r->timed)
        set_numbers(&line, r);
    return vjp_json_end(&line, sink, error);
}

/* One line while it is read: the first thing that is wrong is kept. */
struct reader {
    const char *path;
    int number; /* of the line, from 1 */
    const json_t *json;
    bool failed;
    bool ended; /* the summary was read */
    struct vjp_error *error;
};

static void miss(struct reader *r, const char *key, const char *expected)
{
    if (!r->failed)
        vjp_error_set(r->error, "%s:%d: \"%s\": expected %s", r->path, r->number, key, expected);
    r->failed = true;
}

static const char *get_text(struct reader *r, const char *key)
{
    const json_t *value = json_object_get(r->json, key);
    if (!json_is_string(value))
        miss(r, key, "a text");
    return json_string_value(value);
}

/* A number above 0; NaN for "nan" where that is allowed. */
static double get_number(struct reader *r, const json_t *object, const char *key, bool may_be_nan)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    const double number = json_number_value(value);
    if (may_be_nan && text && strcmp(text, "nan") == 0)
        return NAN;
    if (!json_is_number(value) || !(number > 0))
        miss(r, key, may_be_nan ? "a number above 0 or \"nan\"" : "a number above 0");
    return number;
}

static void get_sample(struct reader *r, const char *key, struct vjp_sample *out)
{
    const json_t *object = json_object_get(r->json, key);
    out->n = json_integer_value(json_object_get(object, "n"));
    out->median = get_number(r, object, "median", false);
    out->q1 = get_number(r, object, "q1", false);
    out->q3 = get_number(r, object, "q3", false);
    out->low = get_number(r, object, "low", true);
    out->high = get_number(r, object, "high", true);
}

/* What a comparison needs; the rest of a line is for people. */
static void read_result(struct reader *r, struct vjp_bench_result *out)
{
    const json_t *threads = json_object_get(r->json, "threads");
    const json_t *timed = json_object_get(r->json, "timed");
    const json_t *above = json_object_get(r->json, "above_peak");
    *out = (struct vjp_bench_result){.line = get_text(r, "case"),
                                     .target = get_text(r, "kernel"),
                                     .version = get_text(r, "version"),
                                     .verdict = get_text(r, "verdict"),
                                     .cpu = get_text(r, "cpu"),
                                     .threads = (int)json_integer_value(threads),
                                     .timed = json_is_true(timed),
                                     .above_peak = json_is_true(above)};
    if (out->threads != json_integer_value(threads) || out->threads < 1 ||
        out->threads > VJP_THREADS_MAX)
        miss(r, "threads", "a whole number from 1 to the most that a case may have");
    if (!json_is_boolean(timed))
        miss(r, "timed", "true or false");
    if (!json_is_boolean(above))
        miss(r, "above_peak", "true or false");
    if (!out->timed)
        return;
    get_sample(r, "seconds", &out->time);
    out->peak = get_number(r, r->json, "peak", true);
    const json_t *flops = json_object_get(r->json, "flops");
    out->flops = json_number_value(flops);
    if (!json_is_number(flops) || out->flops < 0)
        miss(r, "flops", "a number from 0");
}

/* The first line tells what a file is. */
static enum vjp_status check_first(const struct reader *r, const char *type)
{
    const json_t *format = json_object_get(r->json, "format");
    if (strncmp(type, "oracle_", 7) == 0)
        return vjp_fail(
            r->error, VJP_ERR_USAGE,
            "%s: what \"bench oracle\" wrote: its ratios stand beside goals, and are not "
            "compared; expected what \"bench --json\" wrote of kernels",
            r->path);
    if (strcmp(type, "bench_header") != 0)
        return vjp_fail(
            r->error, VJP_ERR_USAGE,
            "%s:%d: no line of type \"bench_header\": expected what \"bench --json\" wrote",
            r->path, r->number);
    if (!json_is_integer(format) || json_integer_value(format) != VJP_BENCH_FORMAT)
        return vjp_fail(r->error, VJP_ERR_USAGE,
                        "%s: \"format\" is %" JSON_INTEGER_FORMAT ", expected %d: another version "
                        "of vjpcheck wrote it",
                        r->path, json_integer_value(format), VJP_BENCH_FORMAT);
    return VJP_OK;
}

/* The summary counts the results before it. */
static enum vjp_status check_summary(struct reader *r, const struct vjp_bench_file *file)
{
    const json_t *results = json_object_get(r->json, "results");
    r->ended = true;
    if (json_is_integer(results) && json_integer_value(results) == (json_int_t)file->count)
        return VJP_OK;
    return vjp_fail(r->error, VJP_ERR_USAGE,
                    "%s:%d: the summary counts %" JSON_INTEGER_FORMAT " results, the file has %zu",
                    r->path, r->number, json_integer_value(results), file->count);
}

static enum vjp_status add_result(struct reader *r, json_t *json, struct vjp_bench_file *file)
{
    const size_t size = file->count + 1;
    struct vjp_bench_result *grown = realloc(file->result, size * sizeof *grown);
    if (grown)
        file->result = grown;
    void **objects = realloc(file->object, size * sizeof *objects);
    if (objects)
        file->object = objects;
    if (!grown || !objects)
        return vjp_fail(r->error, VJP_ERR_MEMORY, "no memory for %s", r->path);
    read_result(r, &grown[file->count]);
    objects[file->count++] = json_incref(json);
    return r->failed ? VJP_ERR_USAGE : VJP_OK;
}

/* All of the line's bytes: what stands behind a NUL is no part of an object. What is shown of it, in the
 * library's words, may hold any byte of the file. */
static enum vjp_status add_line(struct reader *r, const char *text, size_t length,
                                struct vjp_bench_file *file)
{
    json_error_t why;
    json_t *json = json_loadb(text, length, 0, &why);
    if (!json_is_object(json)) {
        char found[sizeof why.text] = "something else";
        if (!json)
            vjp_foreign_text(found, sizeof found, why.text, sizeof why.text);
        vjp_error_set(r->error, "%s:%d: expected a JSON object: %s", r->path, r->number, found);
        json_decref(json);
        return VJP_ERR_USAGE;
    }
    const char *text_of_type = json_string_value(json_object_get(json, "type"));
    const char *type = text_of_type ? text_of_type : "";
    enum vjp_status status = VJP_OK;
    r->json = json;
    if (r->number == 1)
        status = check_first(r, type);
    else if (r->ended)
        status = vjp_fail(r->error, VJP_ERR_USAGE, "%s:%d: there is more after the summary",
                          r->path, r->number);
    else if (strcmp(type, "bench_summary") == 0)
        status = check_summary(r, file);
    else if (strcmp(type, "bench") == 0)
        status = add_result(r, json, file);
    json_decref(json);
    return status;
}

enum vjp_status vjp_bench_json_read(const char *path, struct vjp_bench_file *out,
                                    struct vjp_error *error)
{
    struct vjp_bench_file file = {0};
    struct reader reader = {.path = path, .error = error};
    enum vjp_status status = VJP_OK;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    FILE *stream = fopen(path, "re");
    if (!stream)
        return vjp_fail(error, VJP_ERR_USAGE, "%s: %s", path, strerror(errno));
    while (status == VJP_OK && (length = getline(&line, &size, stream)) >= 0) {
        reader.number++;
        status = add_line(&reader, line, (size_t)length, &file);
    }
    if (status == VJP_OK && ferror(stream))
        status = vjp_fail(error, VJP_ERR_USAGE, "%s: %s", path, strerror(errno));
    if (status == VJP_OK && reader.number == 0)
        status =
            vjp_fail(error, VJP_ERR_USAGE, "%s: empty: expected what \"bench --json\" wrote", path);
    if (status == VJP_OK && !reader.ended)
        status =
            vjp_fail(error, VJP_ERR_USAGE,
                     "%s: cut off: expected a line of type \"bench_summary\" at its end", path);
    if (status == VJP_OK && file.count == 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "%s: there is no result in it", path);
    free(line);
    fclose(stream);
    if (status == VJP_OK)
        *out = file;
    else
        vjp_bench_file_clear(&file);
    return status;
}

void vjp_bench_file_clear(struct vjp_bench_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        json_decref(file->object[i]);
    free(file->object);
    free(file->result);
    *file = (struct vjp_bench_file){0};
}
