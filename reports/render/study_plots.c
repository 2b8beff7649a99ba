/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/plot_svg.h"
#include "reports/render/study_curves.h"
#include "reports/render/study_output.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The points of a plot are those that are alike but for their kernels; a series is a kernel. */

static double omega_of(const struct vjp_study_point *p)
{
    return p->figures.omega.max;
}

static double ulp_of(const struct vjp_study_point *p)
{
    return isnan(p->figures.ulp.p99) ? p->figures.ulp.p50 : p->figures.ulp.p99;
}

static double correct_of(const struct vjp_study_point *p)
{
    return 100 * p->figures.correct;
}

static double relative_of(const struct vjp_study_point *p)
{
    return p->figures.relative.max;
}

static double terms_of(const struct vjp_study_point *p)
{
    return p->figures.terms_mean;
}

/* Not finite, and so not drawn, where nothing is known. */
static double all_of(const struct vjp_study_point *p)
{
    return p->parts.elements > 0 ? p->parts.all.max : (double)NAN;
}

static double operands_of(const struct vjp_study_point *p)
{
    return p->parts.elements > 0 ? p->parts.operands.max : (double)NAN;
}

static double condition_of(const struct vjp_study_point *p)
{
    return p->figures.condition.p50;
}

bool vjp_study_is_beside(const struct vjp_study_point *a, const struct vjp_study_point *b)
{
    return strcmp(a->layer, b->layer) == 0 && strcmp(a->dtype, b->dtype) == 0 &&
           strcmp(a->gradient, b->gradient) == 0 && strcmp(a->values, b->values) == 0;
}

/* What is drawn over the terms, or over the condition number. */
struct view {
    const char *name, *title;
    double (*value)(const struct vjp_study_point *p);
    void (*add_curves)(const struct vjp_study_table *table, const struct vjp_study_point *like,
                       struct vjp_study_sheet *s); /* the theory beside it; or NULL */
    enum vjp_plot_scale scale;
    /* One more series, of what is the same for all kernels; where that is not known, there is no plot. NULL: none. */
    double (*beside)(const struct vjp_study_point *p);
    const char *beside_name;
};

static const struct view condition_views[] = {
    {"relative", "largest |error| / |g|", relative_of, vjp_study_curves_conditioning,
     VJP_PLOT_LOG10, NULL, NULL},
    {"omega", "largest omega = |error| / S", omega_of, NULL, VJP_PLOT_LOG10, NULL, NULL},
};

static const struct view views[] = {
    {"omega", "largest omega = |error| / S", omega_of, vjp_study_curves_theory, VJP_PLOT_LOG10,
     NULL, NULL},
    {"ulp", "error, 99 % of elements, in ulp of the exact result", ulp_of, NULL, VJP_PLOT_LOG10,
     NULL, NULL},
    {"correct", "correctly rounded elements, in %", correct_of, NULL, VJP_PLOT_LINEAR, NULL, NULL},
};

static const struct view dtype_views[] = {
    {"omega", "largest omega = |error| / S", omega_of, vjp_study_curves_formats, VJP_PLOT_LOG10,
     NULL, NULL},
    {"operands", "largest |error| / S, against operands in f64", all_of, vjp_study_curves_operands,
     VJP_PLOT_LOG10, operands_of, "no kernel: operands rounded"},
    {"correct", "correctly rounded elements, in %", correct_of, NULL, VJP_PLOT_LINEAR, NULL, NULL},
};

/* The horizontal axis. */
static double (*x_of(const struct vjp_study_output *o))(const struct vjp_study_point *p)
{
    return strcmp(o->study, "condition") == 0 ? condition_of : terms_of;
}

/* Of the points beside it, the first that knows its parts, which are the same for every kernel; NULL: none does, as of f64,
 * whose operands were not rounded, and of streams that were written before there were parts. */
static const struct vjp_study_point *with_parts(const struct vjp_study_table *table,
                                                const struct vjp_study_point *like)
{
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        if (!p->why && vjp_study_is_beside(p, like) && p->parts.elements > 0)
            return p;
    }
    return NULL;
}

/* One series for all kernels, of the points of one of them; it is shown also where there are more kernels than can be. */
static void add_beside(const struct vjp_study_output *o, const struct vjp_study_point *of,
                       const struct view *view, struct vjp_study_sheet *s)
{
    struct vjp_plot_series *series = &s->series[s->n_series++];
    vjp_study_sheet_begin(s, series, view->beside_name);
    for (int64_t i = 0; i < o->table->count; i++) {
        const struct vjp_study_point *p = &o->table->point[i];
        if (!p->why && vjp_study_is_alike(p, of))
            vjp_study_sheet_add(s, series, x_of(o)(p), view->beside(p));
    }
    vjp_study_sheet_sort(s, series);
    if (s->n_series > VJP_PLOT_SERIES_MAX) {
        const struct vjp_plot_series last = *series;
        *series = s->series[VJP_PLOT_SERIES_MAX - 1];
        s->series[VJP_PLOT_SERIES_MAX - 1] = last;
    }
}

static void add_kernels(const struct vjp_study_output *o, const struct vjp_study_point *like,
                        const struct view *view, struct vjp_study_sheet *s)
{
    const struct vjp_study_table *table = o->table;
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        bool known = false;
        for (int k = 0; k < s->n_series; k++)
            known |= strcmp(s->series[k].name, p->kernel) == 0;
        if (p->why || known || !vjp_study_is_beside(p, like))
            continue;
        struct vjp_plot_series *series = &s->series[s->n_series++];
        vjp_study_sheet_begin(s, series, p->kernel);
        for (int64_t j = i; j < table->count; j++) {
            const struct vjp_study_point *q = &table->point[j];
            if (!q->why && vjp_study_is_alike(p, q))
                vjp_study_sheet_add(s, series, x_of(o)(q), view->value(q));
        }
        vjp_study_sheet_sort(s, series);
    }
}

