/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/stream.h"

#include "impls/host/foreign.h"
#include "reports/render/heat.h"
#include "reports/render/json_line.h"
#include "reports/render/json_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_status read_settled(const json_t *json, int64_t settled[VJP_SETTLED_COUNT],
                                    struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int by = 0; by < VJP_SETTLED_COUNT && status == VJP_OK; by++) {
        const char *name = vjp_record_settled_name((enum vjp_settled_by)by);
        if (json_object_get(json, name))
            status = vjp_json_read_count(json, name, &settled[by], error);
    }
    return status;
}

/* What older streams do not have. */
static enum vjp_status read_worst(const json_t *json, struct vjp_record_worst *out,
                                  struct vjp_error *error)
{
    const struct {
        const char *key;
        const char **at;
    } texts[] = {{"got", &out->got},        {"got_hex", &out->got_hex},
                 {"want", &out->want},      {"want_hex", &out->want_hex},
                 {"exact", &out->exact},    {"bound_by", &out->bound_by},
                 {"element", &out->element}};
    const struct {
        const char *key;
        double *at;
    } numbers[] = {{"error", &out->error},       {"ulp", &out->ulp},
                   {"relative", &out->relative}, {"backward", &out->backward},
                   {"bound", &out->bound},       {"ratio", &out->ratio},
                   {"scale", &out->scale}};
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && json && status == VJP_OK; i++)
        status = vjp_json_read_text(json, texts[i].key, texts[i].at, error);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && json && status == VJP_OK; i++)
        status = vjp_json_read_number(json, numbers[i].key, numbers[i].at, error);
    return json && status == VJP_OK ? vjp_json_read_count(json, "terms", &out->terms, error)
                                    : status;
}

/* As many signs as there are blocks. */
static enum vjp_status read_map(const json_t *json, struct vjp_record_map *out,
                                struct vjp_error *error)
{
    struct vjp_record_map map = {0};
    const char *cells = NULL;
    if (!json)
        return VJP_OK;
    enum vjp_status status = vjp_json_read_count(json, "rows", &map.rows, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "cols", &map.cols, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "high", &map.high, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "wide", &map.wide, error);
    if (status == VJP_OK)
        status = vjp_json_read_text(json, "cells", &cells, error);
    if (status != VJP_OK)
        return status;
    if (map.rows < 1 || map.cols < 1 || map.high < 1 || map.wide < 1 ||
        vjp_heat_blocks(map.rows, map.high) > VJP_HEAT_MAP_HEIGHT ||
        vjp_heat_blocks(map.cols, map.wide) > VJP_HEAT_MAP_WIDTH)
        return vjp_json_fail_key("map", "at most 24 x 48 blocks", error);
    const int64_t blocks =
        vjp_heat_blocks(map.rows, map.high) * vjp_heat_blocks(map.cols, map.wide);
    for (size_t i = 0; cells[i]; i++) {
        if (vjp_heat_standing(cells[i]) < 0)
            return vjp_json_fail_key("cells", "signs of a map", error);
    }
    if (strlen(cells) != (size_t)blocks)
        return vjp_json_fail_key("cells", "as many signs as there are blocks", error);
    map.cells = cells;
    *out = map;
    return VJP_OK;
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
        status = vjp_json_read_count(json, counts[i].key, counts[i].at, error);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == VJP_OK; i++)
        status = vjp_json_read_number(json, numbers[i].key, numbers[i].at, error);
    if (status == VJP_OK)
        status = read_settled(json_object_get(json, "settled"), g.settled, error);
    if (status == VJP_OK)
        status = read_worst(json_object_get(json, "worst"), &g.worst, error);
    if (status == VJP_OK)
        status = read_map(json_object_get(json, "map"), &g.map, error);
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
        return vjp_json_fail_key("gradients", "an object of gradients", error);
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
    enum vjp_status status = vjp_json_read_text(json, "verdict", &name, error);
    if (status != VJP_OK)
        return status;
    record->left_out = strcmp(name, "left_out") == 0;
    if (record->left_out || strcmp(name, "not_run") == 0)
        return VJP_OK;
    status = vjp_json_read_verdict(json, "verdict", &record->verdict, error);
    record->ran = status == VJP_OK;
    return status;
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
        status = vjp_json_read_text(json, texts[i].key, texts[i].at, error);
    if (status == VJP_OK)
        status = vjp_json_read_text_if(json, "rows", &out->rows, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "elements", &out->elements, error);
    if (status == VJP_OK)
        status = vjp_json_read_text_if(json, "accumulate", &out->accumulate, error);
    if (status == VJP_OK)
        status = vjp_json_read_text_if(json, "traits", &out->traits, error);
    if (status == VJP_OK)
        status = read_verdict(json, out, error);
    return status == VJP_OK ? read_gradients(json, out, error) : status;
}

