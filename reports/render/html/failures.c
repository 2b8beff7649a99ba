/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/parts.h"

#include "cases/base/dtype.h"
#include "reports/render/escape.h"
#include "reports/render/heat.h"
#include "reports/render/heat_svg.h"
#include "reports/render/stream.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* "0.1 = 0x1.99999ap-4", once where the two are the same. */
static void write_number(struct vjp_page *page, const char *decimal, const char *hex)
{
    vjp_page_markup(page, "<td class=\"num\">");
    vjp_page_text(page, decimal);
    if (hex && *hex && decimal && strcmp(hex, decimal) != 0) {
        vjp_page_markup(page, "<br><span class=\"hex\">");
        vjp_page_text(page, hex);
        vjp_page_markup(page, "</span>");
    }
    vjp_page_markup(page, "</td>");
}

static void write_worst(struct vjp_page *page, const struct vjp_record_gradient *gradient)
{
    const struct vjp_record_worst *w = &gradient->worst;
    vjp_page_markup(page, "<tr><th scope=\"row\">");
    vjp_page_text(page, w->element);
    vjp_page_markup(page, "</th>");
    write_number(page, w->got, w->got_hex);
    write_number(page, w->want, w->want_hex);
    vjp_page_markup(page, "<td class=\"num\">");
    vjp_page_text(page, w->exact);
    vjp_page_markup(page, "</td>");
    vjp_page_measure(page, w->error);
    vjp_page_measure(page, w->ulp);
    vjp_page_measure(page, w->bound);
    vjp_page_measure(page, w->ratio);
    vjp_page_measure(page, w->scale);
    vjp_page_count(page, w->terms);
    vjp_page_markup(page, "</tr>\n");
}

