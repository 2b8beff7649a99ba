/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/plot_axis.h"

#include <math.h>
#include <stdio.h>

/* Between the ticks at the ends there are at most so many steps. */
#define STEPS_MAX (VJP_TICKS_MAX - 1)

bool vjp_scale_has(enum vjp_plot_scale kind, double value)
{
    return isfinite(value) && (kind == VJP_PLOT_LINEAR || value > 0);
}

static double transform(enum vjp_plot_scale kind, double value)
{
    return kind == VJP_PLOT_LOG10 ? log10(value) : kind == VJP_PLOT_LOG2 ? log2(value) : value;
}

static double transform_back(enum vjp_plot_scale kind, double place)
{
    return kind == VJP_PLOT_LOG10 ? pow(10, place) : kind == VJP_PLOT_LOG2 ? exp2(place) : place;
}

/* The smallest of 1, 2, 5, 10, 20, ... times 10^n, of whole numbers for logarithms, that covers the span in STEPS_MAX. */
static double step_for(double span, bool whole)
{
    double step = whole ? 1 : pow(10, floor(log10(span / STEPS_MAX)));
    static const double factor[] = {2, 2.5, 2};
    for (int i = 0; span / step > STEPS_MAX - 1.5; i++)
        step = whole && step == 2 ? 4 : step * factor[i % 3];
    return step;
}

struct vjp_scale vjp_scale_make(enum vjp_plot_scale kind, double least, double most)
{
    const bool whole = kind != VJP_PLOT_LINEAR;
    struct vjp_scale scale = {.kind = kind};
    if (!(least <= most))
        least = most = 1;
    double low = transform(kind, least), high = transform(kind, most);
    if (high - low < (whole ? 1 : fabs(low) * 1e-9)) {
        const double room = whole ? 0.5 : fmax(fabs(low) / 2, 0.5);
        low -= room;
        high += room;
    }
    const double step = step_for(high - low, whole);
    scale.low = step * floor(low / step + 1e-9);
    scale.high = step * ceil(high / step - 1e-9);
    const int steps = (int)fmin(round((scale.high - scale.low) / step), STEPS_MAX);
    while (scale.n_ticks <= steps) {
        const double at = scale.low + step * scale.n_ticks;
        scale.tick[scale.n_ticks++] =
            transform_back(kind, fabs(at) < step / 1e6 ? 0 : at); /* 0, not 1e-17 */
    }
    return scale;
}

double vjp_scale_place(const struct vjp_scale *scale, double value)
{
    return (transform(scale->kind, value) - scale->low) / (scale->high - scale->low);
}

void vjp_scale_text(const struct vjp_scale *scale, double tick, char *text, int size)
{
    const double power = log2(tick);
    if (scale->kind == VJP_PLOT_LOG2 && (tick >= 65536 || tick < 1))
        snprintf(text, (size_t)size, "2^%.0f", power);
    else if (scale->kind == VJP_PLOT_LOG10 && (tick >= 99999 || tick < 0.0099))
        snprintf(text, (size_t)size, "1e%.0f", log10(tick));
    else
        snprintf(text, (size_t)size, "%.6g", tick);
}
