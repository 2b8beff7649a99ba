/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/baseline.h"

#include "impls/host/foreign.h"
#include "reports/render/json_line.h"
#include "reports/render/json_read.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT  1
#define NOTHING 0x1p-40

double vjp_baseline_round(double ratio)
{
    char text[32];
    if (!isfinite(ratio) || ratio < NOTHING)
        return isfinite(ratio) ? 0 : ratio;
    snprintf(text, sizeof text, "%.2e", ratio);
    double rounded = strtod(text, NULL);
    if (rounded < ratio) {
        /* One more in the last of three digits. */
        const long exponent = strtol(strchr(text, 'e') + 1, NULL, 10);
        snprintf(text, sizeof text, "%.2e", rounded + pow(10, (double)exponent - 2));
        rounded = strtod(text, NULL);
    }
    return rounded;
}

static void clear_row(struct vjp_baseline_row *row)
{
    free(row->kernel);
    free(row->layer);
    free(row->dtype);
    free(row->tree);
    free(row->skipped);
}

void vjp_baseline_clear(struct vjp_baseline *baseline)
{
    for (int i = 0; i < baseline->count; i++)
        clear_row(&baseline->row[i]);
    free(baseline->row);
    *baseline = (struct vjp_baseline){0};
}

int vjp_baseline_order(const struct vjp_baseline_row *a, const struct vjp_baseline_row *b)
{
    const int order = strcmp(a->kernel, b->kernel);
    return order != 0 ? order : strcmp(a->dtype, b->dtype);
}

static int compare_rows(const void *x, const void *y)
{
    return vjp_baseline_order(x, y);
}

/* Takes over the row; its texts may be NULL where memory has ended. */
static enum vjp_status add_row(struct vjp_baseline *baseline, struct vjp_baseline_row *row,
                               struct vjp_error *error)
{
    const bool whole = row->kernel && row->layer && row->dtype && row->tree;
    struct vjp_baseline_row *grown =
        whole ? realloc(baseline->row, ((size_t)baseline->count + 1) * sizeof *grown) : NULL;
    if (!grown) {
        clear_row(row);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    baseline->row = grown;
    grown[baseline->count++] = *row;
    return VJP_OK;
}

static enum vjp_status arrange(struct vjp_baseline *baseline, struct vjp_error *error)
{
    char kernel[128], dtype[32];
    if (baseline->count > 0)
        qsort(baseline->row, (size_t)baseline->count, sizeof *baseline->row, compare_rows);
    for (int i = 1; i < baseline->count; i++) {
        const struct vjp_baseline_row *row = &baseline->row[i];
        if (compare_rows(row - 1, row) != 0)
            continue;
        vjp_foreign_text(kernel, sizeof kernel, row->kernel, strlen(row->kernel));
        vjp_foreign_text(dtype, sizeof dtype, row->dtype, strlen(row->dtype));
        return vjp_fail(error, VJP_ERR_USAGE, "there are two kernels called %s, with %s", kernel,
                        dtype);
    }
    return VJP_OK;
}

/* Every case was declined. */
static bool is_skipped(const struct vjp_summary_row *r)
{
    return r->n_declines > 0 && r->totals.checks > 0 &&
           r->totals.verdict[VJP_VERDICT_UNSUPPORTED] == r->totals.checks;
}

enum vjp_status vjp_baseline_make(const struct vjp_summary *summary, struct vjp_baseline *out,
                                  struct vjp_error *error)
{
    struct vjp_baseline baseline = {0};
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < summary->n_rows && status == VJP_OK; i++) {
        const struct vjp_summary_row *r = &summary->rows[i];
        char name[96];
        vjp_summary_short_name(r->target, name, sizeof name);
        struct vjp_baseline_row row = {
            .kernel = strdup(name),
            .layer = strdup(r->layer),
            .dtype = strdup(r->dtype),
            .tree = strdup(""),
            .asked = r->asked,
            .totals = r->totals,
            .ratio = r->measured ? vjp_baseline_round(r->worst_ratio) : -1,
            .skipped = is_skipped(r) ? strdup(r->declines[0].reason) : NULL,
            .skips = is_skipped(r) ? r->declines[0].count : 0};
        status = add_row(&baseline, &row, error);
    }
    if (status == VJP_OK)
        status = arrange(&baseline, error);
    if (status == VJP_OK)
        *out = baseline;
    else
        vjp_baseline_clear(&baseline);
    return status;
}

