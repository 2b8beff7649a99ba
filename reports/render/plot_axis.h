/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_PLOT_AXIS_H
#define VJP_REPORTS_RENDER_PLOT_AXIS_H

#include <stdbool.h>

#include "reports/render/plot_svg.h"

/* An axis with its range and its ticks. */

#define VJP_TICKS_MAX 12

struct vjp_scale {
    enum vjp_plot_scale kind;
    double low, high; /* as numbers, or their logarithms; low < high */
    int n_ticks;
    double tick[VJP_TICKS_MAX]; /* numbers, ascending */
};

/* Whether a number has a place on such an axis: finite, and above 0 where it is logarithmic. */
bool vjp_scale_has(enum vjp_plot_scale kind, double value);

/* An axis on which numbers from least to most, which have a place, lie; least > most: there are none. Linear ticks are
 * 1, 2 or 5 times a power of ten apart, and the ends are ticks; logarithmic ones powers with an exponent step, and
 * the ends are powers. */
struct vjp_scale vjp_scale_make(enum vjp_plot_scale kind, double least, double most);

/* Where it lies: 0 at low, 1 at high. */
double vjp_scale_place(const struct vjp_scale *scale, double value);

/* A tick as a text: "1e-07", "1024", "2^20". */
void vjp_scale_text(const struct vjp_scale *scale, double tick, char *text, int size);

#endif
