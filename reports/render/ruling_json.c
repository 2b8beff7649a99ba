/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/ruling_json.h"

#include "reports/render/json_line.h"
#include "reports/render/json_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *make_level(int level)
{
    return level == VJP_LEVEL_NONE    ? json_null()
           : level == VJP_LEVEL_NEVER ? json_string("never")
                                      : json_integer(level);
}

/* rule may be VJP_RULING_OURS. */
static int level_of(const struct vjp_ruling_answer *a, int rule)
{
    return rule == VJP_RULING_OURS ? a->ours : a->level[rule];
}

static json_t *make_levels(const struct vjp_ruling *r, int rule, bool *failed)
{
    json_t *all = json_array();
    for (int i = 0; i < r->count; i++)
        *failed |= json_array_append_new(all, make_level(level_of(&r->answer[i], rule))) != 0;
    return all;
}

static void set_answers(struct vjp_json_line *line, const struct vjp_ruling *r)
{
    struct vjp_json_line rules = {.json = json_object()};
    json_t *shows = json_array(), *sizes = json_array();
    for (int i = 0; i < r->count; i++) {
        line->failed |= json_array_append_new(shows, json_boolean(r->answer[i].shows)) != 0 ||
                        json_array_append_new(sizes, vjp_json_number(r->answer[i].size)) != 0;
    }
    vjp_json_set(line, "shows", shows);
    vjp_json_set(line, "size", sizes);
    vjp_json_set(line, "ours", make_levels(r, VJP_RULING_OURS, &line->failed));
    for (int rule = 0; vjp_rules[rule].name; rule++)
        vjp_json_set(&rules, vjp_rules[rule].name, make_levels(r, rule, &line->failed));
    vjp_json_set(line, "rules", vjp_json_take(&rules));
}

enum vjp_status vjp_ruling_write(struct vjp_sink *sink, const struct vjp_ruling *ruling,
                                 struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("ruling");
    vjp_json_set(&line, "key", vjp_json_text(ruling->key));
    vjp_json_set(&line, "kernel", vjp_json_text(ruling->kernel));
    vjp_json_set(&line, "defect", json_boolean(ruling->defect));
    vjp_json_set(&line, "layer", vjp_json_text(ruling->layer));
    vjp_json_set(&line, "dtype", vjp_json_text(ruling->dtype));
    vjp_json_set(&line, "gradient", vjp_json_text(ruling->gradient));
    vjp_json_set(&line, "values", vjp_json_text(ruling->values));
    vjp_json_set(&line, "axis", vjp_json_text(ruling->axis));
    vjp_json_set(&line, "at", vjp_json_number(ruling->at));
    if (ruling->why) {
        vjp_json_set(&line, "why", vjp_json_text(ruling->why));
        vjp_json_set(&line, "failed", json_boolean(ruling->failed));
        return vjp_json_end(&line, sink, error);
    }
    vjp_json_set(&line, "case", vjp_json_text(ruling->example));
    set_answers(&line, ruling);
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_ruling_summary_write(struct vjp_sink *sink,
                                         const struct vjp_ruling_totals *totals,
                                         struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("summary");
    vjp_json_set(&line, "right", json_integer(totals->right));
    vjp_json_set(&line, "defects", json_integer(totals->defects));
    vjp_json_set(&line, "silent", json_integer(totals->silent));
    vjp_json_set(&line, "gaps", json_integer(totals->gaps));
    vjp_json_set(&line, "failed", json_integer(totals->failed));
    vjp_json_set(&line, "refused", json_integer(totals->refused));
    vjp_json_set(&line, "through", json_integer(totals->through));
    return vjp_json_end(&line, sink, error);
}

static bool read_level(const json_t *value, int *out)
{
    const char *word = json_string_value(value);
    const json_int_t level = json_integer_value(value);
    if (json_is_null(value))
        *out = VJP_LEVEL_NONE;
    else if (word && strcmp(word, "never") == 0)
        *out = VJP_LEVEL_NEVER;
    else if (json_is_integer(value) && level >= VJP_LEVEL_LEAST && level <= VJP_LEVEL_MOST)
        *out = (int)level;
    else
        return false;
    return true;
}

static enum vjp_status read_levels(const json_t *object, const char *key, int rule,
                                   struct vjp_ruling *r, struct vjp_error *error)
{
    const json_t *all = json_object_get(object, key);
    bool good = json_is_array(all) && json_array_size(all) == (size_t)r->count;
    for (int i = 0; i < r->count && good; i++) {
        int *out = rule == VJP_RULING_OURS ? &r->answer[i].ours : &r->answer[i].level[rule];
        good = read_level(json_array_get(all, (size_t)i), out);
    }
    return good ? VJP_OK
                : vjp_json_fail_key(
                      key, "a level from -40 to 40, \"never\" or null for each answer", error);
}

static enum vjp_status read_sizes(const json_t *json, struct vjp_ruling *r, struct vjp_error *error)
{
    const json_t *shows = json_object_get(json, "shows"), *sizes = json_object_get(json, "size");
    bool good = json_is_array(sizes) && json_array_size(sizes) == (size_t)r->count;
    for (int i = 0; i < r->count && good; i++) {
        const json_t *size = json_array_get(sizes, (size_t)i);
        r->answer[i].shows = json_is_true(json_array_get(shows, (size_t)i));
        r->answer[i].size = json_is_number(size) ? json_number_value(size) : (double)INFINITY;
        good = json_is_number(size) || json_is_string(size);
    }
    return good ? VJP_OK : vjp_json_fail_key("size", "a number or \"inf\" for each answer", error);
}

static enum vjp_status read_answers(const json_t *json, struct vjp_ruling *r,
                                    struct vjp_error *error)
{
    const json_t *shows = json_object_get(json, "shows"), *rules = json_object_get(json, "rules");
    enum vjp_status status = vjp_json_read_text(json, "case", &r->example, error);
    if (status == VJP_OK && (!json_is_array(shows) || !json_is_object(rules)))
        status = vjp_json_fail_key("shows", "an array, and \"rules\" an object", error);
    if (status != VJP_OK)
        return status;
    r->count = (int)json_array_size(shows);
    r->answer = calloc((size_t)r->count + 1, sizeof *r->answer);
    if (!r->answer)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    status = read_sizes(json, r, error);
    if (status == VJP_OK)
        status = read_levels(json, "ours", VJP_RULING_OURS, r, error);
    for (int rule = 0; vjp_rules[rule].name && status == VJP_OK; rule++)
        status = read_levels(rules, vjp_rules[rule].name, rule, r, error);
    return status;
}

static enum vjp_status read_ruling(const json_t *json, bool is_gap, struct vjp_ruling *r,
                                   struct vjp_error *error)
{
    const struct {
        const char *name, **out;
    } texts[] = {{"key", &r->key},     {"kernel", &r->kernel},     {"layer", &r->layer},
                 {"dtype", &r->dtype}, {"gradient", &r->gradient}, {"values", &r->values},
                 {"axis", &r->axis}};
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == VJP_OK; i++)
        status = vjp_json_read_text(json, texts[i].name, texts[i].out, error);
    if (status == VJP_OK)
        status = vjp_json_read_number(json, "at", &r->at, error);
    r->defect = json_is_true(json_object_get(json, "defect"));
    r->failed = json_is_true(json_object_get(json, "failed"));
    if (status == VJP_OK && is_gap)
        return vjp_json_read_text(json, "why", &r->why, error);
    return status == VJP_OK ? read_answers(json, r, error) : status;
}

