/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/text.h"
#include "reports/render/plot_svg.h"
#include "reports/render/ruling_output.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FACTORS = VJP_LEVEL_MOST - VJP_LEVEL_LEAST + 1 };

/* Sizes of defects in classes of a factor 4, from 2^-4 to 2^64 u S. */
#define CLASS_STEP  2
#define CLASS_LEAST (-4)
enum { CLASSES = 34 };

/* A plot while it is made: a series for each rule that has something to say, ours the last. */
struct sheet {
    struct vjp_plot_series series[VJP_BALLOT_RULES + 1];
    int n_series;
    double *x, *y;
    int64_t used, room;
};

struct drawing {
    const struct vjp_ruling_table *table;
    struct vjp_ruling_filter filter;
    struct sheet sheet;
};

static double wrong(const struct drawing *d, const struct vjp_ruling_filter *filter, int rule,
                    int factor)
{
    const struct vjp_votes votes =
        vjp_ruling_count(d->table->ruling, d->table->count, filter, rule, factor);
    return vjp_ruling_wrong(&votes, filter->defect);
}

static struct vjp_plot_series *begin(struct sheet *s, int rule)
{
    struct vjp_plot_series *series = &s->series[s->n_series];
    *series = (struct vjp_plot_series){
        .name = rule == VJP_RULING_OURS ? VJP_RULING_OURS_NAME ": the bound" : vjp_rules[rule].name,
        .x = s->x + s->used,
        .y = s->y + s->used};
    return series;
}

static void add(struct sheet *s, struct vjp_plot_series *series, double x, double y)
{
    if (isnan(x) || isnan(y) || s->used == s->room)
        return;
    s->x[s->used] = x;
    s->y[s->used++] = y;
    series->n++;
}

static void end(struct sheet *s, const struct vjp_plot_series *series)
{
    s->n_series += series->n > 0;
}

/* The rule's tolerance from nothing to where it is as published and refuses nothing that is right; points that are the
 * last one again are left out. */
