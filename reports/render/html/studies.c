/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/parts.h"

#include "reports/render/study_output.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A study while it is shown. */
struct scene {
    struct vjp_page *page;
    const struct vjp_annex_study *study;
    int *group; /* by point: the article in which its plots stand; gaps have none */
    int at;     /* the article that is open */
};

static const struct {
    const char *study, *title, *about;
} words[VJP_ANNEX_STUDIES] = {
    {"growth", "Growth: the error against the number of terms",
     "omega is the error in parts of S, the sum of the terms' magnitudes; u is half the distance "
     "from 1 to the next number of the format that is summed in. The slope is that of the root "
     "mean square of omega against k, both as logarithms, with its interval of 95 %: near 1 "
     "errors add up with a sign, near 1/2 they do not, near 0 the sum is a tree."},
    {"condition", "Condition: the error against the condition number",
     "The condition number 2 S / |g| tells how much of a gradient g cancels: the relative error "
     "may "
     "grow with it, omega, the error in parts of S, may not."},
    {"dtype", "Dtype: the error in each format",
     "What explains an error is the most precise format of sums within whose bound all elements "
     "lie; where none does, sums in f32 of operands that the kernel rounds to 11 bits (tf32) or "
     "8 (bf16) are tried. Besides what a kernel adds, the plots show what no kernel can help: the "
     "error that comes from rounding the operands to their dtype, here from f64. Both are root "
     "mean squares in parts of S."},
};

/* The number of the article of each point. */
static bool find_groups(struct scene *s)
{
    const struct vjp_study_table *table = &s->study->table;
    int groups = 0;
    s->group = calloc((size_t)table->count + 1, sizeof *s->group);
    for (int64_t i = 0; i < table->count && s->group; i++) {
        s->group[i] = -1;
        for (int64_t j = 0; j < i && s->group[i] < 0 && !table->point[i].why; j++) {
            if (!table->point[j].why && vjp_study_is_beside(&table->point[j], &table->point[i]))
                s->group[i] = s->group[j];
        }
        if (s->group[i] < 0 && !table->point[i].why)
            s->group[i] = groups++;
    }
    return s->group != NULL;
}

static void write_percent(struct vjp_page *page, double share)
{
    if (isnan(share))
        vjp_page_known(page, share);
    else
        vjp_page_markup(page, "<td class=\"num\" data-v=\"%.17g\">%.1f%%</td>", share, 100 * share);
}

/* Where the error comes from, root mean squares in parts of S, and what explains the kernel's: so many columns. */
#define N_PARTS 5
static void write_parts(struct vjp_page *page, const struct vjp_study_point *p)
{
    const bool known = p->parts.elements > 0;
    vjp_page_known(page, known ? vjp_part_rms(&p->parts.operands) : (double)NAN);
    vjp_page_known(page, p->figures.omega_rms);
    vjp_page_known(page, known ? vjp_part_rms(&p->parts.all) : (double)NAN);
    vjp_page_cell(page, known ? vjp_parts_largest(&p->parts, p->figures.correct) : "-");
    vjp_page_cell(page, p->model);
}

/* A row of what is told of a kernel and a gradient as a whole. */
static void write_verdict(struct scene *s, const struct vjp_study_verdict *v)
{
    const struct vjp_study_table *table = &s->study->table;
    const struct vjp_study_point *p = vjp_study_last(table, v->like);
    const struct vjp_figures *f = &p->figures;
    const struct vjp_fit *fit = &v->evidence.fit;
    struct vjp_page *page = s->page;
    vjp_page_markup(page, "<tr class=\"%s\"><th scope=\"row\">", p->outside > 0 ? "failed" : "");
    vjp_page_text(page, p->kernel);
    vjp_page_markup(page, "</th><td><span class=\"mark\" aria-hidden=\"true\"></span>");
    vjp_page_text(page, vjp_study_conclusion(s->study->name, p, v));
    vjp_page_markup(page, "</td>");
    vjp_page_cell(page, p->layer);
    vjp_page_cell(page, p->dtype);
    vjp_page_cell(page, p->accumulate);
    vjp_page_markup(page, "<td><a href=\"#%s-%d\">", s->study->name,
                    s->group[v->like - table->point]);
    vjp_page_text(page, p->gradient);
    vjp_page_markup(page, "</a></td>");
    vjp_page_cell(page, p->values);
    vjp_page_count(page, f->terms_max);
    vjp_page_count(page, f->elements);
    vjp_page_known(page, f->ulp.p50);
    vjp_page_known(page, f->ulp.p999);
    vjp_page_known(page, f->ulp.max);
    vjp_page_known(page, f->omega.max / p->u);
    vjp_page_known(page, f->omega.max / (fmax(1, (double)f->terms_max) * p->u));
    write_percent(page, f->correct);
    write_percent(page, f->faithful);
    if (fit->known)
        vjp_page_markup(page, "<td class=\"num\" data-v=\"%.17g\">%.2f &plusmn; %.2f</td>",
                        fit->slope, fit->slope, fit->high - fit->slope);
    else
        vjp_page_known(page, NAN);
    if (strcmp(s->study->name, "dtype") == 0)
        write_parts(page, p);
    vjp_page_markup(page, "</tr>\n");
}

