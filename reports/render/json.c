/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json.h"

#include "reports/render/json_line.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *make_plugin(const struct vjp_run_plugin *plugin)
{
    struct vjp_json_line object = {.json = json_object()};
    vjp_json_set(&object, "target", vjp_json_text(plugin->target));
    vjp_json_set(&object, "name", vjp_json_text(plugin->name));
    vjp_json_set(&object, "version", vjp_json_text(plugin->version));
    vjp_json_set(&object, "sha256", vjp_json_text(plugin->sha256));
    return vjp_json_take(&object);
}

static void set_run(struct vjp_json_line *object, const struct vjp_run_info *run)
{
    json_t *plugins = json_array();
    vjp_json_set(object, "version", vjp_json_text(run->version));
    vjp_json_set(object, "command", vjp_json_text(run->command));
    vjp_json_set(object, "started", vjp_json_text(run->started));
    vjp_json_set(object, "cpu", vjp_json_text(run->cpu));
    vjp_json_set(object, "processors", json_integer(run->processors));
    vjp_json_set(object, "system", vjp_json_text(run->system));
    vjp_json_set(object, "compiler", vjp_json_text(run->compiler));
    vjp_json_set(object, "libraries", vjp_json_text(run->libraries));
    for (int i = 0; i < run->n_plugins; i++)
        object->failed |= json_array_append_new(plugins, make_plugin(&run->plugin[i])) != 0;
    vjp_json_set(object, "plugins", plugins);
}

enum vjp_status vjp_json_run_text(const struct vjp_run_info *run, struct vjp_text *out,
                                  struct vjp_error *error)
{
    struct vjp_json_line object = vjp_json_begin("run");
    set_run(&object, run);
    return vjp_json_end_text(&object, out, error);
}

enum vjp_status vjp_json_write_run(struct vjp_sink *sink, const struct vjp_run_info *run,
                                   struct vjp_error *error)
{
    struct vjp_json_line object = vjp_json_begin("run");
    set_run(&object, run);
    return vjp_json_end(&object, sink, error);
}

enum vjp_status vjp_json_write_header(struct vjp_sink *sink, const struct vjp_run_header *header,
                                      struct vjp_error *error)
{
    struct vjp_json_line object = vjp_json_begin("header");
    char seed[32];
    snprintf(seed, sizeof seed, "0x%" PRIx64, header->seed);
    vjp_json_set(&object, "version", vjp_json_text(header->version));
    vjp_json_set(&object, "seed", json_string(seed));
    vjp_json_set(&object, "cases", json_integer(header->cases));
    vjp_json_set(&object, "checks", json_integer(header->checks));
    json_t *targets = json_array();
    for (int i = 0; i < header->n_targets; i++) {
        if (json_array_append_new(targets, vjp_json_text(header->targets[i])) != 0)
            object.failed = true;
    }
    vjp_json_set(&object, "targets", targets);
    if (header->run) {
        struct vjp_json_line run = {.json = json_object()};
        set_run(&run, header->run);
        vjp_json_set(&object, "run", vjp_json_take(&run));
    }
    return vjp_json_end(&object, sink, error);
}

/* Nothing where the explicit Jacobian was made. */
static void set_settled(struct vjp_json_line *object, const int64_t settled[VJP_SETTLED_COUNT])
{
    struct vjp_json_line ways = {.json = NULL};
    for (int by = 0; by < VJP_SETTLED_COUNT; by++) {
        if (settled[by] == 0)
            continue;
        if (!ways.json)
            ways.json = json_object();
        vjp_json_set(&ways, vjp_record_settled_name((enum vjp_settled_by)by),
                     json_integer(settled[by]));
    }
    object->failed |= ways.failed;
    if (ways.json)
        vjp_json_set(object, "settled", ways.json);
}

static void set_worst(struct vjp_json_line *object, const struct vjp_record_worst *worst)
{
    struct vjp_json_line inner = {.json = json_object()};
    vjp_json_set(&inner, "element", vjp_json_text(worst->element));
    vjp_json_set(&inner, "got", vjp_json_text(worst->got));
    vjp_json_set(&inner, "got_hex", vjp_json_text(worst->got_hex));
    vjp_json_set(&inner, "want", vjp_json_text(worst->want));
    vjp_json_set(&inner, "want_hex", vjp_json_text(worst->want_hex));
    vjp_json_set(&inner, "exact", vjp_json_text(worst->exact));
    vjp_json_set(&inner, "error", vjp_json_number(worst->error));
    vjp_json_set(&inner, "ulp", vjp_json_number(worst->ulp));
    vjp_json_set(&inner, "relative", vjp_json_number(worst->relative));
    vjp_json_set(&inner, "backward", vjp_json_number(worst->backward));
    vjp_json_set(&inner, "bound", vjp_json_number(worst->bound));
    vjp_json_set(&inner, "bound_by", vjp_json_text(worst->bound_by));
    vjp_json_set(&inner, "ratio", vjp_json_number(worst->ratio));
    vjp_json_set(&inner, "scale", vjp_json_number(worst->scale));
    vjp_json_set(&inner, "terms", json_integer(worst->terms));
    vjp_json_set(object, "worst", vjp_json_take(&inner));
}

