/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/parts.h"

#include "reports/verdict/number.h"

#include <inttypes.h>
#include <string.h>

/* The words of a row's class, and how grave it is: what the column of verdicts is sorted by. */
static const char *row_class(const struct vjp_totals *totals)
{
    if (vjp_totals_failed(totals) > 0)
        return "failed";
    return vjp_totals_conclusive(totals) > 0 ? "sound" : "silent";
}

static int gravity(const struct vjp_totals *totals)
{
    for (int v = VJP_VERDICT_COUNT - 1; v >= 0; v--) {
        if (totals->verdict[v] > 0)
            return v;
    }
    return -1;
}

/* The groups of the row, each with a link: "wrong 265, unwritten 2". */
static void write_verdicts(struct vjp_page *page, const struct vjp_dossier *dossier,
                           const struct vjp_summary_row *row)
{
    bool any = false;
    vjp_page_markup(page, "<td data-v=\"%d\"><span class=\"mark\" aria-hidden=\"true\"></span>",
                    gravity(&row->totals));
    for (int v = VJP_VERDICT_COUNT - 1; v > VJP_VERDICT_PASS; v--) {
        for (int i = 0; i < dossier->n_groups; i++) {
            const struct vjp_dossier_group *group = &dossier->group[i];
            if ((int)group->verdict != v || strcmp(group->target, row->target) != 0 ||
                strcmp(group->dtype, row->dtype) != 0)
                continue;
            vjp_page_markup(page, "%s<a href=\"#g%d\">%s</a> %" PRId64, any ? ", " : "", i,
                            vjp_verdict_name(group->verdict), group->count);
            any = true;
        }
    }
    vjp_page_markup(page, "%s</td>", any ? "" : vjp_totals_worst(&row->totals));
}

static void write_row(struct vjp_page *page, const struct vjp_digest *digest,
                      const struct vjp_summary_row *row)
{
    const struct vjp_totals *t = &row->totals;
    char name[96];
    vjp_summary_short_name(row->target, name, sizeof name);
    vjp_page_markup(page, "<tr class=\"%s\"><th scope=\"row\" title=\"", row_class(t));
    vjp_page_text(page, row->target);
    vjp_page_markup(page, "\">");
    vjp_page_text(page, name);
    vjp_page_markup(page, "</th>");
    write_verdicts(page, digest->dossier, row);
    vjp_page_markup(page, "<td>");
    vjp_page_text(page, row->dtype);
    vjp_page_markup(page, "</td><td class=\"layer\">");
    vjp_page_text(page, row->layer);
    vjp_page_markup(page, "</td>");
    vjp_page_count(page, vjp_totals_failed(t));
    if (row->measured) {
        vjp_page_measure(page, row->worst_ratio);
        vjp_page_measure(page, row->worst_ulp);
    } else {
        vjp_page_markup(page, "<td class=\"num\" data-v=\"-1\">-</td>"
                              "<td class=\"num\" data-v=\"-1\">-</td>");
    }
    vjp_page_count(page, t->checks);
    vjp_page_count(page, t->verdict[VJP_VERDICT_EXACT]);
    vjp_page_count(page, t->verdict[VJP_VERDICT_PASS]);
    vjp_page_count(page, t->verdict[VJP_VERDICT_VACUOUS]);
    vjp_page_count(page, t->verdict[VJP_VERDICT_UNSUPPORTED]);
    vjp_page_count(page, t->not_run + t->left_out);
    vjp_page_markup(page, "</tr>\n");
}

static void write_untested(struct vjp_page *page, const struct vjp_summary_row *row, bool *any)
{
    if (row->n_declines == 0 && !row->left_out)
        return;
    if (!*any)
        vjp_page_markup(page, "<h3 id=\"untested\">What said nothing, and why</h3>\n<ul>\n");
    *any = true;
    vjp_page_markup(page, "<li>");
    vjp_page_text(page, row->target);
    vjp_page_markup(page, " %s: ", row->dtype);
    for (int i = 0; i < row->n_declines; i++) {
        vjp_page_markup(page, "%sunsupported in %" PRId64 ": ", i > 0 ? "; " : "",
                        row->declines[i].count);
        vjp_page_text(page, row->declines[i].reason);
    }
    if (row->left_out) {
        vjp_page_markup(page, "%s%" PRId64 " left out, the first for ",
                        row->n_declines > 0 ? "; " : "", row->totals.left_out);
        vjp_page_text(page, row->left_out);
    }
    vjp_page_markup(page, "</li>\n");
}

void vjp_html_kernels(struct vjp_page *page, const struct vjp_digest *digest)
{
    static const char *const columns[] = {
        "kernel", "verdict", "dtype", "layer",   "failed",      "error / bound", "worst ulp",
        "cases",  "exact",   "pass",  "vacuous", "unsupported", "not asked"};
    const struct vjp_summary *summary = digest->summary;
    bool any = false;
    if (summary->n_rows == 0)
        return;
    vjp_page_markup(page, "<section id=\"kernels\" aria-labelledby=\"kernels-h\">\n"
                          "<h2 id=\"kernels-h\">Kernels</h2>\n");
    vjp_page_begin_table(page, "Kernels by dtype", "sortable filtered");
    vjp_page_markup(page, "<thead><tr>");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        vjp_page_markup(page, "<th scope=\"col\"%s>%s</th>", i > 3 ? " class=\"num\"" : "",
                        columns[i]);
    vjp_page_markup(page, "</tr></thead>\n<tbody>\n");
    for (int failed = 1; failed >= 0; failed--) {
        for (int i = 0; i < summary->n_rows; i++) {
            if ((vjp_totals_failed(&summary->rows[i].totals) > 0) == (failed == 1))
                write_row(page, digest, &summary->rows[i]);
        }
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
    vjp_page_markup(page,
                    "<p class=\"note\"><b>error / bound</b> is the largest over all cases: at most "
                    "1 is inside the bound of the accumulation that the kernel declares. Where a "
                    "sum cancels, a result may be off by any number of ulps and still be "
                    "inside.</p>\n");
    for (int i = 0; i < summary->n_rows; i++)
        write_untested(page, &summary->rows[i], &any);
    vjp_page_markup(page, "%s</section>\n", any ? "</ul>\n" : "");
}
