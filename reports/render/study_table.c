/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json_line.h"
#include "reports/render/json_read.h"
#include "reports/render/study_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reads members of one object; what is missing is said once, at the end. */
struct members {
    const json_t *json;
    const char *missing;
};

static const char *text_of(struct members *m, const char *key)
{
    const char *text = json_string_value(json_object_get(m->json, key));
    if (!text)
        m->missing = key;
    return text ? text : "";
}

/* A number, or the words for what is none; null is NaN, too. */
static double number_of(struct members *m, const char *key)
{
    const json_t *value = json_object_get(m->json, key);
    const char *word = json_string_value(value);
    if (json_is_number(value))
        return json_number_value(value);
    if (word && strcmp(word, "inf") == 0)
        return INFINITY;
    if (word && strcmp(word, "-inf") == 0)
        return -INFINITY;
    if (!json_is_null(value) && !(word && strcmp(word, "nan") == 0))
        m->missing = key;
    return NAN;
}

static int64_t integer_of(struct members *m, const char *key)
{
    const json_t *value = json_object_get(m->json, key);
    if (!json_is_integer(value))
        m->missing = key;
    return json_integer_value(value);
}

static struct vjp_quantiles quantiles_of(struct members *m, const char *key)
{
    struct members inner = {.json = json_object_get(m->json, key)};
    const struct vjp_quantiles q = {number_of(&inner, "p50"), number_of(&inner, "p99"),
                                    number_of(&inner, "p999"), number_of(&inner, "max")};
    m->missing = inner.missing ? key : m->missing;
    return q;
}

static struct vjp_bias bias_of(struct members *m, const char *key)
{
    struct members inner = {.json = json_object_get(m->json, key)};
    const struct vjp_bias bias = {integer_of(&inner, "n"), number_of(&inner, "mean"),
                                  number_of(&inner, "share"), number_of(&inner, "t"),
                                  number_of(&inner, "p")};
    m->missing = inner.missing ? key : m->missing;
    return bias;
}

static struct vjp_part part_of(struct members *m, const char *key)
{
    struct members inner = {.json = json_object_get(m->json, key)};
    const double rms = number_of(&inner, "rms");
    const struct vjp_part part = {.square = rms * rms, .max = number_of(&inner, "max")};
    m->missing = inner.missing ? key : m->missing;
    return part;
}

static struct vjp_parts parts_of(struct members *m, const char *key)
{
    struct members inner = {.json = json_object_get(m->json, key)};
    const struct vjp_parts parts = {.elements = integer_of(&inner, "elements"),
                                    .operands = part_of(&inner, "operands"),
                                    .kernel = part_of(&inner, "kernel"),
                                    .all = part_of(&inner, "all"),
                                    .spread = number_of(&inner, "spread")};
    m->missing = inner.missing ? key : m->missing;
    return parts;
}

static void read_figures(struct members *m, struct vjp_figures *f)
{
    struct members omega = {.json = json_object_get(m->json, "omega")};
    struct members terms = {.json = json_object_get(m->json, "terms")};
    *f = (struct vjp_figures){.elements = integer_of(m, "elements"),
                              .lost = integer_of(m, "lost"),
                              .open = integer_of(m, "open"),
                              .terms_min = integer_of(&terms, "min"),
                              .terms_max = integer_of(&terms, "max"),
                              .terms_mean = number_of(&terms, "mean"),
                              .ulp = quantiles_of(m, "ulp"),
                              .omega = quantiles_of(m, "omega"),
                              .relative = quantiles_of(m, "relative"),
                              .condition = quantiles_of(m, "condition"),
                              .omega_rms = NAN,
                              .correct = number_of(m, "correct"),
                              .faithful = number_of(m, "faithful"),
                              .up = bias_of(m, "bias"),
                              .toward_zero = bias_of(m, "toward_zero")};
    if (json_object_get(omega.json, "rms"))
        f->omega_rms = number_of(&omega, "rms");
    m->missing = terms.missing ? "terms" : omega.missing ? "omega" : m->missing;
}

