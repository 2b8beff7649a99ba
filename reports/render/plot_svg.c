/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/plot_svg.h"

#include "reports/render/escape.h"
#include "reports/render/plot_axis.h"

#include <math.h>
#include <stdint.h>

/* In pixels. */
enum {
    WIDTH = 720,
    LEFT = 76,
    RIGHT = 20,
    TOP = 40,
    HEIGHT = 360, /* of the frame */
    AXIS = 52,    /* below it */
    ROW = 20,     /* of the legend */
    COLUMNS = 2,
    MARK = 4
};

/* Ten looks. The first eight colours are those of Okabe and Ito ("Color universal design", 2008), which people who do not
 * tell red from green tell apart, but for yellow and black, which one of the backgrounds swallows; in dark they are
 * lighter. Mark and dashes tell them apart without any colour. */
static const struct {
    const char *light, *dark, *dash;
} looks[VJP_PLOT_SERIES_MAX] = {
    {"#0072b2", "#4aa8e8", ""},     {"#d55e00", "#ff8a3c", "7 3"},
    {"#009e73", "#2fd0a2", "2 3"},  {"#b0508c", "#e68fc4", "9 3 2 3"},
    {"#b07d00", "#f0b93a", "12 4"}, {"#2a7fa8", "#8fd3ff", "4 2"},
    {"#882255", "#d9719f", "1 4"},  {"#117733", "#7fce8f", "12 3 2 3 2 3"},
    {"#6b6b1f", "#cfcf6b", "6 6"},  {"#332288", "#a79bff", "3 5"},
};

struct frame {
    struct vjp_scale x, y;
    int series, curves; /* that are drawn */
    int64_t left_out;   /* points */
};

static void print_escaped(const char *text, FILE *out)
{
    struct vjp_text clean = {0};
    vjp_escape_xml(&clean, text);
    fputs(clean.failed ? "?" : clean.data, out);
    vjp_text_clear(&clean);
}

static double x_at(const struct frame *f, double value)
{
    return LEFT + vjp_scale_place(&f->x, value) * (WIDTH - LEFT - RIGHT);
}

static double y_at(const struct frame *f, double value)
{
    return TOP + HEIGHT - vjp_scale_place(&f->y, value) * HEIGHT;
}

static bool has_place(const struct vjp_plot *p, const struct vjp_plot_series *s, int i)
{
    return vjp_scale_has(p->x.scale, s->x[i]) && vjp_scale_has(p->y.scale, s->y[i]);
}

struct range {
    double least, most;
};

static void widen(struct range *r, double value)
{
    r->least = fmin(r->least, value);
    r->most = fmax(r->most, value);
}

static void cover(const struct vjp_plot *p, const struct vjp_plot_series *s, struct range *x,
                  struct range *y, int64_t *left_out)
{
    for (int i = 0; i < s->n; i++) {
        if (!has_place(p, s, i)) {
            (*left_out)++;
            continue;
        }
        widen(x, s->x[i]);
        widen(y, s->y[i]);
    }
}

static struct frame make_frame(const struct vjp_plot *p)
{
    struct range x = {INFINITY, -INFINITY}, y = x;
    struct frame f = {
        .series = p->n_series < VJP_PLOT_SERIES_MAX ? p->n_series : VJP_PLOT_SERIES_MAX,
        .curves = p->n_curves < VJP_PLOT_CURVES_MAX ? p->n_curves : VJP_PLOT_CURVES_MAX};
    int64_t none = 0;
    for (int i = 0; i < f.series; i++)
        cover(p, &p->series[i], &x, &y, &f.left_out);
    for (int i = 0; i < f.curves; i++)
        cover(p, &p->curves[i], &x, &y, &none);
    f.x = vjp_scale_make(p->x.scale, x.least, x.most);
    f.y = vjp_scale_make(p->y.scale, y.least, y.most);
    return f;
}

void vjp_plot_svg_style(FILE *out)
{
    fputs(".vjp-plot text{font:12px sans-serif}.vjp-plot .vjp-plot-title{font-size:14px;"
          "font-weight:bold}\n@media (prefers-color-scheme:dark){.vjp-plot text{fill:#ddd}"
          ".vjp-plot .vjp-plot-page{fill:#14181d}.vjp-plot .vjp-plot-grid{stroke:#39424c}"
          ".vjp-plot .vjp-plot-frame{stroke:#8a949e}.vjp-plot .vjp-plot-curve{stroke:#a0a8b0}",
          out);
    for (int i = 0; i < VJP_PLOT_SERIES_MAX; i++)
        fprintf(out,
                ".vjp-plot .vjp-plot-s%d{stroke:%s}.vjp-plot .vjp-plot-s%d.vjp-plot-full{fill:%s}",
                i, looks[i].dark, i, looks[i].dark);
    fputs("}\n", out);
}