static void trade(struct drawing *d, int rule)
{
    struct sheet *s = &d->sheet;
    struct vjp_plot_series *series = begin(s, rule);
    struct vjp_ruling_filter defects = d->filter;
    double last_x = NAN, last_y = NAN;
    defects.defect = true;
    for (int factor = VJP_LEVEL_LEAST; factor <= VJP_LEVEL_MOST; factor++) {
        const double x = wrong(d, &d->filter, rule, factor), y = wrong(d, &defects, rule, factor);
        if (factor != 0 && x == last_x && y == last_y)
            continue;
        add(s, series, x, y);
        if (factor == 0)
            series->marked = series->n;
        last_x = x;
        last_y = y;
        if (factor >= 0 && x == 0)
            break; /* what is looser refuses nothing either, and lets through more */
    }
    end(s, series);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What was swept, ascending, each once; the caller's to free. NULL: no memory. */
static double *list_sizes(const struct drawing *d, int64_t *count)
{
    const struct vjp_ruling_table *t = d->table;
    double *at = calloc((size_t)t->count + 1, sizeof *at);
    int64_t n = 0;
    for (int64_t i = 0; i < t->count && at; i++) {
        if (!t->ruling[i].why && t->ruling[i].at > 0)
            at[n++] = t->ruling[i].at;
    }
    if (at)
        qsort(at, (size_t)n, sizeof *at, compare);
    *count = 0;
    for (int64_t i = 0; i < n; i++) {
        if (*count == 0 || at[*count - 1] != at[i])
            at[(*count)++] = at[i];
    }
    return at;
}

static void sweep(struct drawing *d, int rule, bool defect, const double *at, int64_t count)
{
    struct vjp_plot_series *series = begin(&d->sheet, rule);
    for (int64_t i = 0; i < count; i++) {
        struct vjp_ruling_filter filter = d->filter;
        filter.defect = defect;
        filter.at = at[i];
        add(&d->sheet, series, at[i], wrong(d, &filter, rule, 0));
    }
    end(&d->sheet, series);
}

static void classify(struct drawing *d, int rule)
{
    struct vjp_plot_series *series = begin(&d->sheet, rule);
    for (int i = 0; i < CLASSES; i++) {
        struct vjp_ruling_filter filter = d->filter;
        filter.defect = true;
        filter.low = exp2(CLASS_LEAST + CLASS_STEP * i);
        filter.high = filter.low * exp2(CLASS_STEP);
        if (i == 0)
            filter.low = 0;
        add(&d->sheet, series, filter.high / 2, wrong(d, &filter, rule, 0));
    }
    end(&d->sheet, series);
}

/* "DIR/rules-size-linear-f32.svg", other characters '_'. */
static void print_path(const char *folder, const char *name, const struct vjp_ruling_filter *f,
                       struct vjp_text *out)
{
    struct vjp_text file = {0};
    vjp_text_add(&file, "rules-%s-%s-%s", name, f->layer, f->dtype);
    for (char *c = file.data; c && *c; c++) {
        if (!isalnum((unsigned char)*c) && *c != '-')
            *c = '_';
    }
    vjp_text_add(out, "%s/%s.svg", folder, file.failed ? "plot" : file.data);
    out->failed |= file.failed;
    vjp_text_clear(&file);
}

static enum vjp_status draw(const char *folder, const char *name, const char *title,
                            struct vjp_plot *plot, struct drawing *d, struct vjp_error *error)
{
    struct vjp_text path = {0}, full = {0};
    struct vjp_sink sink = {0};
    enum vjp_status status = VJP_OK;
    print_path(folder, name, &d->filter, &path);
    vjp_text_add(&full, "%s in %s: %s", d->filter.layer, d->filter.dtype, title);
    plot->title = full.data;
    plot->n_series = d->sheet.n_series;
    plot->series = d->sheet.series;
    if (path.failed || full.failed)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (status == VJP_OK)
        status = vjp_sink_open(path.data, &sink, error);
    if (status == VJP_OK) {
        vjp_plot_svg_print(plot, sink.file);
        status = vjp_sink_commit(&sink, error);
    }
    vjp_sink_clear(&sink);
    vjp_text_clear(&path);
    vjp_text_clear(&full);
    d->sheet.used = d->sheet.n_series = 0;
    return status;
}

/* The horizontal axis of what was swept; the dimension is that of the first ruling that has one. */
static void name_axis(const struct vjp_ruling_table *table, char *text, int size)
{
    const char *axis = "K";
    for (int64_t i = 0; i < table->count; i++)
        axis = table->ruling[i].at > 0 ? table->ruling[i].axis : axis;
    if (strcmp(axis, "K") == 0)
        snprintf(text, (size_t)size, "K, terms that an element of the gradient sums");
    else
        snprintf(text, (size_t)size, "%s, elements along that dimension", axis);
}

static enum vjp_status draw_group(const char *folder, struct drawing *d, const double *at,
                                  int64_t count, struct vjp_error *error)
{
    char axis[96];
    static const char through[] = "defects let through, in %", refused[] = "right refused, in %";
    struct vjp_plot tradeoff = {
        .about =
            "Each line is a rule as its tolerance grows from 2^-40 times the published one, "
            "which has the mark, to where it refuses nothing that is right. The best corner is "
            "at the lower left.",
        .x = {"right answers refused, in %", VJP_PLOT_LINEAR},
        .y = {through, VJP_PLOT_LINEAR}};
    struct vjp_plot sizes = {
        .about = "Defects by the largest of what they change in an element, in units of u S.",
        .x = {"size of the defect, |change| / (u S)", VJP_PLOT_LOG2},
        .y = {through, VJP_PLOT_LINEAR}};
    struct vjp_plot over = {.about = "Each mark is one size, over all kernels, gradients and data.",
                            .x = {axis, VJP_PLOT_LOG2},
                            .y = {refused, VJP_PLOT_LINEAR}};
    name_axis(d->table, axis, sizeof axis);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        trade(d, rule);
    trade(d, VJP_RULING_OURS);
    enum vjp_status status =
        draw(folder, "tradeoff", "what a tolerance lets through, and refuses", &tradeoff, d, error);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        sweep(d, rule, false, at, count);
    sweep(d, VJP_RULING_OURS, false, at, count);
    if (status == VJP_OK)
        status = draw(folder, "refused", "right answers refused, as published", &over, d, error);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        sweep(d, rule, true, at, count);
    sweep(d, VJP_RULING_OURS, true, at, count);
    over.y.title = through;
    if (status == VJP_OK)
        status = draw(folder, "through", "defects let through, as published", &over, d, error);
    for (int rule = 0; vjp_rules[rule].name; rule++)
        classify(d, rule);
    classify(d, VJP_RULING_OURS);
    if (status == VJP_OK)
        status = draw(folder, "size", "defects let through, by their size", &sizes, d, error);
    return status;
}

enum vjp_status vjp_ruling_plots_write(const char *folder, const struct vjp_ruling_table *table,
                                       struct vjp_error *error)
{
    struct drawing d = {.table = table};
    int64_t count = 0;
    double *at = list_sizes(&d, &count);
    const int64_t longest = count > FACTORS ? count : FACTORS;
    enum vjp_status status = VJP_OK;
    d.sheet.room = (VJP_BALLOT_RULES + 1) * longest;
    d.sheet.x = calloc((size_t)d.sheet.room, sizeof(double));
    d.sheet.y = calloc((size_t)d.sheet.room, sizeof(double));
    if (!at || !d.sheet.x || !d.sheet.y)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int64_t i = 0; status == VJP_OK && vjp_ruling_next(table, &i, &d.filter);)
        status = draw_group(folder, &d, at, count, error);
    free(at);
    free(d.sheet.x);
    free(d.sheet.y);
    return status;
}
