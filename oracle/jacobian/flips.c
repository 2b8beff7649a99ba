/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/flips.h"

#include <math.h>
#include <stdlib.h>

/* No format that a kernel accumulates in has a u above 2^-8, or a smallest normal number above 2^-14; with
 * the slack of the bound on top, a margin that needs more than this is never in question. */
#define ERROR_MAX      0x1p-4L
#define ELEMENTARY_MAX 16.0L /* a thousand ulps in bf16 */
#define UNDERFLOW_MAX  0x1p-10L

/* Adds the error of a node, to first order, as in program.c. */
static void add_error(struct vjp_influence *influence, int64_t node, struct vjp_flip *out)
{
    const int64_t *reached;
    if (vjp_influence_is_exact(influence, node))
        return;
    vjp_influence_sweep(influence, &node, 1);
    const int64_t n = vjp_influence_reached(influence, &reached);
    for (int64_t i = 0; i < n; i++) {
        const struct vjp_local_error *local = vjp_influence_local(influence, reached[i]);
        const long double d = vjp_influence_of(influence, 0, reached[i]);
        out->basic += d * local->basic;
        out->elementary += d * local->elementary;
        out->underflow += d * local->roundings;
        out->flushed += d * local->additions;
        out->tiny += d * local->elementary_count;
    }
}

/* Whether any kernel's error may reach the margin; an error that is not known may. */
static bool may_flip(const struct vjp_flip *flip)
{
    const long double lost = flip->underflow + flip->flushed + flip->tiny;
    const long double most =
        ERROR_MAX * flip->basic + ELEMENTARY_MAX * flip->elementary + UNDERFLOW_MAX * lost;
    return !(most <= 0) && !(flip->margin > most);
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
        struct vjp_flip flip = {.margin = margin_of(tape, kink),
                                .change = (long double)kink->width};
        add_error(influence, kink->margin, &flip);
        if (kink->other != VJP_NO_NODE)
            add_error(influence, kink->other, &flip);
        if (may_flip(&flip))
            flips.kink[flips.count++] = (struct vjp_flip_kink){kink->partial, flip};
    }
    *out = flips;
    return VJP_OK;
}

void vjp_flips_clear(struct vjp_flips *flips)
{
    free(flips->kink);
    *flips = (struct vjp_flips){0};
}

enum vjp_status vjp_flips_find(const struct vjp_flips *flips, const struct vjp_influence *influence,
                               int lane, struct vjp_sensitivity *out, struct vjp_error *error)
{
    if (flips->count == 0)
        return VJP_OK;
    out->flip = calloc((size_t)flips->count, sizeof *out->flip);
    if (!out->flip)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the kinks of a gradient");
    for (int64_t i = 0; i < flips->count; i++) {
        const struct vjp_flip_kink *kink = &flips->kink[i];
        const long double slope = vjp_influence_of(influence, lane, kink->partial);
        if (slope > 0) {
            struct vjp_flip *flip = &out->flip[out->n_flips++];
            *flip = kink->flip;
            flip->change *= slope;
        }
    }
    return VJP_OK;
}
