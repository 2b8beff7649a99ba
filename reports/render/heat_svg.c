/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/heat_svg.h"

#include "oracle/metric/measure.h"

#include <inttypes.h>
#include <stdbool.h>

/* In pixels. A panel is at least as wide as its words. */
enum { MARGIN = 16, LINE = 18, AXIS = 44, PANEL = 384, CELL_MAX = 24, WIDTH_MIN = 480 };

/* Fill and words by standing. */
static const struct {
    const char *class, *light, *dark, *what;
} looks[] = {
    [VJP_CORRECT] = {"c", "#e8eef4", "#26313c", "correctly rounded"},
    [VJP_WITHIN] = {"w", "#9ec5e8", "#3f6f9c", "within the bound"},
    [VJP_EXCUSED] = {"e", "#e8d48a", "#8a7730", "may overflow"},
    [VJP_UNRESOLVED] = {"u", "#bda7d9", "#6f5594", "unresolved"},
    [VJP_OUTSIDE] = {"o", "#c8202f", "#ff6b6b", "outside"},
};
#define N_LOOKS (int)(sizeof looks / sizeof *looks)

/* How a panel is cut into squares. */
struct grid {
    int64_t high, wide;         /* of the panel's, in a square */
    int64_t map_high, map_wide; /* elements that one of those is */
    int64_t all_rows, all_cols; /* elements of the gradient */
    int64_t rows, cols;         /* squares */
    int size;                   /* of one, in pixels */
    bool occurs[N_LOOKS];
    int64_t outside;
};

static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static struct grid cut(const struct vjp_heat_panel *p)
{
    struct grid g = {.high = divide_up(p->rows, VJP_HEAT_SVG_CELLS),
                     .wide = divide_up(p->cols, VJP_HEAT_SVG_CELLS),
                     .map_high = 1,
                     .map_wide = 1,
                     .all_rows = p->high > 0 ? p->all_rows : p->rows,
                     .all_cols = p->high > 0 ? p->all_cols : p->cols};
    g.rows = divide_up(p->rows, g.high);
    g.cols = divide_up(p->cols, g.wide);
    if (p->high > 0) {
        g.outside = p->outside;
        g.map_high = p->high;
        g.map_wide = p->wide;
    }
    const int64_t most = g.rows > g.cols ? g.rows : g.cols;
    g.size = PANEL / (int)most;
    if (g.size > CELL_MAX)
        g.size = CELL_MAX;
    for (int64_t i = 0; i < p->rows * p->cols; i++) {
        g.occurs[p->standing[i]] = true;
        g.outside += p->high == 0 && p->standing[i] == VJP_OUTSIDE;
    }
    return g;
}

static int worst_of(const struct vjp_heat_panel *p, const struct grid *g, int64_t i, int64_t j)
{
    int worst = 0;
    for (int64_t r = i * g->high; r < (i + 1) * g->high && r < p->rows; r++) {
        for (int64_t c = j * g->wide; c < (j + 1) * g->wide && c < p->cols; c++) {
            const int standing = p->standing[r * p->cols + c];
            worst = standing > worst ? standing : worst;
        }
    }
    return worst;
}

static void print_text(const char *text, FILE *out)
{
    for (const char *p = text; *p; p++) {
        if (*p == '<')
            fputs("&lt;", out);
        else if (*p == '>')
            fputs("&gt;", out);
        else if (*p == '&')
            fputs("&amp;", out);
        else
            fputc((unsigned char)*p < ' ' ? ' ' : *p, out);
    }
}

/* Neighbours in a row that look alike are one rectangle. */
static void print_squares(const struct vjp_heat_panel *p, const struct grid *g, int top, FILE *out)
{
    for (int64_t i = 0; i < g->rows; i++) {
        int64_t from = 0;
        int standing = worst_of(p, g, i, 0);
        for (int64_t j = 1; j <= g->cols; j++) {
            const int next = j < g->cols ? worst_of(p, g, i, j) : -1;
            if (next == standing)
                continue;
            fprintf(out,
                    "<rect class=\"%s\" x=\"%" PRId64 "\" y=\"%" PRId64 "\" width=\"%" PRId64
                    "\" height=\"%d\"/>\n",
                    looks[standing].class, MARGIN + AXIS + from * g->size, top + i * g->size,
                    (j - from) * g->size, g->size);
            from = j;
            standing = next;
        }
    }
}

