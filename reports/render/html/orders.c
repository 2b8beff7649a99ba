/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/parts.h"

#include "reports/render/tree_svg.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* Orders of one gradient of one kernel, at several shapes, stand in one article: its number is that of the first. */
static bool is_beside(const struct vjp_order_record *a, const struct vjp_order_record *b)
{
    return strcmp(a->kernel, b->kernel) == 0 && strcmp(a->layer, b->layer) == 0 &&
           strcmp(a->dtype, b->dtype) == 0 && strcmp(a->gradient, b->gradient) == 0;
}

static int find_first(const struct vjp_annex *annex, int i)
{
    int first = 0;
    while (!is_beside(&annex->order[first], &annex->order[i]))
        first++;
    return first;
}

/* Of a case line the sizes and the threads: "N=257 D=4 M=4". */
static void add_shape(const char *line, struct vjp_text *out)
{
    const char *between = "";
    while (*line) {
        const size_t length = strcspn(line, " ");
        const char *key = line + strspn(line, "0123456789.");
        if (isupper((unsigned char)*key) || strncmp(line, "threads=", 8) == 0) {
            vjp_text_add(out, "%s%.*s", between, (int)length, line);
            between = " ";
        }
        line += length + strspn(line + length, " ");
    }
}

static void write_shape(struct vjp_page *page, const char *line)
{
    struct vjp_text shape = {0};
    add_shape(line, &shape);
    page->failed |= shape.failed;
    vjp_page_text(page, shape.data);
    vjp_text_clear(&shape);
}

/* "sums of 24 bits, rounded to nearest": what is known of it. */
static void add_arithmetic(const struct vjp_order_tree_record *t, struct vjp_text *out)
{
    if (t->arithmetic)
        vjp_text_add(out, "; %s", t->arithmetic);
    if (t->precision > 0)
        vjp_text_add(out, "; sums of %s%" PRId64 " bits, rounded %s",
                     t->at_least ? "at least " : "", t->precision, t->rounding);
    if (strcmp(t->subnormals, "kept") != 0)
        vjp_text_add(out, "; subnormals: %s", t->subnormals);
}

static void write_row(struct vjp_page *page, const struct vjp_annex *annex, int i)
{
    const struct vjp_order_record *o = &annex->order[i];
    const struct vjp_order_tree_record *t = o->n_trees > 0 ? &o->tree[0] : NULL;
    const bool shown = t && t->tree;
    const bool certified = o->elements > 0 && o->certified == o->elements;
    vjp_page_markup(page, "<tr class=\"%s\"><th scope=\"row\">", certified ? "sound" : "silent");
    vjp_page_text(page, o->kernel);
    vjp_page_markup(page, "</th><td class=\"layer\"><a href=\"#order-%d\">", find_first(annex, i));
    vjp_page_text(page, shown ? t->name : "not revealed");
    vjp_page_markup(page, "%s</a></td>", o->n_trees > 1 ? ", and others" : "");
    vjp_page_cell(page, o->gradient);
    vjp_page_cell(page, o->layer);
    vjp_page_cell(page, o->dtype);
    vjp_page_markup(page, "<td>");
    write_shape(page, o->line);
    vjp_page_markup(page, "</td>");
    vjp_page_cell(page, shown && t->arithmetic ? t->arithmetic : "-");
    vjp_page_count(page, t ? t->terms : 0);
    vjp_page_count(page, shown ? t->height : 0);
    vjp_page_markup(page,
                    "<td class=\"num\" data-v=\"%" PRId64 "\"><span class=\"mark\" "
                    "aria-hidden=\"true\"></span>%" PRId64 " of %" PRId64 "</td></tr>\n",
                    o->certified, o->certified, o->elements);
}

static void write_table(struct vjp_page *page, const struct vjp_annex *annex)
{
    static const char *const titles[] = {
        "kernel", "order",      "gradient", "layer",  "dtype",
        "shape",  "arithmetic", "terms",    "height", "elements equal bit for bit"};
    vjp_page_begin_table(page, "The order in which each gradient is summed", "sortable filtered");
    vjp_page_headings(page, titles, sizeof titles / sizeof *titles, 7);
    for (int i = 0; i < annex->n_orders; i++)
        write_row(page, annex, i);
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
}

/* The text was parsed when it was read. */
static enum vjp_status draw(struct vjp_page *page, const struct vjp_order_record *o,
                            const struct vjp_order_tree_record *t, struct vjp_error *error)
{
    struct vjp_text title = {0}, about = {0};
    struct vjp_tree tree = {0};
    vjp_text_add(&title, "%s, %s of %s: %s", o->kernel, t->element, o->layer, t->name);
    vjp_text_add(&about, "%s: %s", t->element, t->name);
    add_arithmetic(t, &about);
    if (*t->differs)
        vjp_text_add(&about, ". The replay differs: %s", t->differs);
    enum vjp_status status = title.failed || about.failed
                                 ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                 : vjp_tree_parse(t->tree, (int)t->terms, &tree, error);
    if (status == VJP_OK) {
        vjp_page_begin_picture(page, title.data);
        status = vjp_tree_svg_embed(&tree, title.data, about.data, page->out, error);
        vjp_page_end_picture(page, about.data);
    }
    vjp_tree_clear(&tree);
    vjp_text_clear(&title);
    vjp_text_clear(&about);
    return status;
}