/* Takes over json and what *ruling has. */
static enum vjp_status keep(struct vjp_ruling_table *table, json_t *json,
                            const struct vjp_ruling *ruling, struct vjp_error *error)
{
    const size_t n = (size_t)table->count + 1;
    struct vjp_ruling *rulings = realloc(table->ruling, n * sizeof *rulings);
    if (rulings)
        table->ruling = rulings;
    void **memory = realloc(table->memory, n * sizeof *memory);
    if (memory)
        table->memory = memory;
    if (!rulings || !memory) {
        free(ruling->answer);
        json_decref(json);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    table->ruling[table->count] = *ruling;
    table->memory[table->count++] = json;
    return VJP_OK;
}

enum vjp_status vjp_ruling_table_add(struct vjp_ruling_table *table, const char *line,
                                     struct vjp_error *error)
{
    json_t *json = NULL;
    struct vjp_ruling ruling = {0};
    const char *type = "";
    enum vjp_status status = vjp_json_parse(line, &json, error);
    if (status == VJP_OK)
        status = vjp_json_read_text(json, "type", &type, error);
    if (status == VJP_OK && strcmp(type, "ruling") != 0) {
        json_decref(json);
        return VJP_OK;
    }
    if (status == VJP_OK)
        status = read_ruling(json, json_object_get(json, "why") != NULL, &ruling, error);
    if (status == VJP_OK)
        return keep(table, json, &ruling, error);
    free(ruling.answer);
    json_decref(json);
    return status;
}

static enum vjp_status take_line(void *table, const char *line, struct vjp_error *error)
{
    return vjp_ruling_table_add(table, line, error);
}

enum vjp_status vjp_ruling_table_read(struct vjp_ruling_table *table, const char *path,
                                      struct vjp_error *error)
{
    return vjp_json_read_lines(path, take_line, table, error);
}

struct vjp_ruling_totals vjp_ruling_table_count(const struct vjp_ruling_table *table)
{
    struct vjp_ruling_totals t = {0};
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_ruling *r = &table->ruling[i];
        t.gaps += r->why != NULL;
        t.failed += r->failed && !r->defect;
        for (int k = 0; k < r->count; k++) {
            const struct vjp_ruling_answer *a = &r->answer[k];
            t.right += !r->defect;
            t.defects += r->defect && a->shows;
            t.silent += r->defect && !a->shows;
            t.refused += !r->defect && a->ours > 0;
            t.through += r->defect && a->shows && a->ours <= 0 && a->ours != VJP_LEVEL_NONE;
        }
    }
    return t;
}

void vjp_ruling_table_clear(struct vjp_ruling_table *table)
{
    for (int64_t i = 0; i < table->count; i++) {
        free(table->ruling[i].answer);
        json_decref(table->memory[i]);
    }
    free(table->memory);
    free(table->ruling);
    *table = (struct vjp_ruling_table){0};
}
