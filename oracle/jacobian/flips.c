/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/flips.h"

#include <math.h>
#include <stdlib.h>

/* No format that a kernel accumulates in has a u above 2^-8; with the slack of the bound on top, a
 * margin that needs more than this is never in question. */
#define THRESHOLD_MAX 0x1p-4L

/* The error of a node in units of u, to first order, as in program.c. */
static long double error_of(struct vjp_influence *influence, int64_t node)
{
    const int64_t *reached;
    long double error = 0;
    vjp_influence_sweep(influence, node);
    const int64_t n = vjp_influence_reached(influence, &reached);
    for (int64_t i = 0; i < n; i++) {
        const struct vjp_local_error *local = vjp_influence_local(influence, reached[i]);
        error += vjp_influence_of(influence, reached[i]) *
                 (local->basic + VJP_ULPS_DEFAULT * local->elementary);
    }
    return error;
}

static long double margin_of(const struct vjp_tape *tape, const struct vjp_kink *kink)
{
    if (kink->other == VJP_NO_NODE)
        return fabsl(vjp_real_get_ld(vjp_tape_value(tape, kink->margin)));
    struct vjp_real difference;
    vjp_real_init(&difference, vjp_tape_precision(tape));
    vjp_real_sub(&difference, vjp_tape_value(tape, kink->margin),
                 vjp_tape_value(tape, kink->other));
    const long double margin = fabsl(vjp_real_get_ld(&difference));
    vjp_real_clear(&difference);
    return margin;
}

enum vjp_status vjp_flips_init(struct vjp_flips *out, const struct vjp_tape *tape,
                               struct vjp_influence *influence, struct vjp_error *error)
{
    const struct vjp_kink *kinks;
    const int64_t n = vjp_tape_kinks(tape, &kinks);
    struct vjp_flips flips = {.kink = calloc((size_t)n + 1, sizeof *flips.kink)};
    if (!flips.kink)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the kinks of a formula");
    for (int64_t i = 0; i < n; i++) {
        const struct vjp_kink *kink = &kinks[i];
        const struct vjp_real *partial = vjp_tape_value(tape, kink->partial);
        /* A range holds every side already. */
        if ((partial->set && !partial->point) || kink->margin == kink->other)
            continue;
        long double unsure = error_of(influence, kink->margin);
        if (kink->other != VJP_NO_NODE)
            unsure += error_of(influence, kink->other);
        const long double margin = margin_of(tape, kink);
        if (!(unsure > 0) || margin > THRESHOLD_MAX * unsure)
            continue;
        flips.kink[flips.count++] = (struct vjp_flip_kink){
            .partial = kink->partial, .width = kink->width, .threshold = margin / unsure};
    }
    *out = flips;
    return VJP_OK;
}

void vjp_flips_clear(struct vjp_flips *flips)
{
    free(flips->kink);
    *flips = (struct vjp_flips){0};
}

enum vjp_status vjp_flips_find(const struct vjp_flips *flips,
                               const struct vjp_influence *influence, struct vjp_sensitivity *out,
                               struct vjp_error *error)
{
    if (flips->count == 0)
        return VJP_OK;
    out->flip = calloc((size_t)flips->count, sizeof *out->flip);
    if (!out->flip)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the kinks of a gradient");
    for (int64_t i = 0; i < flips->count; i++) {
        const struct vjp_flip_kink *kink = &flips->kink[i];
        const long double slope = vjp_influence_of(influence, kink->partial);
        if (slope > 0)
            out->flip[out->n_flips++] = (struct vjp_flip){
                .threshold = kink->threshold, .change = slope * (long double)kink->width};
    }
    return VJP_OK;
}
