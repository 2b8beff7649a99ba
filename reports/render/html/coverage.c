/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/parts.h"

#include <inttypes.h>

/* "20", "95%" and a bar: of lines, or of branches. */
static void write_part(struct vjp_page *page, int64_t part, int64_t all, const char *what)
{
    static const char *const classes[] = {"good", "bad"};
    const int64_t parts[] = {part, all - part};
    char about[96];
    snprintf(about, sizeof about, "%" PRId64 " of %" PRId64 " %s", part, all, what);
    vjp_page_markup(page,
                    "<td class=\"num\" data-v=\"%" PRId64 "\">%" PRId64 " of %" PRId64 "</td>",
                    part, part, all);
    if (all == 0) {
        vjp_page_markup(page, "<td class=\"none\" data-v=\"1\">-</td>");
        return;
    }
    vjp_page_markup(page, "<td data-v=\"%.6f\">", (double)part / (double)all);
    vjp_page_bar(page, classes, parts, 2, about);
    vjp_page_markup(page, "</td>");
}

static void write_files(struct vjp_page *page, const struct vjp_annex *annex)
{
    vjp_page_begin_table(page, "Files of the kernels", "sortable");
    vjp_page_markup(page, "<thead><tr><th scope=\"col\">file</th><th scope=\"col\" "
                          "class=\"num\">lines that ran</th><th scope=\"col\">share</th><th "
                          "scope=\"col\" class=\"num\">branches taken</th><th "
                          "scope=\"col\">share</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < annex->coverage.count; i++) {
        const struct vjp_coverage_file *file = &annex->coverage.file[i];
        const struct vjp_coverage_totals t = vjp_coverage_count_file(file);
        vjp_page_markup(page, "<tr><th scope=\"row\"><a href=\"#coverage-%d\">", i);
        vjp_page_text(page, vjp_coverage_label(file));
        vjp_page_markup(page, "</a></th>");
        write_part(page, t.ran, t.lines, "lines ran");
        write_part(page, t.taken, t.branches, "branches were taken");
        vjp_page_markup(page, "</tr>\n");
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
}

static void write_code(struct vjp_page *page, const struct vjp_coverage_file *file, int number)
{
    vjp_page_markup(page, "<td class=\"code\">");
    if (number > 0 && file->n_source > 0) {
        vjp_page_markup(page, "<code>");
        vjp_page_text(page, vjp_coverage_text(file, number));
        vjp_page_markup(page, "</code>");
    }
    vjp_page_markup(page, "</td>");
}

static void write_gaps(struct vjp_page *page, const struct vjp_coverage_file *file)
{
    if (file->n_gaps == 0)
        return;
    vjp_page_begin_table(page, "Lines that no case reached", "");
    vjp_page_markup(page,
                    "<thead><tr><th scope=\"col\" class=\"num\">lines</th><th "
                    "scope=\"col\">code</th><th scope=\"col\" class=\"num\">since no case got "
                    "past line</th><th scope=\"col\">code</th><th scope=\"col\">what the cases "
                    "were like</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < file->n_gaps; i++) {
        const struct vjp_coverage_gap *gap = &file->gap[i];
        vjp_page_markup(page, "<tr><td class=\"num\">%d", gap->from);
        if (gap->to != gap->from)
            vjp_page_markup(page, " to %d", gap->to);
        vjp_page_markup(page, "</td>");
        write_code(page, file, gap->from);
        vjp_page_markup(page, gap->guard > 0 ? "<td class=\"num\">%d</td>" : "<td></td>",
                        gap->guard);
        write_code(page, file, gap->guard);
        vjp_page_markup(page, "<td class=\"code\">");
        for (int n = 0; n < gap->n_notes; n++) {
            struct vjp_text note = {0};
            vjp_coverage_note(gap, n, &note);
            page->failed |= note.failed;
            vjp_page_markup(page, "%s", n > 0 ? "<br>" : "");
            vjp_page_text(page, note.failed ? "" : note.data);
            vjp_text_clear(&note);
        }
        vjp_page_markup(page, "</td></tr>\n");
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
}

static bool is_partial(const struct vjp_coverage_line *line)
{
    return line->ran && line->taken < line->branches;
}

static void write_branches(struct vjp_page *page, const struct vjp_coverage_file *file)
{
    bool any = false;
    for (int i = 0; i < file->count; i++)
        any |= is_partial(&file->line[i]);
    if (!any)
        return;
    vjp_page_begin_table(page, "Lines that ran, with branches that were never taken", "");
    vjp_page_markup(page, "<thead><tr><th scope=\"col\" class=\"num\">line</th><th "
                          "scope=\"col\">code</th><th scope=\"col\" class=\"num\">branches never "
                          "taken</th></tr></thead>\n<tbody>\n");
    for (int i = 0; i < file->count; i++) {
        const struct vjp_coverage_line *line = &file->line[i];
        if (!is_partial(line))
            continue;
        vjp_page_markup(page, "<tr><td class=\"num\">%d</td>", line->number);
        write_code(page, file, line->number);
        vjp_page_markup(page, "<td class=\"num\">%d of %d</td></tr>\n",
                        line->branches - line->taken, line->branches);
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
}

/* Each line with a sign, so that nobody needs the colours: + ran, ~ not in all ways, - never. */
static void write_source(struct vjp_page *page, const struct vjp_coverage_file *file)
{
    int at = 0;
    if (file->n_source == 0)
        return;
    vjp_page_markup(
        page, "<details><summary>The source</summary>\n<p class=\"note\">+ ran, ~ ran, but not "
              "all branches were taken, &minus; never ran; other lines have no code.</p>\n"
              "<pre class=\"source\" tabindex=\"0\"><code>");
    for (int number = 1; number <= file->n_source; number++) {
        while (at < file->count && file->line[at].number < number)
            at++;
        const struct vjp_coverage_line *line =
            at < file->count && file->line[at].number == number ? &file->line[at] : NULL;
        const char *class = !line ? "" : !line->ran ? "no" : is_partial(line) ? "part" : "yes";
        const char *sign = !line ? " " : !line->ran ? "&minus;" : is_partial(line) ? "~" : "+";
        vjp_page_markup(page, "<span class=\"%s\">%5d %s ", class, number, sign);
        vjp_page_text(page, file->source[number - 1]);
        vjp_page_markup(page, "</span>\n");
    }
    vjp_page_markup(page, "</code></pre></details>\n");
}

static void write_file(struct vjp_page *page, const struct vjp_coverage_file *file, int i)
{
    const struct vjp_coverage_totals t = vjp_coverage_count_file(file);
    vjp_page_markup(page,
                    "<article id=\"coverage-%d\" aria-labelledby=\"coverage-%d-h\"><h4 "
                    "id=\"coverage-%d-h\">",
                    i, i, i);
    vjp_page_text(page, vjp_coverage_label(file));
    vjp_page_markup(page,
                    "</h4>\n<p>%" PRId64 " of %" PRId64 " lines ran, %" PRId64 " of %" PRId64
                    " branches were taken.</p>\n",
                    t.ran, t.lines, t.taken, t.branches);
    write_gaps(page, file);
    write_branches(page, file);
    write_source(page, file);
    vjp_page_markup(page, "</article>\n");
}

void vjp_html_coverage(struct vjp_page *page, const struct vjp_annex *annex)
{
    if (annex->coverage.count == 0)
        return;
    vjp_page_markup(page, "<section id=\"coverage\" aria-labelledby=\"coverage-h\">\n"
                          "<h2 id=\"coverage-h\">Code coverage</h2>\n");
    write_files(page, annex);
    for (int i = 0; i < annex->coverage.count; i++)
        write_file(page, &annex->coverage.file[i], i);
    vjp_page_markup(page, "</section>\n");
}