static void set_map(struct vjp_json_line *object, const struct vjp_record_map *map)
{
    struct vjp_json_line inner = {.json = json_object()};
    vjp_json_set(&inner, "rows", json_integer(map->rows));
    vjp_json_set(&inner, "cols", json_integer(map->cols));
    vjp_json_set(&inner, "high", json_integer(map->high));
    vjp_json_set(&inner, "wide", json_integer(map->wide));
    vjp_json_set(&inner, "cells", vjp_json_text(map->cells));
    vjp_json_set(object, "map", vjp_json_take(&inner));
}

static json_t *make_gradient(const struct vjp_record_gradient *gradient)
{
    struct vjp_json_line object = {.json = json_object()};
    vjp_json_set(&object, "count", json_integer(gradient->count));
    vjp_json_set(&object, "compared", json_integer(gradient->compared));
    vjp_json_set(&object, "correct", json_integer(gradient->correct));
    vjp_json_set(&object, "outside", json_integer(gradient->outside));
    vjp_json_set(&object, "excused", json_integer(gradient->excused));
    vjp_json_set(&object, "unresolved", json_integer(gradient->unresolved));
    vjp_json_set(&object, "trivial", json_boolean(gradient->trivial));
    set_settled(&object, gradient->settled);
    vjp_json_set(&object, "worst_ulp", vjp_json_number(gradient->worst_ulp));
    vjp_json_set(&object, "worst_relative", vjp_json_number(gradient->worst_relative));
    vjp_json_set(&object, "worst_backward", vjp_json_number(gradient->worst_backward));
    vjp_json_set(&object, "worst_ratio", vjp_json_number(gradient->worst_ratio));
    if (gradient->worst.element)
        set_worst(&object, &gradient->worst);
    if (gradient->map.cells)
        set_map(&object, &gradient->map);
    return vjp_json_take(&object);
}

static struct vjp_json_line make_record(const struct vjp_record *record)
{
    struct vjp_json_line object = vjp_json_begin("check");
    vjp_json_set(&object, "case", vjp_json_text(record->line));
    vjp_json_set(&object, "target", vjp_json_text(record->target));
    vjp_json_set(&object, "plugin", vjp_json_text(record->plugin));
    vjp_json_set(&object, "kernel", vjp_json_text(record->kernel));
    vjp_json_set(&object, "layer", vjp_json_text(record->layer));
    vjp_json_set(&object, "dtype", vjp_json_text(record->dtype));
    vjp_json_set(&object, "verdict", json_string(vjp_record_verdict(record)));
    vjp_json_set(&object, "reason", vjp_json_text(record->reason));
    if (record->rows)
        vjp_json_set(&object, "rows", vjp_json_text(record->rows));
    vjp_json_set(&object, "elements", json_integer(record->elements));
    json_t *gradients = json_object();
    for (int i = 0; i < record->n_gradients; i++) {
        if (json_object_set_new(gradients, record->gradient[i].name,
                                make_gradient(&record->gradient[i])) != 0)
            object.failed = true;
    }
    vjp_json_set(&object, "gradients", gradients);
    vjp_json_set(&object, "replay", vjp_json_text(record->replay));
    if (record->accumulate)
        vjp_json_set(&object, "accumulate", vjp_json_text(record->accumulate));
    if (record->traits)
        vjp_json_set(&object, "traits", vjp_json_text(record->traits));
    return object;
}

enum vjp_status vjp_json_record_text(const struct vjp_record *record, struct vjp_text *out,
                                     struct vjp_error *error)
{
    struct vjp_json_line object = make_record(record);
    return vjp_json_end_text(&object, out, error);
}

enum vjp_status vjp_json_write_record(struct vjp_sink *sink, const struct vjp_record *record,
                                      struct vjp_error *error)
{
    struct vjp_json_line object = make_record(record);
    return vjp_json_end(&object, sink, error);
}

enum vjp_status vjp_json_write_summary(struct vjp_sink *sink, const struct vjp_totals *totals,
                                       double seconds, struct vjp_error *error)
{
    struct vjp_json_line object = vjp_json_begin("summary");
    vjp_json_set(&object, "checks", json_integer(totals->checks));
    vjp_json_set(&object, "failed", json_integer(vjp_totals_failed(totals)));
    json_t *verdicts = json_object();
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (json_object_set_new(verdicts, vjp_verdict_name((enum vjp_verdict)v),
                                json_integer(totals->verdict[v])) != 0)
            object.failed = true;
    }
    vjp_json_set(&object, "verdicts", verdicts);
    vjp_json_set(&object, "not_run", json_integer(totals->not_run));
    vjp_json_set(&object, "left_out", json_integer(totals->left_out));
    vjp_json_set(&object, "by_rows", json_integer(totals->by_rows));
    vjp_json_set(&object, "seconds", vjp_json_number(seconds));
    return vjp_json_end(&object, sink, error);
}

const char *vjp_json_library(void)
{
    return "Jansson " JANSSON_VERSION;
}