static struct vjp_baseline_row *find(const struct vjp_baseline *baseline, const char *kernel,
                                     const char *dtype)
{
    char name[96];
    vjp_summary_short_name(kernel, name, sizeof name);
    for (int i = 0; i < baseline->count; i++) {
        struct vjp_baseline_row *row = &baseline->row[i];
        if (strcmp(row->kernel, name) == 0 && strcmp(row->dtype, dtype) == 0)
            return row;
    }
    return NULL;
}

bool vjp_baseline_wants_tree(const struct vjp_baseline *baseline, const char *kernel,
                             const char *dtype)
{
    const struct vjp_baseline_row *row = find(baseline, kernel, dtype);
    return row && !row->skipped;
}

enum vjp_status vjp_baseline_set_tree(struct vjp_baseline *baseline, const char *kernel,
                                      const char *dtype, const char *tree, struct vjp_error *error)
{
    struct vjp_baseline_row *row = find(baseline, kernel, dtype);
    char *copy = strdup(tree);
    if (!row || !copy) {
        free(copy);
        return row ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
    }
    free(row->tree);
    row->tree = copy;
    return VJP_OK;
}

/* Verdicts that did not occur are left out. */
static json_t *make_counts(const struct vjp_totals *totals)
{
    struct vjp_json_line counts = {.json = json_object()};
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (totals->verdict[v] > 0)
            vjp_json_set(&counts, vjp_verdict_name((enum vjp_verdict)v),
                         json_integer(totals->verdict[v]));
    }
    if (totals->not_run > 0)
        vjp_json_set(&counts, "not_run", json_integer(totals->not_run));
    if (totals->left_out > 0)
        vjp_json_set(&counts, "left_out", json_integer(totals->left_out));
    return vjp_json_take(&counts);
}

/* A number of three digits as a text: what prints a double would write 17. */
static json_t *make_ratio(double ratio)
{
    return ratio < 0      ? json_null()
           : isnan(ratio) ? json_string("nan")
                          : json_sprintf("%.3g", ratio);
}

static enum vjp_status write_row(struct vjp_sink *sink, const struct vjp_baseline_row *row,
                                 struct vjp_error *error)
{
    struct vjp_json_line line = {.json = json_object()};
    vjp_json_set(&line, "kernel", vjp_json_text(row->kernel));
    vjp_json_set(&line, "dtype", vjp_json_text(row->dtype));
    vjp_json_set(&line, "layer", vjp_json_text(row->layer));
    vjp_json_set(&line, "verdict", json_string(vjp_totals_worst(&row->totals)));
    vjp_json_set(&line, "error_over_bound", make_ratio(row->ratio));
    vjp_json_set(&line, "verdicts", make_counts(&row->totals));
    vjp_json_set(&line, "cases", json_sprintf("0x%016" PRIx64, row->asked));
    vjp_json_set(&line, "tree", vjp_json_text(row->tree));
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_baseline_write(const char *path, const struct vjp_baseline *baseline,
                                   struct vjp_error *error)
{
    struct vjp_sink sink = {0};
    struct vjp_json_line first = {.json = NULL};
    enum vjp_status status = vjp_sink_open(path, &sink, error);
    if (status == VJP_OK) {
        first = vjp_json_begin("baseline");
        vjp_json_set(&first, "format", json_integer(FORMAT));
        status = vjp_json_end(&first, &sink, error);
    }
    for (int i = 0; i < baseline->count && status == VJP_OK; i++)
        status = write_row(&sink, &baseline->row[i], error);
    if (status == VJP_OK)
        status = vjp_sink_commit(&sink, error);
    vjp_sink_clear(&sink);
    return status;
}

static enum vjp_status read_counts(json_t *json, struct vjp_totals *out, struct vjp_error *error)
{
    json_t *counts = json_object_get(json, "verdicts");
    const char *name;
    json_t *value;
    if (!json_is_object(counts))
        return vjp_json_fail_key("verdicts", "an object of counts", error);
    json_object_foreach(counts, name, value)
    {
        int64_t *at = strcmp(name, "not_run") == 0    ? &out->not_run
                      : strcmp(name, "left_out") == 0 ? &out->left_out
                                                      : NULL;
        for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
            if (strcmp(name, vjp_verdict_name((enum vjp_verdict)v)) == 0)
                at = &out->verdict[v];
        }
        if (!at || !vjp_json_is_count(value))
            return vjp_json_fail_key("verdicts", "counts of verdicts", error);
        *at = json_integer_value(value);
        out->checks += *at;
    }
    return VJP_OK;
}

