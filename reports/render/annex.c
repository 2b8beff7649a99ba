/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/annex.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const studies[VJP_ANNEX_STUDIES] = {"growth", "condition", "dtype"};

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

/* Room for one more in an array of count elements; NULL where there is none. */
static void *grow(void *array, int count, size_t size)
{
    return realloc(array, ((size_t)count + 1) * size);
}

static enum vjp_status keep_memory(struct vjp_annex *annex, void *json, struct vjp_error *error)
{
    void **grown = realloc(annex->memory, (annex->n_memory + 1) * sizeof *grown);
    if (!grown)
        return fail_memory(error);
    annex->memory = grown;
    grown[annex->n_memory++] = json_incref(json);
    return VJP_OK;
}

void vjp_annex_begin(struct vjp_annex *annex)
{
    annex->header = NULL;
    annex->open = false;
    annex->run = 0;
}

void vjp_annex_begin_run(struct vjp_annex *annex)
{
    annex->run = ++annex->runs;
}

bool vjp_annex_takes(const struct vjp_stream_line *line)
{
    return line->type > VJP_STREAM_SUMMARY && line->type < VJP_STREAM_OTHER;
}

/* "seed 0x5eed, plug-in 0123456789abcdef": the plug-in is the one whose name the kernel's begins with. */
static void print_origin(const json_t *header, const char *kernel, struct vjp_text *out)
{
    const char *seed = json_string_value(json_object_get(header, "seed"));
    const json_t *plugins = json_object_get(header, "plugins");
    vjp_text_add(out, "%s%s", seed ? "seed " : "", seed ? seed : "");
    for (size_t i = 0; i < json_array_size(plugins); i++) {
        const json_t *plugin = json_array_get(plugins, i);
        const char *target = json_string_value(json_object_get(plugin, "target"));
        const char *hash = json_string_value(json_object_get(plugin, "hash"));
        const size_t length = target ? strlen(target) : 0;
        if (target && hash && strncmp(kernel, target, length) == 0 && kernel[length] == ':')
            vjp_text_add(out, ", plug-in %s", hash);
    }
}

static void clear_source(struct vjp_annex_source *source)
{
    free(source->study);
    free(source->kernel);
    free(source->origin);
    free(source->label);
}

/* The label of a kernel whose points come from there; NULL where memory has ended. */
static const char *need_label(struct vjp_annex *annex, const char *study, const char *kernel,
                              const char *origin)
{
    int others = 0;
    for (int i = 0; i < annex->n_sources; i++) {
        const struct vjp_annex_source *s = &annex->source[i];
        if (strcmp(s->study, study) != 0 || strcmp(s->kernel, kernel) != 0)
            continue;
        if (strcmp(s->origin, origin) == 0)
            return s->label;
        others++;
    }
    struct vjp_annex_source *grown = grow(annex->source, annex->n_sources, sizeof *grown);
    struct vjp_text label = {0};
    if (!grown)
        return NULL;
    annex->source = grown;
    vjp_text_add(&label, others > 0 ? "%s (%d)" : "%s", kernel, others + 1);
    const struct vjp_annex_source source = {.study = strdup(study),
                                            .kernel = strdup(kernel),
                                            .origin = strdup(origin),
                                            .label = label.failed ? NULL : label.data};
    grown[annex->n_sources] = source;
    if (!source.study || !source.kernel || !source.origin || !source.label) {
        clear_source(&grown[annex->n_sources]);
        return NULL;
    }
    return grown[annex->n_sources++].label;
}

/* Whether the same line has come before, from the same origin. */
static enum vjp_status look_twice(struct vjp_annex *annex, const struct vjp_stream_line *line,
                                  const char *origin, bool *is_new, struct vjp_error *error)
{
    struct vjp_text text = {0};
    enum vjp_status status = vjp_stream_text(line, &text, error);
    if (status == VJP_OK) {
        const char *const texts[] = {origin, text.data};
        status = vjp_seen_add(&annex->seen, texts, 2, is_new, error);
    }
    vjp_text_clear(&text);
    return status;
}