/* A text longer than that is no help beside the drawing. */
#define TEXT_MAX 400

static enum vjp_status write_trees(struct vjp_page *page, const struct vjp_order_record *o,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    vjp_page_markup(page, "<p class=\"label\">");
    write_shape(page, o->line);
    vjp_page_markup(page, "</p>\n<p class=\"reason\">");
    vjp_page_text(page, *o->failure ? o->failure : o->certificate);
    vjp_page_markup(page, "</p>\n");
    for (int i = 0; i < o->n_trees && status == VJP_OK; i++) {
        const struct vjp_order_tree_record *t = &o->tree[i];
        if (!t->tree) {
            vjp_page_markup(page, "<p>");
            vjp_page_text(page, t->element);
            vjp_page_markup(page, ": ");
            vjp_page_text(page, t->outcome);
            vjp_page_markup(page, "%s", *t->reason ? ": " : "");
            vjp_page_text(page, t->reason);
            vjp_page_markup(page, "</p>\n");
            continue;
        }
        status = draw(page, o, t, error);
        if (strlen(t->tree) <= TEXT_MAX) {
            vjp_page_markup(page, "<p class=\"case\"><code>");
            vjp_page_text(page, t->tree);
            vjp_page_markup(page, "</code></p>\n");
        }
    }
    return status;
}

/* The one with the most terms is shown, the others can be opened. */
static enum vjp_status write_article(struct vjp_page *page, const struct vjp_annex *annex,
                                     int first, struct vjp_error *error)
{
    const struct vjp_order_record *o = &annex->order[first];
    int largest = first, others = 0;
    for (int i = first + 1; i < annex->n_orders; i++) {
        const struct vjp_order_record *other = &annex->order[i];
        if (!is_beside(o, other))
            continue;
        others++;
        if (other->n_trees > 0 && (annex->order[largest].n_trees == 0 ||
                                   other->tree[0].terms > annex->order[largest].tree[0].terms))
            largest = i;
    }
    vjp_page_markup(
        page, "<article id=\"order-%d\" aria-labelledby=\"order-%d-h\"><h4 id=\"order-%d-h\">",
        first, first, first);
    vjp_page_text(page, o->kernel);
    vjp_page_markup(page, ": ");
    vjp_page_text(page, o->gradient);
    vjp_page_markup(page, " of ");
    vjp_page_text(page, o->layer);
    vjp_page_markup(page, " <span class=\"dtype\">in ");
    vjp_page_text(page, o->dtype);
    vjp_page_markup(page, "</span></h4>\n");
    enum vjp_status status = write_trees(page, &annex->order[largest], error);
    if (others > 0)
        vjp_page_markup(page, "<details><summary>%d more shape%s</summary>\n", others,
                        others == 1 ? "" : "s");
    for (int i = first; i < annex->n_orders && status == VJP_OK; i++) {
        if (i != largest && is_beside(o, &annex->order[i]))
            status = write_trees(page, &annex->order[i], error);
    }
    vjp_page_markup(page, "%s</article>\n", others > 0 ? "</details>" : "");
    return status;
}

static void write_gaps(struct vjp_page *page, const struct vjp_annex *annex)
{
    if (annex->n_order_gaps == 0)
        return;
    vjp_page_markup(page,
                    "<details><summary>Gradients that have no order to show</summary>\n<ul>\n");
    for (int i = 0; i < annex->n_order_gaps; i++) {
        const struct vjp_order_gap_record *gap = &annex->order_gap[i];
        vjp_page_markup(page, "<li>");
        vjp_page_text(page, gap->gradient);
        vjp_page_markup(page, ": ");
        vjp_page_text(page, gap->why);
        vjp_page_markup(page, " (%" PRId64 " shape%s)</li>\n", gap->shapes,
                        gap->shapes == 1 ? "" : "s");
    }
    vjp_page_markup(page, "</ul></details>\n");
}

enum vjp_status vjp_html_orders(struct vjp_page *page, const struct vjp_annex *annex,
                                struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    if (annex->n_orders + annex->n_order_gaps == 0)
        return VJP_OK;
    vjp_page_markup(
        page,
        "<section id=\"orders\" aria-labelledby=\"orders-h\">\n"
        "<h2 id=\"orders-h\">Orders of summation</h2>\n<p class=\"note\">Each tree was revealed "
        "from outside. Where a replay of it in software equals the kernel bit for bit on random "
        "data, the kernel adds in this order, and does nothing else.</p>\n");
    if (annex->n_orders > 0)
        write_table(page, annex);
    write_gaps(page, annex);
    for (int i = 0; i < annex->n_orders && status == VJP_OK; i++) {
        if (find_first(annex, i) == i)
            status = write_article(page, annex, i, error);
    }
    vjp_page_markup(page, "</section>\n");
    return status;
}
