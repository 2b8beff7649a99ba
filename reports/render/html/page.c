/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/page.h"

#include "cases/base/text.h"
#include "reports/render/escape.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

void vjp_page_markup(struct vjp_page *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(page->out, format, args);
    va_end(args);
}

void vjp_page_text(struct vjp_page *page, const char *text)
{
    struct vjp_text clean = {0};
    if (!text)
        return;
    vjp_escape_xml(&clean, text);
    page->failed |= clean.failed;
    fputs(clean.failed ? "" : clean.data, page->out);
    vjp_text_clear(&clean);
}

void vjp_page_measure(struct vjp_page *page, double value)
{
    char text[32];
    vjp_number_short(value, text, sizeof text);
    if (isfinite(value))
        fprintf(page->out, "<td class=\"num\" data-v=\"%.17g\">%s</td>", value, text);
    else
        fprintf(page->out, "<td class=\"num\" data-v=\"Infinity\">%s</td>", text);
}

void vjp_page_count(struct vjp_page *page, int64_t count)
{
    char text[32];
    fprintf(page->out, "<td class=\"num%s\" data-v=\"%" PRId64 "\">%s</td>",
            count == 0 ? " none" : "", count, vjp_number_count(count, text, sizeof text));
}

void vjp_page_command(struct vjp_page *page, const char *command)
{
    fputs("<div class=\"command\"><pre tabindex=\"0\"><code>", page->out);
    vjp_page_text(page, command);
    fputs("</code></pre></div>\n", page->out);
}

void vjp_page_begin_table(struct vjp_page *page, const char *label, const char *css_class)
{
    fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", page->out);
    vjp_page_text(page, label);
    fprintf(page->out, "\"><table class=\"%s\"><caption>", css_class);
    vjp_page_text(page, label);
    fputs("</caption>\n", page->out);
}

void vjp_page_end_table(struct vjp_page *page)
{
    fputs("</table></div>\n", page->out);
}

void vjp_page_known(struct vjp_page *page, double value)
{
    if (isnan(value))
        fputs("<td class=\"num none\" data-v=\"-1\">-</td>", page->out);
    else
        vjp_page_measure(page, value);
}

void vjp_page_cell(struct vjp_page *page, const char *text)
{
    fputs("<td>", page->out);
    vjp_page_text(page, text);
    fputs("</td>", page->out);
}

void vjp_page_headings(struct vjp_page *page, const char *const *titles, int n, int n_texts)
{
    fputs("<thead><tr>", page->out);
    for (int i = 0; i < n; i++) {
        fprintf(page->out, "<th scope=\"col\"%s>", i < n_texts ? "" : " class=\"num\"");
        vjp_page_text(page, titles[i]);
        fputs("</th>", page->out);
    }
    fputs("</tr></thead>\n<tbody>\n", page->out);
}

void vjp_page_begin_picture(struct vjp_page *page, const char *label)
{
    fputs("<figure><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", page->out);
    vjp_page_text(page, label);
    fputs("\">\n", page->out);
}

void vjp_page_end_picture(struct vjp_page *page, const char *caption)
{
    fputs("</div>", page->out);
    if (caption) {
        fputs("<figcaption>", page->out);
        vjp_page_text(page, caption);
        fputs("</figcaption>", page->out);
    }
    fputs("</figure>\n", page->out);
}

/* In pixels. */
enum { BAR_WIDTH = 140, BAR_HEIGHT = 12 };

void vjp_page_bar(struct vjp_page *page, const char *const *classes, const int64_t *parts, int n,
                  const char *about)
{
    double all = 0, x = 0;
    for (int i = 0; i < n; i++)
        all += (double)parts[i];
    fprintf(page->out,
            "<svg class=\"bar\" xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "role=\"img\" aria-label=\"",
            BAR_WIDTH, BAR_HEIGHT);
    vjp_page_text(page, about);
    fputs("\">", page->out);
    for (int i = 0; i < n && all > 0; i++) {
        const double wide = BAR_WIDTH * (double)parts[i] / all;
        if (parts[i] > 0)
            fprintf(page->out, "<rect class=\"%s\" x=\"%.2f\" width=\"%.2f\" height=\"%d\"/>",
                    classes[i], x, wide, BAR_HEIGHT);
        x += wide;
    }
    fputs("</svg>", page->out);
}

void vjp_page_term(struct vjp_page *page, const char *term, const char *text)
{
    if (!text || !*text)
        return;
    fputs("<dt>", page->out);
    vjp_page_text(page, term);
    fputs("</dt><dd>", page->out);
    vjp_page_text(page, text);
    fputs("</dd>\n", page->out);
}
