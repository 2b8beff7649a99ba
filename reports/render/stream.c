/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/stream.h"

#include "impls/host/foreign.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_status fail_key(const char *key, const char *expected, struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_USAGE, "\"%s\": expected %s", key, expected);
}

/* The text under the key. A NUL in it is refused: what lies behind it would not be seen. */
static enum vjp_status read_text(const json_t *object, const char *key, const char **out,
                                 struct vjp_error *error)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value))
        return fail_key(key, "a text", error);
    *out = text;
    return VJP_OK;
}

/* So that the sums of a thousand files are still numbers. */
#define COUNT_MAX (INT64_C(1) << 53)

static bool is_count(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           json_integer_value(value) <= COUNT_MAX;
}

static enum vjp_status read_count(const json_t *object, const char *key, int64_t *out,
                                  struct vjp_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (!is_count(value))
        return fail_key(key, "a whole number from 0 to 2^53", error);
    *out = json_integer_value(value);
    return VJP_OK;
}

/* A number, or "nan", "inf", "-inf". */
static enum vjp_status read_number(const json_t *object, const char *key, double *out,
                                   struct vjp_error *error)
{
    static const struct {
        const char *text;
        double value;
    } texts[] = {{"nan", (double)NAN}, {"inf", (double)INFINITY}, {"-inf", -(double)INFINITY}};
    const json_t *value = json_object_get(object, key);
    if (json_is_number(value)) {
        *out = json_number_value(value);
        return VJP_OK;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (json_is_string(value) && strcmp(json_string_value(value), texts[i].text) == 0) {
            *out = texts[i].value;
            return VJP_OK;
        }
    }
    return fail_key(key, "a number, or \"nan\", \"inf\" or \"-inf\"", error);
}

/* 64 bits, which a JSON number does not hold: "0x1f". */
static enum vjp_status read_bits(const json_t *object, const char *key, uint64_t *out,
                                 struct vjp_error *error)
{
    const char *text = json_string_value(json_object_get(object, key));
    char *end = NULL;
    errno = 0;
    const unsigned long long value =
        text && strncmp(text, "0x", 2) == 0 ? strtoull(text + 2, &end, 16) : 0;
    if (!end || end == text + 2 || *end != '\0' || errno != 0 || text[2] == '-' || text[2] == '+')
        return fail_key(key, "a hexadecimal number, as \"0x1f\"", error);
    *out = value;
    return VJP_OK;
}

static enum vjp_status read_settled(const json_t *json, int64_t settled[VJP_SETTLED_COUNT],
                                    struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int by = 0; by < VJP_SETTLED_COUNT && status == VJP_OK; by++) {
        const char *name = vjp_record_settled_name((enum vjp_settled_by)by);
        if (json_object_get(json, name))
            status = read_count(json, name, &settled[by], error);
    }
    return status;
}

static enum vjp_status read_gradient(const char *name, const json_t *json,
                                     struct vjp_record_gradient *out, struct vjp_error *error)
{
    struct vjp_record_gradient g = {.trivial = json_is_true(json_object_get(json, "trivial"))};
    const struct {
        const char *key;
        int64_t *at;
    } counts[] = {{"count", &g.count},     {"compared", &g.compared},
                  {"correct", &g.correct}, {"outside", &g.outside},
                  {"excused", &g.excused}, {"unresolved", &g.unresolved}};
    const struct {
        const char *key;
        double *at;
    } numbers[] = {{"worst_ulp", &g.worst_ulp},
                   {"worst_relative", &g.worst_relative},
                   {"worst_backward", &g.worst_backward},
                   {"worst_ratio", &g.worst_ratio}};
    enum vjp_status status = VJP_OK;
    if (strlen(name) >= sizeof g.name)
        return vjp_fail(error, VJP_ERR_USAGE, "\"gradients\": a name of more than %zu bytes",
                        sizeof g.name - 1);
    snprintf(g.name, sizeof g.name, "%s", name);
    for (size_t i = 0; i < sizeof counts / sizeof *counts && status == VJP_OK; i++)
        status = read_count(json, counts[i].key, counts[i].at, error);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == VJP_OK; i++)
        status = read_number(json, numbers[i].key, numbers[i].at, error);
    if (status == VJP_OK)
        status = read_settled(json_object_get(json, "settled"), g.settled, error);
    if (status == VJP_OK)
        *out = g;
    return status;
}

