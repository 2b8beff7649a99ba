/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json_line.h"

#include "reports/render/escape.h"

#include <math.h>
#include <stdlib.h>

struct vjp_json_line vjp_json_begin(const char *type)
{
    struct vjp_json_line line = {.json = json_object()};
    vjp_json_set(&line, "type", json_string(type));
    return line;
}

/* json_object_set_new returns -1 for a NULL value. */
void vjp_json_set(struct vjp_json_line *line, const char *key, json_t *value)
{
    if (json_object_set_new(line->json, key, value) != 0)
        line->failed = true;
}

json_t *vjp_json_take(struct vjp_json_line *line)
{
    json_t *json = line->json;
    if (line->failed) {
        json_decref(json);
        json = NULL;
    }
    *line = (struct vjp_json_line){0};
    return json;
}

json_t *vjp_json_text(const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_utf8(&clean, text ? text : "");
    json_t *json = clean.failed ? NULL : json_string(clean.data);
    vjp_text_clear(&clean);
    return json;
}

json_t *vjp_json_texts(const char *const *texts, int count)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++) {
        if (json_array_append_new(array, vjp_json_text(texts[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

json_t *vjp_json_number(double value)
{
    if (isfinite(value))
        return json_real(value);
    return json_string(isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
}

void vjp_json_set_sample(struct vjp_json_line *line, const char *key,
                         const struct vjp_sample *sample)
{
    struct vjp_json_line inner = {.json = json_object()};
    vjp_json_set(&inner, "n", json_integer(sample->n));
    vjp_json_set(&inner, "median", vjp_json_number(sample->median));
    vjp_json_set(&inner, "q1", vjp_json_number(sample->q1));
    vjp_json_set(&inner, "q3", vjp_json_number(sample->q3));
    vjp_json_set(&inner, "low", vjp_json_number(sample->low));
    vjp_json_set(&inner, "high", vjp_json_number(sample->high));
    vjp_json_set(line, key, inner.json);
    line->failed = line->failed || inner.failed;
}

enum vjp_status vjp_json_end_text(struct vjp_json_line *line, struct vjp_text *out,
                                  struct vjp_error *error)
{
    char *text = line->failed ? NULL : json_dumps(line->json, JSON_COMPACT);
    if (text)
        vjp_text_add(out, "%s\n", text);
    const bool failed = !text || out->failed;
    free(text);
    json_decref(line->json);
    *line = (struct vjp_json_line){0};
    return failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
}

enum vjp_status vjp_json_end(struct vjp_json_line *line, struct vjp_sink *sink,
                             struct vjp_error *error)
{
    struct vjp_text out = {0};
    enum vjp_status status = vjp_json_end_text(line, &out, error);
    if (status == VJP_OK)
        status = vjp_sink_write(sink, out.data, error);
    vjp_text_clear(&out);
    return status;
}