static enum vjp_status write_verdicts(struct scene *s, struct vjp_error *error)
{
    static const char *const titles[] = {"kernel",
                                         "conclusion",
                                         "layer",
                                         "dtype",
                                         "sums in",
                                         "gradient",
                                         "values",
                                         "k",
                                         "elements",
                                         "ulp, 50 %",
                                         "ulp, 99.9 %",
                                         "worst ulp",
                                         "omega / u",
                                         "omega / k u",
                                         "correctly rounded",
                                         "faithful",
                                         "slope",
                                         "error of operands",
                                         "of the kernel",
                                         "together",
                                         "most of it from",
                                         "explained by sums in"};
    const int n_titles = (int)(sizeof titles / sizeof *titles) -
                         (strcmp(s->study->name, "dtype") == 0 ? 0 : N_PARTS);
    struct vjp_study_verdicts verdicts = {0};
    const enum vjp_status status = vjp_study_verdicts_make(&s->study->table, &verdicts, error);
    vjp_page_begin_table(s->page, "Each kernel and gradient at the largest size", "sortable");
    vjp_page_headings(s->page, titles, n_titles, 7);
    for (int i = 0; i < verdicts.count; i++)
        write_verdict(s, &verdicts.verdict[i]);
    vjp_page_markup(s->page, "</tbody>");
    vjp_page_end_table(s->page);
    vjp_study_verdicts_clear(&verdicts);
    return status;
}

/* The numbers behind the plots of an article. */
static void write_numbers(struct scene *s)
{
    static const char *const titles[] = {"kernel",      "k",
                                         "condition",   "cases",
                                         "elements",    "ulp, 50 %",
                                         "ulp, 99 %",   "ulp, 99.9 %",
                                         "worst ulp",   "omega, root mean square",
                                         "omega",       "omega / u",
                                         "omega / k u", "omega / sqrt(k) u",
                                         "error / |g|", "correctly rounded",
                                         "faithful",    "outside the bound"};
    const struct vjp_study_table *table = &s->study->table;
    struct vjp_page *page = s->page;
    vjp_page_markup(page, "<details><summary>The numbers</summary>\n");
    vjp_page_begin_table(page, "Every size of every kernel; omega and error / |g| are the largest",
                         "sortable");
    vjp_page_headings(page, titles, sizeof titles / sizeof *titles, 1);
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        const struct vjp_figures *f = &p->figures;
        const double k = fmax(1, (double)f->terms_max), omega = f->omega.max;
        const double known[] = {f->ulp.p50,     f->ulp.p99,         f->ulp.p999,
                                f->ulp.max,     f->omega_rms,       omega,
                                omega / p->u,   omega / (k * p->u), omega / (sqrt(k) * p->u),
                                f->relative.max};
        if (s->group[i] != s->at)
            continue;
        vjp_page_markup(page, "<tr><th scope=\"row\">");
        vjp_page_text(page, p->kernel);
        vjp_page_markup(page, "</th>");
        vjp_page_known(page, f->terms_mean);
        vjp_page_known(page, f->condition.p50);
        vjp_page_count(page, p->cases);
        vjp_page_count(page, f->elements);
        for (size_t n = 0; n < sizeof known / sizeof *known; n++)
            vjp_page_known(page, known[n]);
        write_percent(page, f->correct);
        write_percent(page, f->faithful);
        vjp_page_count(page, p->outside);
        vjp_page_markup(page, "</tr>\n");
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
    vjp_page_markup(page, "</details>\n");
}