static enum vjp_status read_plugins(const json_t *json, struct vjp_stream_line *out,
                                    struct vjp_error *error)
{
    const json_t *plugins = json_object_get(json, "plugins");
    const size_t count = json_array_size(plugins);
    enum vjp_status status = VJP_OK;
    if (!json_is_array(plugins) || count > VJP_RUN_PLUGINS_MAX)
        return vjp_json_fail_key("plugins", "an array of plug-ins", error);
    out->plugin = calloc(count + 1, sizeof *out->plugin);
    if (!out->plugin)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < count && status == VJP_OK; i++) {
        const json_t *plugin = json_array_get(plugins, i);
        struct vjp_run_plugin *at = &out->plugin[i];
        status = vjp_json_read_text(plugin, "target", &at->target, error);
        if (status == VJP_OK)
            status = vjp_json_read_text(plugin, "name", &at->name, error);
        if (status == VJP_OK)
            status = vjp_json_read_text(plugin, "version", &at->version, error);
        if (status == VJP_OK)
            status = vjp_json_read_text(plugin, "sha256", &at->sha256, error);
    }
    out->run.plugin = out->plugin;
    out->run.n_plugins = (int)count;
    return status;
}

static enum vjp_status read_run(const json_t *json, struct vjp_stream_line *out,
                                struct vjp_error *error)
{
    struct vjp_run_info *run = &out->run;
    const struct {
        const char *key;
        const char **at;
    } texts[] = {{"version", &run->version},    {"command", &run->command},
                 {"started", &run->started},    {"cpu", &run->cpu},
                 {"system", &run->system},      {"compiler", &run->compiler},
                 {"libraries", &run->libraries}};
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == VJP_OK; i++)
        status = vjp_json_read_text(json, texts[i].key, texts[i].at, error);
    if (status == VJP_OK)
        status = vjp_json_read_count(json, "processors", &run->processors, error);
    if (status == VJP_OK)
        status = read_plugins(json, out, error);
    out->has_run = status == VJP_OK;
    return status;
}

/* Older streams do not say what ran where. */
static enum vjp_status read_header(const json_t *json, struct vjp_stream_line *out,
                                   struct vjp_error *error)
{
    const json_t *run = json_object_get(json, "run");
    const enum vjp_status status = vjp_json_read_bits(json, "seed", &out->seed, error);
    return status == VJP_OK && run ? read_run(run, out, error) : status;
}

void vjp_stream_line_clear(struct vjp_stream_line *line)
{
    vjp_census_clear(&line->census);
    vjp_coverage_clear(&line->coverage);
    free(line->plugin);
    json_decref(line->json);
    *line = (struct vjp_stream_line){.type = VJP_STREAM_OTHER};
}

/* A study's summary has no seconds; that of a self-test has plants. */
static enum vjp_status read_summary(const json_t *json, struct vjp_stream_line *out,
                                    struct vjp_error *error)
{
    if (json_object_get(json, "plants")) {
        out->type = VJP_STREAM_SELFTEST;
        return vjp_selftest_read_conclusion(json, &out->selftest, error);
    }
    return json_object_get(json, "seconds")
               ? vjp_json_read_number(json, "seconds", &out->seconds, error)
               : VJP_OK;
}

static enum vjp_status read_plant(const json_t *json, struct vjp_stream_line *out,
                                  struct vjp_error *error)
{
    const enum vjp_status status = vjp_selftest_read_plant(json, &out->plant, error);
    out->plant.is_so_far = out->type == VJP_STREAM_PLANT_SO_FAR;
    return status;
}

