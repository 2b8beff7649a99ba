/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_PLOT_SVG_H
#define VJP_REPORTS_RENDER_PLOT_SVG_H

#include <stdbool.h>
#include <stdio.h>

/* A plot of points and curves as one SVG element: for a file of its own, or inside of a page, where any number of them
 * may stand, because its style sheet speaks of its own elements only. Readable without style sheets in light colours,
 * with them in those that the reader prefers; by a screen reader, as far as title and description go. */

#define VJP_PLOT_SERIES_MAX 10 /* that can be told apart, by colour, by mark and by dashes */
#define VJP_PLOT_CURVES_MAX 4

enum vjp_plot_scale {
    VJP_PLOT_LINEAR = 0,
    VJP_PLOT_LOG10, /* ticks at powers of ten: only numbers above 0 */
    VJP_PLOT_LOG2,  /* ticks at powers of two: sizes */
};

struct vjp_plot_axis {
    const char *title; /* with the unit: "K, terms of the sum" */
    enum vjp_plot_scale scale;
};

/* The arrays belong to the caller. Points that are not finite, or not above 0 on a logarithmic axis, are left out; how
 * many is said below the plot. */
struct vjp_plot_series {
    const char *name; /* for the legend */
    int n;
    const double *x, *y; /* in the order in which they are joined by a line */
    bool apart;          /* they are not joined */
    int marked;          /* 1 + the index of the only point that has a mark; 0: all have one */
};

struct vjp_plot {
    const char *title;
    const char *about; /* a sentence or two for who cannot see it */
    struct vjp_plot_axis x, y;
    int n_series; /* of those beyond VJP_PLOT_SERIES_MAX the plot says how many there are */
    const struct vjp_plot_series *series;
    int n_curves; /* theory: grey lines without marks; at most VJP_PLOT_CURVES_MAX */
    const struct vjp_plot_series *curves;
};

/* Texts may hold anything. What cannot be written is seen by ferror(out). */
void vjp_plot_svg_print(const struct vjp_plot *plot, FILE *out);

/* For a page that says itself what it is a plot of, and has the rules below once for all: without the title above the frame,
 * but for who cannot see it, without background and style sheet. */
void vjp_plot_svg_embed(const struct vjp_plot *plot, FILE *out);
void vjp_plot_svg_style(FILE *out);

#endif