/* env: struct scene. */
static enum vjp_status show_plot(void *env, const struct vjp_study_plot *drawn,
                                 struct vjp_error *error)
{
    struct scene *s = env;
    const struct vjp_study_point *p = drawn->like;
    struct vjp_page *page = s->page;
    struct vjp_plot plot = drawn->plot;
    (void)error;
    if (drawn->is_first) {
        s->at = s->group[p - s->study->table.point];
        vjp_page_markup(page,
                        "<article id=\"%s-%d\" aria-labelledby=\"%s-%d-h\"><h4 id=\"%s-%d-h\">",
                        s->study->name, s->at, s->study->name, s->at, s->study->name, s->at);
        vjp_page_text(page, p->gradient);
        vjp_page_markup(page, " of ");
        vjp_page_text(page, p->layer);
        vjp_page_markup(page, " <span class=\"dtype\">in ");
        vjp_page_text(page, p->dtype);
        vjp_page_markup(page, ", operands ");
        vjp_page_text(page, p->values);
        vjp_page_markup(page, "</span></h4>\n<div class=\"plots\">\n");
    }
    plot.about = "Each mark is one size of one kernel, over many elements and cases. The numbers "
                 "stand in the table below.";
    vjp_page_begin_picture(page, plot.y.title);
    vjp_plot_svg_embed(&plot, page->out);
    vjp_page_end_picture(page, NULL);
    if (drawn->is_last) {
        vjp_page_markup(page, "</div>\n");
        write_numbers(s);
        vjp_page_markup(page, "</article>\n");
    }
    return VJP_OK;
}

static void write_gaps(struct scene *s)
{
    const struct vjp_study_table *table = &s->study->table;
    const int64_t gaps = vjp_study_table_count(table).gaps;
    if (gaps == 0)
        return;
    vjp_page_markup(s->page, "<details><summary>%" PRId64 " point%s left out</summary>\n<ul>\n",
                    gaps, gaps == 1 ? "" : "s");
    for (int64_t i = 0; i < table->count; i++) {
        if (!table->point[i].why)
            continue;
        vjp_page_markup(s->page, "<li>");
        vjp_page_text(s->page, table->point[i].key);
        vjp_page_markup(s->page, ": ");
        vjp_page_text(s->page, table->point[i].why);
        vjp_page_markup(s->page, "</li>\n");
    }
    vjp_page_markup(s->page, "</ul></details>\n");
}

/* What the points of a kernel are a function of. */
static void write_sources(struct scene *s, const struct vjp_annex *annex)
{
    vjp_page_markup(s->page,
                    "<details><summary>What the points are a function of</summary>\n<dl>\n");
    for (int i = 0; i < annex->n_sources; i++) {
        if (strcmp(annex->source[i].study, s->study->name) == 0)
            vjp_page_term(s->page, annex->source[i].label, annex->source[i].origin);
    }
    vjp_page_markup(s->page, "</dl></details>\n");
}

static enum vjp_status write_study(struct vjp_page *page, const struct vjp_annex *annex, int i,
                                   struct vjp_error *error)
{
    struct scene s = {.page = page, .study = &annex->study[i]};
    const struct vjp_study_output output = {.study = s.study->name, .table = &s.study->table};
    if (s.study->table.count == 0)
        return VJP_OK;
    if (!find_groups(&s))
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    vjp_page_markup(page,
                    "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h3 id=\"%s-h\">%s</h3>\n"
                    "<p class=\"note\">%s</p>\n",
                    words[i].study, words[i].study, words[i].study, words[i].title, words[i].about);
    enum vjp_status status = write_verdicts(&s, error);
    write_gaps(&s);
    write_sources(&s, annex);
    if (status == VJP_OK)
        status = vjp_study_plots_visit(&output, show_plot, &s, error);
    vjp_page_markup(page, "</section>\n");
    free(s.group);
    return status;
}

enum vjp_status vjp_html_studies(struct vjp_page *page, const struct vjp_annex *annex,
                                 struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    bool any = false;
    for (int i = 0; i < VJP_ANNEX_STUDIES; i++)
        any |= annex->study[i].table.count > 0;
    if (!any)
        return VJP_OK;
    vjp_page_markup(page, "<section id=\"studies\" aria-labelledby=\"studies-h\">\n"
                          "<h2 id=\"studies-h\">Studies</h2>\n");
    for (int i = 0; i < VJP_ANNEX_STUDIES && status == VJP_OK; i++)
        status = write_study(page, annex, i, error);
    vjp_page_markup(page, "</section>\n");
    return status;
}