static enum vjp_status read_ratio(const json_t *json, double *out, struct vjp_error *error)
{
    const json_t *value = json_object_get(json, "error_over_bound");
    const char *text = json_string_value(value);
    char *end = NULL;
    *out = json_is_null(value) ? -1 : text ? strtod(text, &end) : NAN;
    if (!json_is_null(value) && (!text || end == text || *end != '\0' || *out < 0))
        return vjp_json_fail_key("error_over_bound", "a number as a text, or null", error);
    *out = text ? vjp_baseline_round(*out) : *out;
    return VJP_OK;
}

static enum vjp_status read_row(json_t *json, struct vjp_baseline *baseline,
                                struct vjp_error *error)
{
    const char *kernel, *layer, *dtype, *tree = "";
    struct vjp_baseline_row row = {0};
    enum vjp_status status = vjp_json_read_text(json, "kernel", &kernel, error);
    if (status == VJP_OK)
        status = vjp_json_read_text(json, "layer", &layer, error);
    if (status == VJP_OK)
        status = vjp_json_read_text(json, "dtype", &dtype, error);
    if (status == VJP_OK)
        status = vjp_json_read_text_if(json, "tree", &tree, error);
    if (status == VJP_OK)
        status = vjp_json_read_bits(json, "cases", &row.asked, error);
    if (status == VJP_OK)
        status = read_counts(json, &row.totals, error);
    if (status == VJP_OK)
        status = read_ratio(json, &row.ratio, error);
    if (status != VJP_OK)
        return status;
    row.kernel = strdup(kernel);
    row.layer = strdup(layer);
    row.dtype = strdup(dtype);
    row.tree = strdup(tree);
    return add_row(baseline, &row, error);
}

static enum vjp_status read_line(const char *text, size_t length, int64_t number,
                                 struct vjp_baseline *baseline, struct vjp_error *error)
{
    enum vjp_status status;
    json_error_t why;
    const char *type = "";
    int64_t format = 0;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(json)) {
        status = vjp_fail(error, VJP_ERR_USAGE, "expected an object of JSON");
    } else if (number > 1) {
        status = read_row(json, baseline, error);
    } else {
        status = vjp_json_read_text(json, "type", &type, error);
        if (status == VJP_OK && strcmp(type, "baseline") != 0)
            status = vjp_json_fail_key("type", "\"baseline\"", error);
        if (status == VJP_OK)
            status = vjp_json_read_count(json, "format", &format, error);
        if (status == VJP_OK && format != FORMAT)
            status = vjp_json_fail_key("format", "1", error);
    }
    json_decref(json);
    return status;
}

enum vjp_status vjp_baseline_read(const char *path, struct vjp_baseline *out,
                                  struct vjp_error *error)
{
    struct vjp_baseline baseline = {0};
    char *text = NULL;
    size_t size = 0;
    int64_t number = 0;
    ssize_t length;
    enum vjp_status status = VJP_OK;
    FILE *file = fopen(path, "re");
    if (!file)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--baseline %s: cannot be read: %s; --update-baseline writes it", path,
                        strerror(errno));
    while (status == VJP_OK && (length = getline(&text, &size, file)) > 0) {
        status = read_line(text, (size_t)length, ++number, &baseline, error);
        if (status == VJP_ERR_USAGE)
            vjp_error_prefix(error, "%s:%" PRId64 ": ", path, number);
    }
    if (status == VJP_OK && ferror(file))
        status = vjp_fail(error, VJP_ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (status == VJP_OK && number == 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "%s: is empty: expected a baseline", path);
    if (status == VJP_OK) {
        status = arrange(&baseline, error);
        if (status != VJP_OK)
            vjp_error_prefix(error, "%s: ", path);
    }
    free(text);
    fclose(file);
    if (status == VJP_OK)
        *out = baseline;
    else
        vjp_baseline_clear(&baseline);
    return status;
}