static void read_point(struct members *m, bool is_gap, struct vjp_study_point *p)
{
    *p = (struct vjp_study_point){.study = json_string_value(json_object_get(m->json, "study")),
                                  .key = text_of(m, "key"),
                                  .kernel = text_of(m, "kernel"),
                                  .layer = text_of(m, "layer"),
                                  .dtype = text_of(m, "dtype"),
                                  .accumulate = text_of(m, "accumulate"),
                                  .gradient = text_of(m, "gradient"),
                                  .values = text_of(m, "values"),
                                  .axis = text_of(m, "axis"),
                                  .size = number_of(m, "size"),
                                  .why = is_gap ? text_of(m, "why") : NULL};
    p->failed = json_is_true(json_object_get(m->json, "failed"));
    if (is_gap)
        return;
    p->dim = text_of(m, "dim");
    p->example = text_of(m, "case");
    p->cases = integer_of(m, "cases");
    p->outside = integer_of(m, "outside");
    p->u = number_of(m, "u");
    p->u_out = number_of(m, "u_out");
    read_figures(m, &p->figures);
    p->model = "";
    if (json_object_get(m->json, "model")) {
        p->model = text_of(m, "model");
        p->ratio = number_of(m, "ratio");
    }
    if (json_object_get(m->json, "parts"))
        p->parts = parts_of(m, "parts");
}

enum vjp_status vjp_study_point_read(const void *json, struct vjp_study_point *out,
                                     struct vjp_error *error)
{
    struct members m = {.json = json};
    const char *type = text_of(&m, "type");
    struct vjp_study_point point;
    read_point(&m, strcmp(type, "gap") == 0, &point);
    if (m.missing)
        return vjp_fail(error, VJP_ERR_USAGE, "expected \"%s\" in a point of a study", m.missing);
    *out = point;
    return VJP_OK;
}

enum vjp_status vjp_study_table_keep(struct vjp_study_table *table, void *json,
                                     const struct vjp_study_point *point, struct vjp_error *error)
{
    const size_t n = (size_t)table->count + 1;
    struct vjp_study_point *points = realloc(table->point, n * sizeof *points);
    if (points)
        table->point = points;
    void **memory = realloc(table->memory, n * sizeof *memory);
    if (memory)
        table->memory = memory;
    if (!points || !memory)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    table->point[table->count] = *point;
    table->memory[table->count++] = json_incref(json);
    return VJP_OK;
}

enum vjp_status vjp_study_table_add(struct vjp_study_table *table, const char *line,
                                    struct vjp_error *error)
{
    json_t *json = NULL;
    struct vjp_study_point point;
    enum vjp_status status = vjp_json_parse(line, &json, error);
    if (status != VJP_OK)
        return status;
    const char *type = json_string_value(json_object_get(json, "type"));
    if (!type || strcmp(type, "gap") == 0 || strcmp(type, "point") == 0) {
        status = vjp_study_point_read(json, &point, error);
        if (status == VJP_OK)
            status = vjp_study_table_keep(table, json, &point, error);
    }
    json_decref(json);
    return status;
}

static enum vjp_status take_line(void *table, const char *line, struct vjp_error *error)
{
    return vjp_study_table_add(table, line, error);
}

enum vjp_status vjp_study_table_read(struct vjp_study_table *table, const char *path,
                                     struct vjp_error *error)
{
    return vjp_json_read_lines(path, take_line, table, error);
}

struct vjp_study_totals vjp_study_table_count(const struct vjp_study_table *table)
{
    struct vjp_study_totals totals = {0};
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        totals.gaps += p->why != NULL;
        totals.points += p->why == NULL;
        totals.outside += p->why ? 0 : p->outside;
        totals.lost += p->why ? 0 : p->figures.lost;
        totals.failed += p->failed;
    }
    return totals;
}

void vjp_study_table_clear(struct vjp_study_table *table)
{
    for (int64_t i = 0; i < table->count; i++)
        json_decref(table->memory[i]);
    free(table->memory);
    free(table->point);
    *table = (struct vjp_study_table){0};
}