static enum vjp_status read_gradients(json_t *json, struct vjp_record *record,
                                      struct vjp_error *error)
{
    json_t *gradients = json_object_get(json, "gradients");
    const char *name;
    json_t *gradient;
    if (!json_is_object(gradients) || json_object_size(gradients) > VJP_MAX_INPUTS)
        return fail_key("gradients", "an object of gradients", error);
    enum vjp_status status = VJP_OK;
    json_object_foreach(gradients, name, gradient)
    {
        if (status == VJP_OK)
            status = read_gradient(name, gradient, &record->gradient[record->n_gradients], error);
        record->n_gradients += status == VJP_OK;
    }
    return status;
}

static enum vjp_status read_verdict(const json_t *json, struct vjp_record *record,
                                    struct vjp_error *error)
{
    const char *name;
    const enum vjp_status status = read_text(json, "verdict", &name, error);
    if (status != VJP_OK)
        return status;
    record->left_out = strcmp(name, "left_out") == 0;
    if (record->left_out || strcmp(name, "not_run") == 0)
        return VJP_OK;
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (strcmp(name, vjp_verdict_name((enum vjp_verdict)v)) == 0) {
            record->ran = true;
            record->verdict = (enum vjp_verdict)v;
            return VJP_OK;
        }
    }
    return fail_key("verdict", "a verdict's word", error);
}

static enum vjp_status read_check(json_t *json, struct vjp_record *out, struct vjp_error *error)
{
    const struct {
        const char *key;
        const char **at;
    } texts[] = {{"case", &out->line},     {"target", &out->target}, {"plugin", &out->plugin},
                 {"kernel", &out->kernel}, {"layer", &out->layer},   {"dtype", &out->dtype},
                 {"reason", &out->reason}, {"replay", &out->replay}};
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == VJP_OK; i++)
        status = read_text(json, texts[i].key, texts[i].at, error);
    if (status == VJP_OK && json_object_get(json, "rows"))
        status = read_text(json, "rows", &out->rows, error);
    if (status == VJP_OK)
        status = read_count(json, "elements", &out->elements, error);
    if (status == VJP_OK)
        status = read_verdict(json, out, error);
    return status == VJP_OK ? read_gradients(json, out, error) : status;
}

static enum vjp_status read_dim(const json_t *json, struct vjp_census_layer *layer, int dim,
                                struct vjp_error *error)
{
    const json_t *sizes = json_object_get(json, "sizes");
    if (!json_is_array(sizes) || json_array_size(sizes) != VJP_CENSUS_SIZES)
        return fail_key("sizes", "as many counts as there are classes", error);
    for (int i = 0; i < VJP_CENSUS_SIZES; i++) {
        const json_t *count = json_array_get(sizes, (size_t)i);
        if (!is_count(count))
            return fail_key("sizes", "whole numbers from 0 to 2^53", error);
        layer->size[dim][i] = json_integer_value(count);
    }
    const enum vjp_status status = read_bits(json, "visited", &layer->visited[dim], error);
    layer->visited[dim] &= (UINT64_C(1) << VJP_CENSUS_CELLS) - 1;
    return status;
}

static enum vjp_status read_layer(const json_t *json, struct vjp_census *census,
                                  struct vjp_error *error)
{
    const char *name;
    struct vjp_census_layer *layer;
    enum vjp_status status = read_text(json, "layer", &name, error);
    const struct vjp_spec *spec = status == VJP_OK ? vjp_spec_find(name) : NULL;
    if (status != VJP_OK)
        return status;
    if (!spec)
        return fail_key("layer", "a layer that is known", error);
    status = vjp_census_need(census, spec, &layer, error);
    if (status == VJP_OK)
        status = read_count(json, "cases", &layer->cases, error);
    const json_t *dims = json_object_get(json, "dims");
    for (int d = 0; d < spec->n_dims && status == VJP_OK; d++)
        status = read_dim(json_object_get(dims, spec->dim[d]), layer, d, error);
    return status;
}

