/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/find.h"

#include "reports/render/json_line.h"
#include "reports/render/json_read.h"

#include <string.h>

static void set_small(struct vjp_json_line *line, const struct vjp_find_record *find)
{
    struct vjp_json_line small = {.json = json_object()};
    vjp_json_set(&small, "case", vjp_json_text(find->small));
    vjp_json_set(&small, "reason", vjp_json_text(find->reason));
    vjp_json_set(&small, "replay", vjp_json_text(find->replay));
    vjp_json_set(&small, "runs", json_integer(find->runs));
    vjp_json_set(&small, "complete", json_boolean(find->complete));
    vjp_json_set(&small, "program", vjp_json_text(find->program));
    vjp_json_set(line, "small", vjp_json_take(&small));
}

enum vjp_status vjp_find_text(const struct vjp_find_record *find, struct vjp_text *out,
                              struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("find");
    vjp_json_set(&line, "target", vjp_json_text(find->target));
    vjp_json_set(&line, "layer", vjp_json_text(find->layer));
    vjp_json_set(&line, "dtype", vjp_json_text(find->dtype));
    vjp_json_set(&line, "verdict", json_string(vjp_verdict_name(find->verdict)));
    vjp_json_set(&line, "case", vjp_json_text(find->line));
    vjp_json_set(&line, "cases", json_integer(find->cases));
    vjp_json_set(&line, "seconds", vjp_json_number(find->seconds));
    if (find->small)
        set_small(&line, find);
    vjp_json_set(&line, "near", vjp_json_texts(find->near, find->n_near));
    vjp_json_set(&line, "jacobian_of", vjp_json_text(find->jacobian_of));
    vjp_json_set(&line, "jacobian", vjp_json_texts(find->jacobian, find->n_jacobian));
    return vjp_json_end_text(&line, out, error);
}

enum vjp_status vjp_find_write(struct vjp_sink *sink, const struct vjp_find_record *find,
                               struct vjp_error *error)
{
    struct vjp_text text = {0};
    enum vjp_status status = vjp_find_text(find, &text, error);
    if (status == VJP_OK)
        status = vjp_sink_write(sink, text.data, error);
    vjp_text_clear(&text);
    return status;
}

static enum vjp_status read_small(const json_t *json, struct vjp_find_record *out,
                                  struct vjp_error *error)
{
    const json_t *small = json_object_get(json, "small");
    if (!small)
        return VJP_OK;
    enum vjp_status status = vjp_json_read_text(small, "case", &out->small, error);
    if (status == VJP_OK)
        status = vjp_json_read_text(small, "reason", &out->reason, error);
    if (status == VJP_OK)
        status = vjp_json_read_text(small, "replay", &out->replay, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(small, "runs", &out->runs, error);
    if (status == VJP_OK)
        status = vjp_json_read_text_if(small, "program", &out->program, error);
    out->complete = json_is_true(json_object_get(small, "complete"));
    return status;
}

enum vjp_status vjp_find_read(const void *object, struct vjp_find_record *out,
                              struct vjp_error *error)
{
    const json_t *json = object;
    *out = (struct vjp_find_record){.reason = "", .replay = "", .program = "", .jacobian_of = ""};
    const struct {
        const char *key;
        const char **at;
    } texts[] = {{"target", &out->target},
                 {"layer", &out->layer},
                 {"dtype", &out->dtype},
                 {"case", &out->line}};
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == VJP_OK; i++)
        status = vjp_json_read_text(json, texts[i].key, texts[i].at, error);
    if (status == VJP_OK)
        status = vjp_json_read_verdict(json, "verdict", &out->verdict, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "cases", &out->cases, error);
    if (status == VJP_OK)
        status = vjp_json_read_number(json, "seconds", &out->seconds, error);
    if (status == VJP_OK)
        status = read_small(json, out, error);
    if (status == VJP_OK)
        status =
            vjp_json_read_texts_if(json, "near", VJP_FIND_TEXTS, out->near, &out->n_near, error);
    if (status == VJP_OK)
        status = vjp_json_read_text_if(json, "jacobian_of", &out->jacobian_of, error);
    return status == VJP_OK ? vjp_json_read_texts_if(json, "jacobian", VJP_FIND_TEXTS,
                                                     out->jacobian, &out->n_jacobian, error)
                            : status;
}