/* The table of the study that the point or the header names. */
static enum vjp_status find_study(struct vjp_annex *annex, const struct vjp_study_point *point,
                                  struct vjp_annex_study **out, struct vjp_error *error)
{
    const char *name = point->study;
    if (!name)
        name = json_string_value(json_object_get(annex->header, "study"));
    for (int i = 0; i < VJP_ANNEX_STUDIES && name; i++) {
        if (strcmp(name, studies[i]) == 0) {
            *out = &annex->study[i];
            (*out)->name = studies[i];
            return VJP_OK;
        }
    }
    return vjp_fail(error, VJP_ERR_USAGE,
                    "\"study\": expected growth, condition or dtype, in a point or in a line of "
                    "type \"study\" before it");
}

static enum vjp_status add_point(struct vjp_annex *annex, const struct vjp_stream_line *line,
                                 bool *is_new, struct vjp_error *error)
{
    struct vjp_study_point point = line->point;
    struct vjp_annex_study *study;
    struct vjp_text origin = {0};
    print_origin(annex->header, point.kernel, &origin);
    enum vjp_status status = origin.failed ? fail_memory(error) : VJP_OK;
    if (status == VJP_OK)
        status = find_study(annex, &point, &study, error);
    if (status == VJP_OK)
        status = look_twice(annex, line, origin.data, is_new, error);
    if (status == VJP_OK && *is_new) {
        point.study = study->name;
        point.kernel = need_label(annex, study->name, point.kernel, origin.data);
        status = point.kernel ? vjp_study_table_keep(&study->table, line->json, &point, error)
                              : fail_memory(error);
    }
    vjp_text_clear(&origin);
    return status;
}

static enum vjp_status add_order(struct vjp_annex *annex, const struct vjp_stream_line *line,
                                 bool *is_new, struct vjp_error *error)
{
    struct vjp_order_record *grown;
    enum vjp_status status = look_twice(annex, line, "", is_new, error);
    if (status != VJP_OK || !*is_new)
        return status;
    grown = grow(annex->order, annex->n_orders, sizeof *grown);
    if (!grown)
        return fail_memory(error);
    annex->order = grown;
    grown[annex->n_orders++] = line->order;
    return keep_memory(annex, line->json, error);
}

static enum vjp_status add_order_gap(struct vjp_annex *annex, const struct vjp_stream_line *line,
                                     bool *is_new, struct vjp_error *error)
{
    struct vjp_order_gap_record *grown;
    enum vjp_status status = look_twice(annex, line, "", is_new, error);
    if (status != VJP_OK || !*is_new)
        return status;
    grown = grow(annex->order_gap, annex->n_order_gaps, sizeof *grown);
    if (!grown)
        return fail_memory(error);
    annex->order_gap = grown;
    grown[annex->n_order_gaps++] = line->order_gap;
    return keep_memory(annex, line->json, error);
}

/* The object is read again: what was read goes with its line. */
static enum vjp_status add_coverage(struct vjp_annex *annex, const struct vjp_stream_line *line,
                                    bool *is_new, struct vjp_error *error)
{
    struct vjp_coverage run = {.count = 0};
    enum vjp_status status = look_twice(annex, line, "", is_new, error);
    if (status == VJP_OK && *is_new)
        status = vjp_coverage_read_line(line->json, &run, error);
    for (int i = 0; i < run.count; i++)
        run.file[i].run = annex->run;
    if (status == VJP_OK)
        status = vjp_coverage_unite(&annex->coverage, &run, error);
    vjp_coverage_clear(&run);
    return status;
}

/* The self-test that goes on, or a new one; NULL where memory has ended. */
static struct vjp_annex_selftest *need_selftest(struct vjp_annex *annex)
{
    struct vjp_annex_selftest *grown;
    if (annex->open)
        return &annex->selftest[annex->n_selftests - 1];
    grown = grow(annex->selftest, annex->n_selftests, sizeof *grown);
    if (!grown)
        return NULL;
    annex->selftest = grown;
    annex->open = true;
    grown[annex->n_selftests] = (struct vjp_annex_selftest){.concluded = false};
    return &grown[annex->n_selftests++];
}

/* A self-test that has come before, with the same summary to the last digit of its seconds, is left out. */
static enum vjp_status conclude(struct vjp_annex *annex, const struct vjp_stream_line *line,
                                struct vjp_annex_selftest *s, bool *is_new, struct vjp_error *error)
{
    const enum vjp_status status = look_twice(annex, line, "", is_new, error);
    s->concluded = true;
    s->conclusion = line->selftest;
    annex->open = false;
    if (status == VJP_OK && !*is_new)
        vjp_annex_selftest_clear(&annex->selftest[--annex->n_selftests]);
    return status;
}