static void print_text(double x, double y, const char *anchor, const char *more, const char *text,
                       FILE *out)
{
    fprintf(out,
            "<text x=\"%.1f\" y=\"%.1f\" fill=\"#222\" font-family=\"sans-serif\" font-size=\"12\" "
            "text-anchor=\"%s\"%s>",
            x, y, anchor, more);
    print_escaped(text, out);
    fputs("</text>\n", out);
}

static void print_line(double x1, double y1, double x2, double y2, const char *more, FILE *out)
{
    fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2,
            more);
}

static void print_axes(const struct vjp_plot *p, const struct frame *f, FILE *out)
{
    static const char grid[] = "class=\"vjp-plot-grid\" stroke=\"#ddd\"";
    const double bottom = TOP + HEIGHT, right = WIDTH - RIGHT;
    char text[32], turned[64];
    for (int i = 0; i < f->x.n_ticks; i++) {
        const double x = x_at(f, f->x.tick[i]);
        vjp_scale_text(&f->x, f->x.tick[i], text, sizeof text);
        print_line(x, TOP, x, bottom, grid, out);
        print_text(x, bottom + 17, "middle", "", text, out);
    }
    for (int i = 0; i < f->y.n_ticks; i++) {
        const double y = y_at(f, f->y.tick[i]);
        vjp_scale_text(&f->y, f->y.tick[i], text, sizeof text);
        print_line(LEFT, y, right, y, grid, out);
        print_text(LEFT - 6, y + 4, "end", "", text, out);
    }
    fprintf(out,
            "<rect class=\"vjp-plot-frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
            "fill=\"none\" stroke=\"#777\"/>\n",
            LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT);
    print_text((LEFT + right) / 2, bottom + 38, "middle", "", p->x.title, out);
    snprintf(turned, sizeof turned, " transform=\"rotate(-90 16 %d)\"", TOP + HEIGHT / 2);
    print_text(16, TOP + HEIGHT / 2.0, "middle", turned, p->y.title, out);
}

/* One of ten marks about x, y. */
static void print_mark(int look, double x, double y, FILE *out)
{
    static const char *const shape[VJP_PLOT_SERIES_MAX] = {NULL,
                                                           "M-4 -4H4V4H-4Z",
                                                           "M0 -5L5 4H-5Z",
                                                           "M0 -5L5 0L0 5L-5 0Z",
                                                           "M0 5L5 -4H-5Z",
                                                           "M-4 0H4M0 -4V4",
                                                           "M-4 -4L4 4M-4 4L4 -4",
                                                           "M-4 0H4M0 -4V4M-3 -3L3 3M-3 3L3 -3",
                                                           NULL,
                                                           "M-4 -4H4V4H-4Z"};
    const bool full = look <= 4;
    const char *colour = looks[look].light;
    fprintf(out, "<g transform=\"translate(%.1f %.1f)\">", x, y);
    if (shape[look])
        fprintf(out, "<path d=\"%s\"", shape[look]);
    else
        fprintf(out, "<circle r=\"%d\"", MARK);
    fprintf(out, " class=\"vjp-plot-s%d%s\" stroke=\"%s\" stroke-width=\"1.5\" fill=\"%s\"/></g>\n",
            look, full ? " vjp-plot-full" : "", colour, full ? colour : "none");
}

/* How a line looks: that of a series, or, where look is -1, of a curve. */
static void print_stroke(int look, int curve, FILE *out)
{
    static const char *const dashes[VJP_PLOT_CURVES_MAX] = {"", "8 4", "2 4", "8 4 2 4"};
    if (look >= 0)
        fprintf(out, " class=\"vjp-plot-s%d\" stroke=\"%s\" stroke-width=\"1.5\"", look,
                looks[look].light);
    else
        fputs(" class=\"vjp-plot-curve\" stroke=\"#666\"", out);
    const char *dash = look >= 0 ? looks[look].dash : dashes[curve];
    if (*dash)
        fprintf(out, " stroke-dasharray=\"%s\"", dash);
    fputs(" fill=\"none\"/>\n", out);
}