/* "growth-omega-linear-f32-dx-normal.svg", every other character '_'. */
static void print_name(const struct vjp_study_output *o, const char *view,
                       const struct vjp_study_point *p, struct vjp_text *out)
{
    struct vjp_text name = {0};
    vjp_text_add(&name, "%s-%s-%s-%s-%s-%s", o->study, view, p->layer, p->dtype, p->gradient,
                 p->values);
    for (char *c = name.data; c && *c; c++) {
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '.')
            *c = '_';
    }
    vjp_text_add(out, "%s/%s.svg", o->folder, name.failed ? "plot" : name.data);
    out->failed |= name.failed;
    vjp_text_clear(&name);
}

/* Hands the plot of one view of the points beside one to the visitor, if there is anything to see in it. */
static enum vjp_status draw(const struct vjp_study_output *o, const struct view *view,
                            struct vjp_study_plot *drawn, struct vjp_study_sheet *s,
                            vjp_study_plot_visitor visit, void *env, struct vjp_error *error)
{
    const struct vjp_study_point *like = drawn->like;
    const struct vjp_study_point *of = view->beside ? with_parts(o->table, like) : like;
    struct vjp_text title = {0};
    if (!of)
        return VJP_OK;
    s->used = s->n_series = s->n_curves = 0;
    add_kernels(o, like, view, s);
    if (view->beside)
        add_beside(o, of, view, s);
    if (view->add_curves)
        view->add_curves(o->table, of, s);
    vjp_text_add(&title, "%s: %s of %s in %s, operands %s", o->study, like->gradient, like->layer,
                 like->dtype, like->values);
    drawn->view = view->name;
    drawn->plot = (struct vjp_plot){
        .title = title.data,
        .about = "Each mark is one size of one kernel, over many elements and cases; the numbers "
                 "are in study.csv.",
        .x = {x_of(o) == terms_of ? "k, terms that an element of the gradient sums"
                                  : "condition number 2 S / |g|",
              VJP_PLOT_LOG2},
        .y = {view->title, view->scale},
        .n_series = s->n_series,
        .series = s->series,
        .n_curves = s->n_curves,
        .curves = s->curve};
    const enum vjp_status status =
        title.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : visit(env, drawn, error);
    vjp_text_clear(&title);
    return status;
}

/* Whether no point before it is beside it. */
static bool is_first(const struct vjp_study_table *table, int64_t i)
{
    bool first = !table->point[i].why;
    for (int64_t j = 0; j < i && first; j++)
        first = table->point[j].why || !vjp_study_is_beside(&table->point[j], &table->point[i]);
    return first;
}

static int views_of(const char *study, const struct view **out)
{
    if (strcmp(study, "condition") == 0) {
        *out = condition_views;
        return sizeof condition_views / sizeof *condition_views;
    }
    const bool is_dtype = strcmp(study, "dtype") == 0;
    *out = is_dtype ? dtype_views : views;
    return is_dtype ? sizeof dtype_views / sizeof *dtype_views : sizeof views / sizeof *views;
}

enum vjp_status vjp_study_plots_visit(const struct vjp_study_output *output,
                                      vjp_study_plot_visitor visit, void *env,
                                      struct vjp_error *error)
{
    const struct vjp_study_table *table = output->table;
    /* Each point in its series, and in one beside those and the curves. */
    const size_t room = ((size_t)table->count + 1) * (2 + VJP_PLOT_CURVES_MAX);
    struct vjp_study_sheet sheet = {.x = calloc(2 * room, sizeof(double)),
                                    .series =
                                        calloc((size_t)table->count + 2, sizeof *sheet.series)};
    enum vjp_status status = VJP_OK;
    const struct view *all;
    const int n_views = views_of(output->study, &all);
    sheet.y = sheet.x + room;
    if (!sheet.x || !sheet.series)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int64_t i = 0; i < table->count && status == VJP_OK; i++) {
        const bool first = is_first(table, i);
        for (int v = 0; v < n_views && first && status == VJP_OK; v++) {
            struct vjp_study_plot drawn = {
                .like = &table->point[i], .is_first = v == 0, .is_last = v == n_views - 1};
            status = draw(output, &all[v], &drawn, &sheet, visit, env, error);
        }
    }
    free(sheet.x);
    free(sheet.series);
    return status;
}

/* env: the output. */
static enum vjp_status write_file(void *env, const struct vjp_study_plot *drawn,
                                  struct vjp_error *error)
{
    const struct vjp_study_output *o = env;
    struct vjp_text path = {0};
    struct vjp_sink sink = {0};
    print_name(o, drawn->view, drawn->like, &path);
    enum vjp_status status = path.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                         : vjp_sink_open(path.data, &sink, error);
    if (status == VJP_OK) {
        vjp_plot_svg_print(&drawn->plot, sink.file);
        status = vjp_sink_commit(&sink, error);
    }
    vjp_sink_clear(&sink);
    vjp_text_clear(&path);
    return status;
}

enum vjp_status vjp_study_plots_write(const struct vjp_study_output *output,
                                      struct vjp_error *error)
{
    struct vjp_study_output told = *output;
    return vjp_study_plots_visit(output, write_file, &told, error);
}