static void write_elements(struct vjp_page *page, const struct vjp_record *record)
{
    bool any = false;
    for (int i = 0; i < record->n_gradients; i++)
        any |= record->gradient[i].worst.element != NULL;
    if (!any)
        return;
    vjp_page_begin_table(page, "The worst element of each gradient", "");
    vjp_page_markup(
        page, "<thead><tr><th scope=\"col\">element</th><th scope=\"col\" class=\"num\">got</th>"
              "<th scope=\"col\" class=\"num\">correctly rounded</th>"
              "<th scope=\"col\" class=\"num\">exact</th><th scope=\"col\" class=\"num\">error</th>"
              "<th scope=\"col\" class=\"num\">ulp</th><th scope=\"col\" class=\"num\">bound</th>"
              "<th scope=\"col\" class=\"num\">error / bound</th>"
              "<th scope=\"col\" class=\"num\"><abbr title=\"the sum of the terms' "
              "magnitudes\">S</abbr></th><th scope=\"col\" class=\"num\"><abbr title=\"the number "
              "of terms that are not zero\">k</abbr></th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < record->n_gradients; i++) {
        if (record->gradient[i].worst.element)
            write_worst(page, &record->gradient[i]);
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
}

/* "7 x 2^-24 x 21 = 8.8e-06": the part of the bound that the sum has. */
static void write_product(struct vjp_page *page, const struct vjp_record_worst *w,
                          const struct vjp_format *format)
{
    char scale[32], product[32], bound[32];
    const double value = (double)w->terms * ldexp(1, -format->precision) * w->scale;
    vjp_number_short(w->scale, scale, sizeof scale);
    vjp_number_short(value, product, sizeof product);
    vjp_number_short(w->bound, bound, sizeof bound);
    vjp_page_markup(page,
                    "k u S = %" PRId64 " &times; 2<sup>&minus;%d</sup> &times; %s = %s, and with "
                    "what underflow and the last rounding may cost %s",
                    w->terms, format->precision, scale, product, bound);
}

static void write_bound(struct vjp_page *page, const struct vjp_record *record,
                        const struct vjp_record_worst *w)
{
    enum vjp_dtype dtype = VJP_F32;
    char bound[32];
    const bool known = record->accumulate && vjp_dtype_parse(record->accumulate, &dtype);
    vjp_number_short(w->bound, bound, sizeof bound);
    vjp_page_markup(page, "<li>");
    vjp_page_text(page, w->element);
    vjp_page_markup(page, ": ");
    if (strcmp(w->bound_by, "exact") == 0)
        vjp_page_markup(page,
                        "on this data every order of summation gives the exact sum, so that only "
                        "the rounding of the result is allowed: %s",
                        bound);
    else if (strcmp(w->bound_by, "sum") == 0 && known)
        write_product(page, w, vjp_format(dtype));
    else if (strcmp(w->bound_by, "none") == 0)
        vjp_page_markup(page, "NaN or an infinity stands where none may stand, or the reverse: no "
                              "bound is asked");
    else
        vjp_page_markup(page,
                        "the running error of the layer's recorded program, in the declared "
                        "accumulation, operation by operation: %s",
                        bound);
    vjp_page_markup(page, "</li>\n");
}

static void write_bounds(struct vjp_page *page, const struct vjp_record *record)
{
    bool any = false;
    for (int i = 0; i < record->n_gradients; i++) {
        const struct vjp_record_worst *w = &record->gradient[i].worst;
        if (!w->element || record->gradient[i].outside == 0)
            continue;
        if (!any) {
            vjp_page_markup(page, "<p>How the bound came about");
            if (record->accumulate) {
                vjp_page_markup(page, " (the kernel declares to sum in ");
                vjp_page_text(page, record->accumulate);
                vjp_page_markup(page, "%s", record->traits && *record->traits ? ", " : "");
                vjp_page_text(page, record->traits);
                vjp_page_markup(page, ")");
            }
            vjp_page_markup(page, ":</p>\n<ul>\n");
        }
        any = true;
        write_bound(page, record, w);
    }
    vjp_page_markup(page, "%s", any ? "</ul>\n" : "");
}

static void write_maps(struct vjp_page *page, const struct vjp_record *record)
{
    struct vjp_heat_panel panel[VJP_MAX_INPUTS];
    uint8_t standing[VJP_MAX_INPUTS][VJP_HEAT_MAP_WIDTH * VJP_HEAT_MAP_HEIGHT];
    int n = 0;
    for (int i = 0; i < record->n_gradients; i++) {
        const struct vjp_record_gradient *g = &record->gradient[i];
        if (!g->map.cells)
            continue;
        for (size_t k = 0; g->map.cells[k]; k++)
            standing[n][k] = (uint8_t)vjp_heat_standing(g->map.cells[k]);
        panel[n] = (struct vjp_heat_panel){.name = g->name,
                                           .standing = standing[n],
                                           .rows = vjp_heat_blocks(g->map.rows, g->map.high),
                                           .cols = vjp_heat_blocks(g->map.cols, g->map.wide),
                                           .high = g->map.high,
                                           .wide = g->map.wide,
                                           .all_rows = g->map.rows,
                                           .all_cols = g->map.cols,
                                           .outside = g->outside};
        n++;
    }
    if (n == 0)
        return;
    vjp_page_begin_picture(page, "Where in the gradients the errors stand");
    vjp_heat_svg_embed(panel, n, "Where in the gradients the errors stand", record->line,
                       page->out);
    vjp_page_end_picture(page, "Where the errors stand; rows are all axes but the last.");
}

/* The first element that is outside, for the heading. */
static const struct vjp_record_worst *find_worst(const struct vjp_record *record)
{
    const struct vjp_record_worst *worst = NULL;
    for (int i = 0; i < record->n_gradients; i++) {
        const struct vjp_record_gradient *g = &record->gradient[i];
        if (g->worst.element && g->outside > 0 && (!worst || g->worst.ratio > worst->ratio))
            worst = &g->worst;
    }
    return worst;
}

static void write_failure(struct vjp_page *page, const struct vjp_record *record, int group, int i)
{
    const struct vjp_record_worst *worst = find_worst(record);
    char ratio[32];
    vjp_page_markup(page,
                    "<article id=\"g%d-%d\" aria-labelledby=\"g%d-%d-h\"><h4 id=\"g%d-%d-h\">"
                    "%s",
                    group, i, group, i, group, i, vjp_verdict_name(record->verdict));
    if (worst) {
        vjp_page_markup(page, ": ");
        vjp_page_text(page, worst->element);
        if (isfinite(worst->ratio))
            vjp_page_markup(page, " is off by %s times its bound",
                            vjp_number_short(worst->ratio, ratio, sizeof ratio));
        else if (isfinite(worst->error) && worst->bound == 0)
            vjp_page_markup(page, " is off by %s, where nothing may be off",
                            vjp_number_short(worst->error, ratio, sizeof ratio));
    }
    vjp_page_markup(page,
                    " <a class=\"self\" href=\"#g%d-%d\" aria-label=\"link to this failure\">"
                    "#</a></h4>\n<p class=\"reason\">",
                    group, i);
    vjp_page_text(page, record->reason);
    vjp_page_markup(page, "</p>\n<p class=\"label\">Replay</p>\n");
    vjp_page_command(page, record->replay);
    vjp_page_markup(page, "<p class=\"label\">Case</p>\n<p class=\"case\"><code>");
    vjp_page_text(page, record->line);
    vjp_page_markup(page, "</code></p>\n");
    if (record->rows) {
        vjp_page_markup(page, "<p class=\"note\">The truth is known of these rows only: ");
        vjp_page_text(page, record->rows);
        vjp_page_markup(page, ".</p>\n");
    }
    write_elements(page, record);
    write_bounds(page, record);
    write_maps(page, record);
    vjp_page_markup(page, "</article>\n");
}

static void write_list(struct vjp_page *page, const char *title, const char *const *texts, int n)
{
    if (n == 0)
        return;
    vjp_page_markup(page, "<p>%s</p>\n<ul>\n", title);
    for (int i = 0; i < n; i++) {
        vjp_page_markup(page, "<li>");
        vjp_page_text(page, texts[i]);
        vjp_page_markup(page, "</li>\n");
    }
    vjp_page_markup(page, "</ul>\n");
}

static void write_find(struct vjp_page *page, const struct vjp_find_record *find)
{
    vjp_page_markup(page,
                    "<div class=\"find\"><h4>What was found out about it</h4>\n<p>First seen in "
                    "case %" PRId64 ", after %.2f s.</p>\n",
                    find->cases, find->seconds);
    if (find->small) {
        vjp_page_markup(page, "<p class=\"label\">Smallest case%s, after %" PRId64 " runs</p>\n",
                        find->complete ? "" : " in this time", find->runs);
        vjp_page_command(page, find->replay);
        vjp_page_markup(page, "<p class=\"reason\">");
        vjp_page_text(page, find->reason);
        vjp_page_markup(page, "</p>\n");
    }
    write_list(page, "Near it:", find->near, find->n_near);
    if (find->n_jacobian > 0) {
        vjp_page_markup(page, "<p>The kernel's Jacobian, of <code>");
        vjp_page_text(page, find->jacobian_of);
        vjp_page_markup(page, "</code>:</p>\n");
        write_list(page, "", find->jacobian, find->n_jacobian);
    }
    if (find->program && *find->program) {
        vjp_page_markup(page, "<p class=\"label\">As one C file</p>\n");
        vjp_page_command(page, find->program);
    }
    vjp_page_markup(page, "</div>\n");
}

/* The find's texts went through JSON, which holds UTF-8 only. */
static bool is_of(const struct vjp_find_record *find, const struct vjp_dossier_group *group)
{
    struct vjp_text target = {0};
    vjp_escape_utf8(&target, group->target);
    const bool same = !target.failed && strcmp(find->target, target.data) == 0 &&
                      strcmp(find->dtype, group->dtype) == 0 && find->verdict == group->verdict;
    vjp_text_clear(&target);
    return same;
}

/* What a group is shown with. */
struct scene {
    struct vjp_page *page;
    const struct vjp_dossier_group *group;
};

/* env: struct scene. Of what campaigns say that which is about the group. */
static enum vjp_status show_find(void *env, const struct vjp_stream_line *line,
                                 struct vjp_error *error)
{
    const struct scene *scene = env;
    (void)error;
    if (is_of(&line->find, scene->group))
        write_find(scene->page, &line->find);
    return VJP_OK;
}

static enum vjp_status write_group(struct vjp_page *page, const struct vjp_dossier *dossier, int i,
                                   struct vjp_error *error)
{
    const struct vjp_dossier_group *group = &dossier->group[i];
    vjp_page_markup(page,
                    "<section class=\"group\" id=\"g%d\" aria-labelledby=\"g%d-h\"><h3 "
                    "id=\"g%d-h\">",
                    i, i, i);
    vjp_page_text(page, group->target);
    vjp_page_markup(
        page,
        " <span class=\"dtype\">%s</span>: <span class=\"verdict\">%s</span> in %" PRId64
        " case%s</h3>\n",
        group->dtype, vjp_verdict_name(group->verdict), group->count, group->count == 1 ? "" : "s");
    struct scene scene = {.page = page, .group = group};
    enum vjp_status status =
        vjp_stream_visit(dossier->find, dossier->n_finds, show_find, &scene, error);
    for (int j = 0; j < group->n_shown && status == VJP_OK; j++) {
        struct vjp_stream_line line;
        status = vjp_stream_read(group->shown[j].line, strlen(group->shown[j].line), &line, error);
        if (status == VJP_OK)
            write_failure(page, &line.record, i, j);
        vjp_stream_line_clear(&line);
    }
    if (group->count > group->n_shown)
        vjp_page_markup(page,
                        "<p class=\"note\">The %d smallest cases are shown; the stream has the "
                        "other %" PRId64 ".</p>\n",
                        group->n_shown, group->count - group->n_shown);
    vjp_page_markup(page, "</section>\n");
    return status;
}

enum vjp_status vjp_html_failures(struct vjp_page *page, const struct vjp_dossier *dossier,
                                  struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    if (dossier->n_groups == 0)
        return VJP_OK;
    vjp_page_markup(page, "<section id=\"failures\" aria-labelledby=\"failures-h\">\n"
                          "<h2 id=\"failures-h\">Failures</h2>\n");
    for (int i = 0; i < dossier->n_groups && status == VJP_OK; i++)
        status = write_group(page, dossier, i, error);
    vjp_page_markup(page, "</section>\n");
    return status;
}