/* Through the points that have a place. */
static void print_path(const struct vjp_plot *p, const struct frame *f,
                       const struct vjp_plot_series *s, int look, int curve, FILE *out)
{
    char next = 'M';
    for (int i = 0; i < s->n; i++) {
        if (!has_place(p, s, i))
            continue;
        fprintf(out, "%s%c%.1f %.1f", next == 'M' ? "<path d=\"" : "", next, x_at(f, s->x[i]),
                y_at(f, s->y[i]));
        next = 'L';
    }
    if (next == 'M')
        return;
    fputc('"', out);
    print_stroke(look, curve, out);
}

static void print_series(const struct vjp_plot *p, const struct frame *f, FILE *out)
{
    for (int i = 0; i < f->curves; i++)
        print_path(p, f, &p->curves[i], -1, i, out);
    for (int i = 0; i < f->series; i++) {
        const struct vjp_plot_series *s = &p->series[i];
        fputs("<g><title>", out);
        print_escaped(s->name, out);
        fputs("</title>\n", out);
        if (!s->apart)
            print_path(p, f, s, i, 0, out);
        for (int k = 0; k < s->n; k++) {
            if (has_place(p, s, k) && (s->marked == 0 || s->marked == k + 1))
                print_mark(i, x_at(f, s->x[k]), y_at(f, s->y[k]), out);
        }
        fputs("</g>\n", out);
    }
}

/* A stretch of each line with its mark and its name, in columns. */
static void print_legend(const struct vjp_plot *p, const struct frame *f, FILE *out)
{
    const int column = (WIDTH - LEFT - RIGHT) / COLUMNS;
    for (int i = 0; i < f->series + f->curves; i++) {
        const bool is_series = i < f->series;
        const struct vjp_plot_series *s = is_series ? &p->series[i] : &p->curves[i - f->series];
        const double x = LEFT + i % COLUMNS * column;
        const int row = i / COLUMNS;
        const double y = TOP + HEIGHT + AXIS + 12 + row * ROW;
        fprintf(out, "<path d=\"M%.1f %.1fh28\"", x, y);
        print_stroke(is_series ? i : -1, i - f->series, out);
        if (is_series)
            print_mark(i, x + 14, y, out);
        print_text(x + 36, y + 4, "start", "", s->name, out);
    }
}

/* What is not to be seen. */
static void print_notes(const struct vjp_plot *p, const struct frame *f, int y, FILE *out)
{
    char text[128];
    if (f->left_out > 0) {
        snprintf(text, sizeof text, "not drawn: %lld point%s at 0 or not finite",
                 (long long)f->left_out, f->left_out == 1 ? "" : "s");
        print_text(LEFT, y, "start", "", text, out);
        y += ROW;
    }
    if (p->n_series > f->series) {
        snprintf(text, sizeof text, "not drawn: %d more series", p->n_series - f->series);
        print_text(LEFT, y, "start", "", text, out);
    }
}

/* What a page leaves out above the frame. */
#define HEAD 26

static void print_all(const struct vjp_plot *plot, bool embedded, FILE *out)
{
    const struct frame f = make_frame(plot);
    const int rows = (f.series + f.curves + COLUMNS - 1) / COLUMNS;
    const int notes = TOP + HEIGHT + AXIS + 16 + rows * ROW;
    const int top = embedded ? HEAD : 0;
    const int height = notes + ROW * ((f.left_out > 0) + (plot->n_series > f.series)) - top;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"vjp-plot\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 %d %d %d\" role=\"img\">\n<title>",
            WIDTH, height, top, WIDTH, height);
    print_escaped(plot->title, out);
    fputs("</title>\n<desc>", out);
    print_escaped(plot->about, out);
    fputs("</desc>\n", out);
    if (!embedded) {
        fputs("<style>", out);
        vjp_plot_svg_style(out);
        fprintf(out,
                "</style>\n<rect class=\"vjp-plot-page\" width=\"%d\" height=\"%d\" "
                "fill=\"#fff\"/>\n",
                WIDTH, height);
        print_text(LEFT, 24, "start", " class=\"vjp-plot-title\" font-weight=\"bold\"", plot->title,
                   out);
    }
    print_axes(plot, &f, out);
    print_series(plot, &f, out);
    print_legend(plot, &f, out);
    print_notes(plot, &f, notes + 8, out);
    fputs("</svg>\n", out);
}

void vjp_plot_svg_print(const struct vjp_plot *plot, FILE *out)
{
    print_all(plot, false, out);
}

void vjp_plot_svg_embed(const struct vjp_plot *plot, FILE *out)
{
    print_all(plot, true, out);
}