/* The first and the last index of either axis, and what a square is. */
static void print_axes(const struct grid *g, int top, FILE *out)
{
    const int left = MARGIN + AXIS;
    const int right = left + (int)g->cols * g->size, bottom = top + (int)g->rows * g->size;
    fprintf(out,
            "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n"
            "<text class=\"end\" x=\"%d\" y=\"%d\">0</text>\n",
            left, top, right - left, bottom - top, left - 6, top + 12);
    if (g->all_rows > 1)
        fprintf(out, "<text class=\"end\" x=\"%d\" y=\"%d\">%" PRId64 "</text>\n", left - 6,
                bottom > top + LINE ? bottom : top + LINE + 8, g->all_rows - 1);
    fprintf(out, "<text x=\"%d\" y=\"%d\">0</text>\n", left, bottom + 14);
    if (g->all_cols > 1)
        fprintf(out, "<text class=\"end\" x=\"%d\" y=\"%d\">%" PRId64 "</text>\n",
                right > left + 24 ? right : left + 32, bottom + 14, g->all_cols - 1);
    const int64_t high = g->high * g->map_high, wide = g->wide * g->map_wide;
    if (high > 1 || wide > 1)
        fprintf(out,
                "<text x=\"%d\" y=\"%d\">a square is the worst of %" PRId64 " x %" PRId64
                " elements</text>\n",
                left, bottom + 14 + LINE, high, wide);
}

static int height_of(const struct grid *g)
{
    const int squares = (int)g->rows * g->size;
    return LINE + (squares > 2 * LINE ? squares : 2 * LINE) + 3 * LINE;
}

static void print_style(FILE *out)
{
    fputs("<style>text{font:12px sans-serif;fill:#222}.end{text-anchor:end}"
          ".frame{fill:none;stroke:#777}.page{fill:#fff}",
          out);
    for (int i = 0; i < N_LOOKS; i++)
        fprintf(out, ".%s{fill:%s}", looks[i].class, looks[i].light);
    fputs("\n@media (prefers-color-scheme:dark){text{fill:#ddd}.page{fill:#14181d}", out);
    for (int i = 0; i < N_LOOKS; i++)
        fprintf(out, ".%s{fill:%s}", looks[i].class, looks[i].dark);
    fputs("}</style>\n", out);
}

static void print_legend(const bool *occurs, int top, FILE *out)
{
    int x = MARGIN;
    for (int i = N_LOOKS - 1; i >= 0; i--) {
        if (!occurs[i])
            continue;
        fprintf(out,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"12\" height=\"12\"/>"
                "<text x=\"%d\" y=\"%d\">%s</text>\n",
                looks[i].class, x, top - 10, x + 18, top, looks[i].what);
        x += 130;
    }
}

static void print_panel(const struct vjp_heat_panel *p, const struct grid *g, int top, FILE *out)
{
    fprintf(out, "<text x=\"%d\" y=\"%d\">", MARGIN, top + 12);
    print_text(p->name, out);
    fprintf(out, ": %" PRId64 " x %" PRId64 ", %" PRId64 " outside the bound</text>\n", g->all_rows,
            g->all_cols, g->outside);
    print_squares(p, g, top + LINE, out);
    print_axes(g, top + LINE, out);
}

/* What is above the panels: the margin, the title unless it is part of a page, the legend. */
static int head_height(bool embedded)
{
    return MARGIN + (embedded ? 2 : 3) * LINE;
}

static void print_all(const struct vjp_heat_panel *panels, int n, const char *title,
                      const char *about, bool embedded, FILE *out)
{
    bool occurs[N_LOOKS] = {false};
    int height = head_height(embedded), width = WIDTH_MIN;
    for (int i = 0; i < n; i++) {
        const struct grid g = cut(&panels[i]);
        const int wide = 2 * MARGIN + AXIS + (int)g.cols * g.size;
        for (int k = 0; k < N_LOOKS; k++)
            occurs[k] |= g.occurs[k];
        height += height_of(&g);
        width = wide > width ? wide : width;
    }
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" %swidth=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" role=\"img\">\n<title>",
            embedded ? "class=\"heat\" " : "", width, height, width, height);
    print_text(title, out);
    fputs("</title>\n<desc>", out);
    print_text(about, out);
    fputs("</desc>\n", out);
    if (!embedded) {
        print_style(out);
        fprintf(out, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", width, height);
        fprintf(out, "<text x=\"%d\" y=\"%d\">", MARGIN, MARGIN + 12);
        print_text(title, out);
        fputs("</text>\n", out);
    }
    print_legend(occurs, head_height(embedded) - LINE, out);
    int top = head_height(embedded);
    for (int i = 0; i < n; i++) {
        const struct grid g = cut(&panels[i]);
        print_panel(&panels[i], &g, top, out);
        top += height_of(&g);
    }
    fputs("</svg>\n", out);
}

void vjp_heat_svg_print(const struct vjp_heat_panel *panels, int n, const char *title,
                        const char *about, FILE *out)
{
    print_all(panels, n, title, about, false, out);
}

void vjp_heat_svg_embed(const struct vjp_heat_panel *panels, int n, const char *title,
                        const char *about, FILE *out)
{
    print_all(panels, n, title, about, true, out);
}
