/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json.h"

#include "cases/base/text.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* Each setter takes a NULL value (memory has ended) as it comes; write_line looks once, because an
 * object that lacks a key is not the object. json_object_set_new returns -1 for a NULL value. */
struct object {
    json_t *json;
    bool failed;
};

static struct object make_object(const char *type)
{
    struct object object = {.json = json_object()};
    if (json_object_set_new(object.json, "type", json_string(type)) != 0)
        object.failed = true;
    return object;
}

static void set(struct object *object, const char *key, json_t *value)
{
    if (json_object_set_new(object->json, key, value) != 0)
        object->failed = true;
}

static json_t *make_string(const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_utf8(&clean, text ? text : "");
    json_t *json = clean.failed ? NULL : json_string(clean.data);
    vjp_text_clear(&clean);
    return json;
}

static json_t *make_number(double value)
{
    if (isfinite(value))
        return json_real(value);
    return json_string(isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
}

static enum vjp_status write_line(struct object *object, struct vjp_sink *sink,
                                  struct vjp_error *error)
{
    enum vjp_status status;
    struct vjp_text line = {0};
    char *text = object->failed ? NULL : json_dumps(object->json, JSON_COMPACT);
    if (text)
        vjp_text_add(&line, "%s\n", text);
    if (!text || line.failed)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    else
        status = vjp_sink_write(sink, line.data, error);
    vjp_text_clear(&line);
    free(text);
    json_decref(object->json);
    return status;
}

enum vjp_status vjp_json_write_header(struct vjp_sink *sink, const struct vjp_run_header *header,
                                      struct vjp_error *error)
{
    struct object object = make_object("header");
    char seed[32];
    snprintf(seed, sizeof seed, "0x%" PRIx64, header->seed);
    set(&object, "version", make_string(header->version));
    set(&object, "seed", json_string(seed));
    set(&object, "cases", json_integer(header->cases));
    set(&object, "checks", json_integer(header->checks));
    json_t *targets = json_array();
    for (int i = 0; i < header->n_targets; i++) {
        if (json_array_append_new(targets, make_string(header->targets[i])) != 0)
            object.failed = true;
    }
    set(&object, "targets", targets);
    return write_line(&object, sink, error);
}

/* Nothing where the explicit Jacobian was made. */
static void set_settled(struct object *object, const int64_t settled[VJP_SETTLEMENT_COUNT])
{
    static const char *const names[] = {
        [VJP_SETTLEMENT_FILTER] = "filter",
        [VJP_SETTLEMENT_PRODUCT] = "product",
        [VJP_SETTLEMENT_ACCUMULATOR] = "accumulator",
        [VJP_SETTLEMENT_SPECIAL] = "special",
    };
    struct object ways = {.json = NULL};
    for (int by = 0; by < VJP_SETTLEMENT_COUNT; by++) {
        if (settled[by] == 0)
            continue;
        if (!ways.json)
            ways.json = json_object();
        set(&ways, names[by], json_integer(settled[by]));
    }
    object->failed |= ways.failed;
    if (ways.json)
        set(object, "settled", ways.json);
}

static json_t *make_gradient(const struct vjp_record_gradient *gradient)
{
    struct object object = {.json = json_object()};
    set(&object, "count", json_integer(gradient->count));
    set(&object, "compared", json_integer(gradient->compared));
    set(&object, "correct", json_integer(gradient->correct));
    set(&object, "outside", json_integer(gradient->outside));
    set(&object, "excused", json_integer(gradient->excused));
    set(&object, "unresolved", json_integer(gradient->unresolved));
    set(&object, "trivial", json_boolean(gradient->trivial));
    set_settled(&object, gradient->settled);
    set(&object, "worst_ulp", make_number(gradient->worst_ulp));
    set(&object, "worst_relative", make_number(gradient->worst_relative));
    set(&object, "worst_backward", make_number(gradient->worst_backward));
    set(&object, "worst_ratio", make_number(gradient->worst_ratio));
    if (!object.failed)
        return object.json;
    json_decref(object.json);
    return NULL;
}

enum vjp_status vjp_json_write_record(struct vjp_sink *sink, const struct vjp_record *record,
                                      struct vjp_error *error)
{
    struct object object = make_object("check");
    set(&object, "case", make_string(record->line));
    set(&object, "target", make_string(record->target));
    set(&object, "plugin", make_string(record->plugin));
    set(&object, "kernel", make_string(record->kernel));
    set(&object, "layer", make_string(record->layer));
    set(&object, "dtype", make_string(record->dtype));
    set(&object, "verdict", json_string(vjp_record_verdict(record)));
    set(&object, "reason", make_string(record->reason));
    json_t *gradients = json_object();
    for (int i = 0; i < record->n_gradients; i++) {
        if (json_object_set_new(gradients, record->gradient[i].name,
                                make_gradient(&record->gradient[i])) != 0)
            object.failed = true;
    }
    set(&object, "gradients", gradients);
    set(&object, "replay", make_string(record->replay));
    return write_line(&object, sink, error);
}

enum vjp_status vjp_json_write_summary(struct vjp_sink *sink, const struct vjp_totals *totals,
                                       double seconds, struct vjp_error *error)
{
    struct object object = make_object("summary");
    set(&object, "checks", json_integer(totals->checks));
    set(&object, "failed", json_integer(vjp_totals_failed(totals)));
    json_t *verdicts = json_object();
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (json_object_set_new(verdicts, vjp_verdict_name((enum vjp_verdict)v),
                                json_integer(totals->verdict[v])) != 0)
            object.failed = true;
    }
    set(&object, "verdicts", verdicts);
    set(&object, "not_run", json_integer(totals->not_run));
    set(&object, "left_out", json_integer(totals->left_out));
    set(&object, "seconds", make_number(seconds));
    return write_line(&object, sink, error);
}
