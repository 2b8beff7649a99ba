/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/parts.h"

#include "reports/verdict/number.h"

#include <inttypes.h>

/* A cell with a share of all, sorted by it. */
static void write_share(struct vjp_page *page, int64_t count, int64_t all)
{
    const double share = all > 0 ? 100 * (double)count / (double)all : 0;
    if (count == 0)
        vjp_page_markup(page, "<td class=\"num none\" data-v=\"0\">-</td>");
    else if (share < 1)
        vjp_page_markup(page, "<td class=\"num\" data-v=\"%.3f\">&lt;1%%</td>", share);
    else
        vjp_page_markup(page, "<td class=\"num\" data-v=\"%.3f\">%.0f%%</td>", share, share);
}

/* In pixels: a cell of a residue, and the gap between the moduli. */
enum { CELL = 7, GAP = 6, STRIP_HEIGHT = 14 };

/* The residues modulo 8, 16 and 32 that were visited, as three strips of squares. */
static void write_residues(struct vjp_page *page, const struct vjp_census_layer *layer, int dim)
{
    const int visited = vjp_census_visited(layer, dim);
    int x = 0, bit = 0;
    vjp_page_markup(page,
                    "<svg class=\"strip\" xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
                    "height=\"%d\" role=\"img\" aria-label=\"%d of %d residues modulo 8, 16 and 32 "
                    "visited\">",
                    VJP_CENSUS_CELLS * CELL + 2 * GAP, STRIP_HEIGHT, visited, VJP_CENSUS_CELLS);
    for (int modulus = 8; modulus <= 32; modulus *= 2, x += GAP) {
        for (int r = 0; r < modulus; r++, bit++, x += CELL)
            vjp_page_markup(
                page, "<rect class=\"%s\" x=\"%d\" y=\"1\" width=\"%d\" height=\"%d\"/>",
                layer->visited[dim] >> bit & 1 ? "yes" : "no", x, CELL - 1, STRIP_HEIGHT - 2);
    }
    vjp_page_markup(page, "</svg>");
}

static void write_dim(struct vjp_page *page, const struct vjp_census_layer *layer, int dim)
{
    int64_t all = 0;
    for (int i = 0; i < VJP_CENSUS_SIZES; i++)
        all += layer->size[dim][i];
    vjp_page_markup(page, "<tr><th scope=\"row\">");
    vjp_page_text(page, layer->spec->name);
    vjp_page_markup(page, "</th><td>");
    vjp_page_text(page, layer->spec->dim[dim]);
    vjp_page_markup(page, "</td>");
    vjp_page_count(page, layer->cases);
    for (int i = 0; i < VJP_CENSUS_SIZES; i++)
        write_share(page, layer->size[dim][i], all);
    vjp_page_markup(page, "<td data-v=\"%d\">", vjp_census_visited(layer, dim));
    write_residues(page, layer, dim);
    vjp_page_markup(page, "</td></tr>\n");
}

static void write_sizes(struct vjp_page *page, const struct vjp_census *census)
{
    vjp_page_begin_table(page, "Sizes of dimensions, and residues modulo 8, 16 and 32", "sortable");
    vjp_page_markup(page, "<thead><tr><th scope=\"col\">layer</th><th scope=\"col\">dimension</th>"
                          "<th scope=\"col\" class=\"num\">cases</th>");
    for (int i = 0; i < VJP_CENSUS_SIZES; i++) {
        vjp_page_markup(page, "<th scope=\"col\" class=\"num\">");
        vjp_page_text(page, vjp_census_size_name(i));
        vjp_page_markup(page, "</th>");
    }
    vjp_page_markup(page, "<th scope=\"col\">visited residues</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < census->n_layers; i++) {
        for (int d = 0; d < census->layer[i].spec->n_dims; d++)
            write_dim(page, &census->layer[i], d);
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
}

static void begin_counts(struct vjp_page *page, const char *label, const char *what)
{
    vjp_page_begin_table(page, label, "sortable");
    vjp_page_markup(page,
                    "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\" class=\"num\">count</th>"
                    "<th scope=\"col\" class=\"num\">share</th></tr></thead>\n<tbody>\n",
                    what);
}

static void write_counted(struct vjp_page *page, const char *name, int64_t count, int64_t all)
{
    vjp_page_markup(page, "<tr><th scope=\"row\">");
    vjp_page_text(page, name);
    vjp_page_markup(page, "</th>");
    vjp_page_count(page, count);
    write_share(page, count, all);
    vjp_page_markup(page, "</tr>\n");
}

static void write_counts(struct vjp_page *page, const struct vjp_census *census)
{
    int64_t drawn = 0;
    vjp_page_markup(page, "<div class=\"beside\">\n");
    begin_counts(page, "Layouts", "layout");
    for (int i = 0; i < VJP_CENSUS_LAYOUTS; i++)
        write_counted(page, vjp_census_layout_name((enum vjp_census_layout)i), census->layout[i],
                      census->cases);
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
    for (int i = 0; i < census->n_generators; i++)
        drawn += census->generator[i].count;
    begin_counts(page, "Generators of operands", "generator");
    for (int i = 0; i < census->n_generators; i++)
        write_counted(page, census->generator[i].name, census->generator[i].count, drawn);
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
    vjp_page_markup(page, "</div>\n");
}

static void write_campaign(struct vjp_page *page, const struct vjp_campaign_record *c,
                           int64_t parts)
{
    const int64_t all = c->census->cases + c->replayed + c->tiled + c->climbed;
    char count[32];
    vjp_page_markup(page, "<h3>Campaign 0x%" PRIx64 "</h3>\n<p>%s cases in %.1f s", c->seed,
                    vjp_number_count(c->census->cases, count, sizeof count), c->seconds);
    if (c->seconds > 0)
        vjp_page_markup(page, ", %.0f a second", (double)all / c->seconds);
    vjp_page_markup(page,
                    "; %" PRId64 " of the corpus, %" PRId64 " at the sizes of declared tiles, "
                    "%" PRId64 " near the largest errors; %" PRId64 " draws discarded; %" PRId64
                    " part%s.</p>\n",
                    c->replayed, c->tiled, c->climbed, c->discarded, parts, parts == 1 ? "" : "s");
    if (c->census->cases == 0)
        return;
    write_sizes(page, c->census);
    write_counts(page, c->census);
}

void vjp_html_campaigns(struct vjp_page *page, const struct vjp_campaigns *campaigns)
{
    if (campaigns->count == 0)
        return;
    vjp_page_markup(page, "<section id=\"campaigns\" aria-labelledby=\"campaigns-h\">\n"
                          "<h2 id=\"campaigns-h\">What was asked</h2>\n");
    for (int i = 0; i < campaigns->count; i++) {
        const struct vjp_campaign_record record = vjp_campaigns_record(campaigns, i);
        write_campaign(page, &record, campaigns->campaign[i].parts);
    }
    vjp_page_markup(page, "</section>\n");
}
