/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/plot_svg.h"
#include "reports/render/study_output.h"
#include "reports/study/theory.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The points of a plot are those that are alike but for their kernels; a series is a kernel. */

/* What is drawn over the terms, or over the condition number. */
struct view {
    const char *name, *title;
    double (*value)(const struct vjp_study_point *p);
    bool theory;
    enum vjp_plot_scale scale;
};

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

static double condition_of(const struct vjp_study_point *p)
{
    return p->figures.condition.p50;
}

static const struct view condition_views[] = {
    {"relative", "largest |error| / |g|", relative_of, true, VJP_PLOT_LOG10},
    {"omega", "largest omega = |error| / S", omega_of, false, VJP_PLOT_LOG10},
};

static const struct view views[] = {
    {"omega", "largest omega = |error| / S", omega_of, true, VJP_PLOT_LOG10},
    {"ulp", "error, 99 % of elements, in ulp of the exact result", ulp_of, false, VJP_PLOT_LOG10},
    {"correct", "correctly rounded elements, in %", correct_of, false, VJP_PLOT_LINEAR},
};

bool vjp_study_is_beside(const struct vjp_study_point *a, const struct vjp_study_point *b)
{
    return strcmp(a->layer, b->layer) == 0 && strcmp(a->dtype, b->dtype) == 0 &&
           strcmp(a->gradient, b->gradient) == 0 && strcmp(a->values, b->values) == 0;
}

/* Numbers of one plot; room for all points in every series would be too much, so they lie one behind the other. */
struct sheet {
    double *x, *y;
    int used;
    struct vjp_plot_series *series;
    int n_series;
    struct vjp_plot_series curve[VJP_PLOT_CURVES_MAX];
    int n_curves;
};

static void begin_series(struct sheet *s, struct vjp_plot_series *series, const char *name)
{
    *series = (struct vjp_plot_series){.name = name, .x = s->x + s->used, .y = s->y + s->used};
}

static void add_point(struct sheet *s, struct vjp_plot_series *series, double x, double y)
{
    s->x[s->used] = x;
    s->y[s->used++] = y;
    series->n++;
}

/* Ascending: runs that were merged may have been of the larger sizes first. */
static void sort_points(struct sheet *s, const struct vjp_plot_series *series)
{
    double *x = s->x + s->used - series->n, *y = s->y + s->used - series->n;
    for (int i = 1; i < series->n; i++) {
        const double px = x[i], py = y[i];
        int at = i;
        for (; at > 0 && x[at - 1] > px; at--) {
            x[at] = x[at - 1];
            y[at] = y[at - 1];
        }
        x[at] = px;
        y[at] = py;
    }
}

/* The horizontal axis. */
static double (*x_of(const struct vjp_study_output *o))(const struct vjp_study_point *p)
{
    return strcmp(o->study, "condition") == 0 ? condition_of : terms_of;
}

static void add_kernels(const struct vjp_study_output *o, const struct vjp_study_point *like,
                        const struct view *view, struct sheet *s)
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
        begin_series(s, series, p->kernel);
        for (int64_t j = i; j < table->count; j++) {
            const struct vjp_study_point *q = &table->point[j];
            if (!q->why && vjp_study_is_alike(p, q))
                add_point(s, series, x_of(o)(q), view->value(q));
        }
        sort_points(s, series);
    }
}

enum { K_U, PROBABLE, PAIRS, N_THEORIES };

/* Of the bound of a theory, with the rounding of the result to a narrower dtype. */
static double theory_of(int which, double k, double u, double u_out)
{
    const double last = u_out > u ? u_out : 0;
    return last + (which == K_U ? vjp_theory_deterministic(k, u)
                   : which == PROBABLE
                       ? vjp_theory_probabilistic(k, u, vjp_theory_lambda(k, u, VJP_STUDY_FAILURE))
                       : vjp_theory_tree(vjp_theory_height_pairwise(k), u));
}

/* Curves for the least precise accumulation in the plot: bounds for all of them. */
static void add_theory(const struct vjp_study_table *table, const struct vjp_study_point *like,
                       struct sheet *s)
{
    static const char *const names[N_THEORIES] = {[K_U] = "bound k u (Jeannerod, Rump)",
                                                  [PROBABLE] = "probable (Higham, Mary), 1 in 1000",
                                                  [PAIRS] = "bound of a tree of pairs"};
    double u = 0, u_out = 0;
    const struct vjp_plot_series *longest = NULL;
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        if (!p->why && vjp_study_is_beside(p, like)) {
            u = fmax(u, p->u);
            u_out = p->u_out;
        }
    }
    for (int k = 0; k < s->n_series; k++) {
        if (!longest || s->series[k].n > longest->n)
            longest = &s->series[k];
    }
    for (int which = 0; which < N_THEORIES && longest; which++) {
        struct vjp_plot_series *curve = &s->curve[s->n_curves++];
        begin_series(s, curve, names[which]);
        for (int i = 0; i < longest->n; i++)
            add_point(s, curve, longest->x[i], theory_of(which, fmax(1, longest->x[i]), u, u_out));
    }
}

/* |error| <= k u S + u_out |g| and cond = 2 S / |g| give |error| / |g| <= k u cond / 2 + u_out. */
static void add_conditioning(const struct vjp_study_table *table,
                             const struct vjp_study_point *like, struct sheet *s)
{
    struct vjp_plot_series *curve = &s->curve[s->n_curves++];
    begin_series(s, curve, "bound k u cond / 2 + u of the result");
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        const double condition = p->figures.condition.max;
        if (!p->why && vjp_study_is_alike(p, like))
            add_point(s, curve, p->figures.condition.p50,
                      vjp_theory_deterministic((double)p->figures.terms_max, p->u) * condition / 2 +
                          p->u_out);
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

/* Hands the plot of one view of the points beside one to the visitor. */
static enum vjp_status draw(const struct vjp_study_output *o, const struct view *view,
                            struct vjp_study_plot *drawn, struct sheet *s,
                            vjp_study_plot_visitor visit, void *env, struct vjp_error *error)
{
    const struct vjp_study_point *like = drawn->like;
    struct vjp_text title = {0};
    s->used = s->n_series = s->n_curves = 0;
    add_kernels(o, like, view, s);
    if (view->theory && x_of(o) == terms_of)
        add_theory(o->table, like, s);
    else if (view->theory)
        add_conditioning(o->table, like, s);
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

enum vjp_status vjp_study_plots_visit(const struct vjp_study_output *output,
                                      vjp_study_plot_visitor visit, void *env,
                                      struct vjp_error *error)
{
    const struct vjp_study_table *table = output->table;
    const size_t room = ((size_t)table->count + 1) * (1 + N_THEORIES);
    struct sheet sheet = {.x = calloc(2 * room, sizeof(double)),
                          .series = calloc((size_t)table->count + 1, sizeof *sheet.series)};
    enum vjp_status status = VJP_OK;
    const bool over_terms = x_of(output) == terms_of;
    const struct view *all = over_terms ? views : condition_views;
    const int n_views = over_terms ? sizeof views / sizeof *views
                                   : sizeof condition_views / sizeof *condition_views;
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
