/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/shrink.h"

#include "cases/shrink/fields.h"
#include "cases/shrink/lists.h"
#include "cases/shrink/simpler.h"
#include "cases/shrink/sizes.h"

/* The part of the runs that is for the shape: numbers are to become simpler even where pairs of many
 * dimensions would take all of them. */
#define SHAPE_PART(runs) ((runs) - (runs) / 4)

/* A file is read into a list where it has at most so many elements, so that dimensions can become
 * smaller: lines of some 10^4 characters. */
#define FILE_MAX 1024

/* What is cheap first, as long as it helps; then what takes many runs, on what is small by now. */
static void shrink_shape(struct vjp_ask *ask, struct vjp_case *best)
{
    bool changed = true;
    vjp_lists_make(ask, best, FILE_MAX, true);
    while (changed && !ask->ended) {
        changed = vjp_sizes_shrink(ask, best, false);
        changed |= vjp_fields_shrink(ask, best);
        changed |= vjp_simpler_shrink(ask, best, true);
        if (!changed)
            changed = vjp_sizes_shrink(ask, best, true);
        if (!changed)
            changed = vjp_sizes_reseed(ask, best);
    }
}

/* With fewer numbers that matter fewer rows do. */
static void shrink_literal(struct vjp_ask *ask, struct vjp_case *best)
{
    vjp_lists_make(ask, best, VJP_SHRINK_LIST_MAX, false);
    for (bool changed = true; changed && !ask->ended;) {
        changed = vjp_lists_shrink(ask, best);
        changed |= vjp_sizes_cut(ask, best);
        changed |= vjp_sizes_shrink(ask, best, false);
        changed |= vjp_fields_shrink(ask, best);
        changed |= vjp_simpler_shrink(ask, best, false);
    }
}

enum vjp_status vjp_shrink_case(const struct vjp_shrink *how, const struct vjp_case *c,
                                struct vjp_shrunk *out, struct vjp_error *error)
{
    struct vjp_shrunk shrunk = {0};
    struct vjp_ask ask;
    vjp_ask_init(&ask, how);
    enum vjp_status status = vjp_case_copy(&shrunk.shape, c, error);
    if (status == VJP_OK) {
        ask.limit = SHAPE_PART(how->runs);
        shrink_shape(&ask, &shrunk.shape);
        shrunk.complete = !ask.ended;
        vjp_ask_extend(&ask, how->runs);
        status = vjp_case_copy(&shrunk.literal, &shrunk.shape, error);
    }
    if (status == VJP_OK) {
        shrink_literal(&ask, &shrunk.literal);
        shrunk.runs = ask.runs;
        shrunk.complete &= !ask.ended;
        status = ask.status;
        if (status != VJP_OK && error)
            *error = ask.error;
    }
    if (status == VJP_OK)
        *out = shrunk;
    else
        vjp_shrunk_clear(&shrunk);
    vjp_ask_clear(&ask);
    return status;
}

void vjp_shrunk_clear(struct vjp_shrunk *shrunk)
{
    vjp_case_clear(&shrunk->shape);
    vjp_case_clear(&shrunk->literal);
}