static enum vjp_status read_object(json_t *json, struct vjp_stream_line *out,
                                   struct vjp_error *error)
{
    switch (out->type) {
    case VJP_STREAM_HEADER:
        return read_header(json, out, error);
    case VJP_STREAM_CHECK:
        return read_check(json, &out->record, error);
    case VJP_STREAM_CAMPAIGN:
        return vjp_campaign_read(json, &out->campaign, &out->census, error);
    case VJP_STREAM_FIND:
        return vjp_find_read(json, &out->find, error);
    case VJP_STREAM_RUN:
        return read_run(json, out, error);
    case VJP_STREAM_SUMMARY:
        return read_summary(json, out, error);
    case VJP_STREAM_STUDY:
        return vjp_json_read_text(json, "study", &out->study, error);
    case VJP_STREAM_POINT:
    case VJP_STREAM_GAP:
        return vjp_study_point_read(json, &out->point, error);
    case VJP_STREAM_ORDER_GAP:
        return vjp_order_read_gap(json, &out->order_gap, error);
    case VJP_STREAM_ORDER:
        return vjp_order_read(json, &out->order, error);
    case VJP_STREAM_PLANT:
    case VJP_STREAM_PLANT_SO_FAR:
        return read_plant(json, out, error);
    case VJP_STREAM_RULE:
        return vjp_selftest_read_rule(json, &out->rule, error);
    case VJP_STREAM_ALARM:
        return vjp_selftest_read_alarm(json, &out->alarm, error);
    case VJP_STREAM_CORRECT_SO_FAR:
        return vjp_selftest_read_correct(json, &out->selftest, error);
    case VJP_STREAM_SELFTEST:
        return vjp_selftest_read_conclusion(json, &out->selftest, error);
    case VJP_STREAM_COVERAGE:
        return vjp_coverage_read_line(json, &out->coverage, error);
    case VJP_STREAM_FIT:
    case VJP_STREAM_OTHER:
        break;
    }
    return VJP_OK;
}

static enum vjp_stream_type find_type(const char *name)
{
    static const char *const types[VJP_STREAM_OTHER] = {[VJP_STREAM_HEADER] = "header",
                                                        [VJP_STREAM_CHECK] = "check",
                                                        [VJP_STREAM_CAMPAIGN] = "campaign",
                                                        [VJP_STREAM_FIND] = "find",
                                                        [VJP_STREAM_RUN] = "run",
                                                        [VJP_STREAM_SUMMARY] = "summary",
                                                        [VJP_STREAM_STUDY] = "study",
                                                        [VJP_STREAM_POINT] = "point",
                                                        [VJP_STREAM_GAP] = "gap",
                                                        [VJP_STREAM_ORDER_GAP] = "left_out",
                                                        [VJP_STREAM_FIT] = "fit",
                                                        [VJP_STREAM_ORDER] = "order",
                                                        [VJP_STREAM_PLANT] = "plant",
                                                        [VJP_STREAM_RULE] = "rule",
                                                        [VJP_STREAM_ALARM] = "alarm",
                                                        [VJP_STREAM_SELFTEST] = "selftest",
                                                        [VJP_STREAM_COVERAGE] = "coverage",
                                                        [VJP_STREAM_PLANT_SO_FAR] = "plant_so_far",
                                                        [VJP_STREAM_CORRECT_SO_FAR] =
                                                            "correct_so_far"};
    for (int i = 0; i < VJP_STREAM_OTHER; i++) {
        if (strcmp(name, types[i]) == 0)
            return (enum vjp_stream_type)i;
    }
    return VJP_STREAM_OTHER;
}

static enum vjp_status read_line(const char *text, size_t length, struct vjp_stream_line *out,
                                 struct vjp_error *error)
{
    json_error_t why;
    *out = (struct vjp_stream_line){.type = VJP_STREAM_OTHER};
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    out->json = json;
    if (!json_is_object(json))
        return vjp_fail(error, VJP_ERR_USAGE, "expected an object of JSON%s%s", json ? "" : ": ",
                        json ? "" : why.text);
    if (!json_object_get(json, "type") && json_object_get(json, "gcovr/format_version")) {
        out->type_name = "coverage";
    } else {
        const enum vjp_status status = vjp_json_read_text(json, "type", &out->type_name, error);
        if (status != VJP_OK)
            return status;
    }
    out->type = find_type(out->type_name);
    return read_object(json, out, error);
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

enum vjp_status vjp_stream_text(const struct vjp_stream_line *line, struct vjp_text *out,
                                struct vjp_error *error)
{
    struct vjp_json_line copy = {.json = json_copy(line->json)};
    if (line->type == VJP_STREAM_SELFTEST)
        vjp_json_set(&copy, "type", json_string("selftest"));
    if (line->type == VJP_STREAM_COVERAGE)
        vjp_json_set(&copy, "type", json_string("coverage"));
    return vjp_json_end_text(&copy, out, error);
}

enum vjp_status vjp_stream_visit(char *const *lines, int count, vjp_stream_visitor visit, void *env,
                                 struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < count && status == VJP_OK; i++) {
        struct vjp_stream_line line;
        status = vjp_stream_read(lines[i], strlen(lines[i]), &line, error);
        if (status == VJP_OK)
            status = visit(env, &line, error);
        vjp_stream_line_clear(&line);
    }
    return status;
}