static enum vjp_status read_census(json_t *json, struct vjp_census *census, struct vjp_error *error)
{
    const json_t *layouts = json_object_get(json, "layouts");
    json_t *generators = json_object_get(json, "generators");
    const json_t *layers = json_object_get(json, "layers");
    const char *name;
    json_t *count;
    enum vjp_status status = read_count(json, "cases", &census->cases, error);
    for (int i = 0; i < VJP_CENSUS_LAYOUTS && status == VJP_OK; i++)
        status = read_count(layouts, vjp_census_layout_name((enum vjp_census_layout)i),
                            &census->layout[i], error);
    if (status == VJP_OK && (!json_is_object(generators) || !json_is_array(layers)))
        status =
            fail_key(json_is_array(layers) ? "generators" : "layers", "what fuzz writes", error);
    if (status != VJP_OK)
        return status;
    json_object_foreach(generators, name, count)
    {
        int64_t n = 0;
        if (status == VJP_OK)
            status = read_count(generators, name, &n, error);
        if (status == VJP_OK)
            status = vjp_census_count(census, name, n, error);
    }
    for (size_t i = 0; i < json_array_size(layers) && status == VJP_OK; i++)
        status = read_layer(json_array_get(layers, i), census, error);
    return status;
}

static enum vjp_status read_campaign(json_t *json, struct vjp_stream_line *out,
                                     struct vjp_error *error)
{
    struct vjp_campaign_record *c = &out->campaign;
    c->census = &out->census;
    enum vjp_status status = read_bits(json, "seed", &c->seed, error);
    if (status == VJP_OK)
        status = read_count(json, "shard", &c->shard, error);
    if (status == VJP_OK)
        status = read_count(json, "shards", &c->shards, error);
    if (status == VJP_OK && (c->shard < 1 || c->shard > c->shards))
        status = fail_key("shard", "a number from 1 to \"shards\"", error);
    c->shard--;
    if (status == VJP_OK)
        status = read_count(json, "replayed", &c->replayed, error);
    if (status == VJP_OK)
        status = read_count(json, "tiled", &c->tiled, error);
    if (status == VJP_OK)
        status = read_count(json, "climbed", &c->climbed, error);
    if (status == VJP_OK)
        status = read_count(json, "discarded", &c->discarded, error);
    if (status == VJP_OK)
        status = read_number(json, "seconds", &c->seconds, error);
    return status == VJP_OK ? read_census(json, &out->census, error) : status;
}

void vjp_stream_line_clear(struct vjp_stream_line *line)
{
    vjp_census_clear(&line->census);
    json_decref(line->json);
    *line = (struct vjp_stream_line){.type = VJP_STREAM_OTHER};
}

static enum vjp_status read_line(const char *text, size_t length, struct vjp_stream_line *out,
                                 struct vjp_error *error)
{
    static const char *const types[] = {[VJP_STREAM_HEADER] = "header",
                                        [VJP_STREAM_CHECK] = "check",
                                        [VJP_STREAM_CAMPAIGN] = "campaign",
                                        [VJP_STREAM_SUMMARY] = "summary"};
    json_error_t why;
    const char *type;
    *out = (struct vjp_stream_line){.type = VJP_STREAM_OTHER};
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    out->json = json;
    if (!json_is_object(json))
        return vjp_fail(error, VJP_ERR_USAGE, "expected an object of JSON%s%s", json ? "" : ": ",
                        json ? "" : why.text);
    enum vjp_status status = read_text(json, "type", &type, error);
    for (int i = 0; status == VJP_OK && i < VJP_STREAM_OTHER; i++) {
        if (strcmp(type, types[i]) == 0)
            out->type = (enum vjp_stream_type)i;
    }
    if (status == VJP_OK && out->type == VJP_STREAM_HEADER)
        status = read_bits(json, "seed", &out->seed, error);
    if (status == VJP_OK && out->type == VJP_STREAM_CHECK)
        status = read_check(json, &out->record, error);
    if (status == VJP_OK && out->type == VJP_STREAM_CAMPAIGN)
        status = read_campaign(json, out, error);
    if (status == VJP_OK && out->type == VJP_STREAM_SUMMARY)
        status = read_number(json, "seconds", &out->seconds, error);
    return status;
}

/* What is shown of the line may hold any byte of it. */
enum vjp_status vjp_stream_read(const char *text, size_t length, struct vjp_stream_line *out,
                                struct vjp_error *error)
{
    struct vjp_error why = {""};
    const enum vjp_status status = read_line(text, length, out, &why);
    if (status != VJP_OK && error)
        vjp_foreign_text(error->text, sizeof error->text, why.text, sizeof why.text);
    return status;
}