static enum vjp_status add_selftest(struct vjp_annex *annex, const struct vjp_stream_line *line,
                                    bool *is_new, struct vjp_error *error)
{
    struct vjp_annex_selftest *s = need_selftest(annex);
    if (!s)
        return fail_memory(error);
    const enum vjp_status status = keep_memory(annex, line->json, error);
    if (status == VJP_OK && line->type == VJP_STREAM_SELFTEST)
        return conclude(annex, line, s, is_new, error);
    if (status == VJP_OK && !vjp_annex_selftest_add(s, line))
        return fail_memory(error);
    return status;
}

enum vjp_status vjp_annex_add(struct vjp_annex *annex, const struct vjp_stream_line *line,
                              bool *is_new, struct vjp_error *error)
{
    *is_new = true;
    switch (line->type) {
    case VJP_STREAM_STUDY:
        annex->header = line->json;
        return keep_memory(annex, line->json, error);
    case VJP_STREAM_POINT:
    case VJP_STREAM_GAP:
        return add_point(annex, line, is_new, error);
    case VJP_STREAM_ORDER:
        return add_order(annex, line, is_new, error);
    case VJP_STREAM_ORDER_GAP:
        return add_order_gap(annex, line, is_new, error);
    case VJP_STREAM_PLANT:
    case VJP_STREAM_PLANT_SO_FAR:
    case VJP_STREAM_RULE:
    case VJP_STREAM_ALARM:
    case VJP_STREAM_CORRECT_SO_FAR:
    case VJP_STREAM_SELFTEST:
        return add_selftest(annex, line, is_new, error);
    case VJP_STREAM_COVERAGE:
        return add_coverage(annex, line, is_new, error);
    default:
        return VJP_OK;
    }
}

void vjp_annex_clear(struct vjp_annex *annex)
{
    for (int i = 0; i < VJP_ANNEX_STUDIES; i++)
        vjp_study_table_clear(&annex->study[i].table);
    for (int i = 0; i < annex->n_sources; i++)
        clear_source(&annex->source[i]);
    for (int i = 0; i < annex->n_selftests; i++)
        vjp_annex_selftest_clear(&annex->selftest[i]);
    for (size_t i = 0; i < annex->n_memory; i++)
        json_decref(annex->memory[i]);
    free(annex->source);
    free(annex->order);
    free(annex->order_gap);
    free(annex->selftest);
    free(annex->memory);
    vjp_coverage_clear(&annex->coverage);
    vjp_seen_clear(&annex->seen);
    *annex = (struct vjp_annex){.open = false};
}

bool vjp_annex_is_empty(const struct vjp_annex *annex)
{
    int64_t points = 0;
    for (int i = 0; i < VJP_ANNEX_STUDIES; i++)
        points += annex->study[i].table.count;
    return points + annex->n_orders + annex->n_order_gaps + annex->n_selftests +
               annex->coverage.count ==
           0;
}

static bool is_revealed(const struct vjp_order_record *order)
{
    for (int i = 0; i < order->n_trees; i++) {
        if (order->tree[i].tree)
            return !*order->failure;
    }
    return false;
}

struct vjp_annex_totals vjp_annex_count(const struct vjp_annex *annex)
{
    struct vjp_annex_totals totals = {.selftests = annex->n_selftests,
                                      .covered_files = annex->coverage.count};
    for (int i = 0; i < VJP_ANNEX_STUDIES; i++) {
        const struct vjp_study_totals t = vjp_study_table_count(&annex->study[i].table);
        totals.points.points += t.points;
        totals.points.gaps += t.gaps;
        totals.points.outside += t.outside;
        totals.points.lost += t.lost;
        totals.points.failed += t.failed;
    }
    for (int i = 0; i < annex->n_orders; i++) {
        const struct vjp_order_record *order = &annex->order[i];
        totals.revealed += is_revealed(order);
        totals.certified +=
            is_revealed(order) && order->certified > 0 && order->certified == order->elements;
    }
    for (int i = 0; i < annex->n_selftests; i++)
        totals.refused += !vjp_annex_passed(&annex->selftest[i]);
    return totals;
}

bool vjp_annex_is_conclusive(const struct vjp_annex_totals *totals)
{
    return totals->points.points > 0 || totals->revealed > 0 || totals->selftests > 0;
}

bool vjp_annex_failed(const struct vjp_annex_totals *totals)
{
    return totals->points.outside > 0 || totals->points.failed > 0 || totals->refused > 0;
}
