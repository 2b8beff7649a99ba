/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/simpler.h"

#include "cases/spec/domain.h"

#include <string.h>

static const char *const of_reals[] = {"const", "const:0", "onehot:0", "ties:3", "integers",
                                       "pow2",  "exact",   "uniform",  "normal", NULL};
static const char *const of_positive[] = {"const", "positive", "simplex", NULL};
static const char *const of_onehot[] = {"labels", NULL};
static const char *const of_indices[] = {"const:0", "repeats", "index", NULL};
static const char *const of_masks[] = {"const:1", "const:0", "mask", NULL};

const char *const *vjp_simpler_texts(const struct vjp_spec *spec, int slot)
{
    switch (vjp_domain_of(spec, slot)) {
    case VJP_DOMAIN_POSITIVE:
        return of_positive;
    case VJP_DOMAIN_ONEHOT:
        return of_onehot;
    case VJP_DOMAIN_INDEX:
        return of_indices;
    case VJP_DOMAIN_MASK:
        return of_masks;
    case VJP_DOMAIN_REAL:
        break;
    }
    return of_reals;
}

int vjp_simpler_rank(const struct vjp_spec *spec, int slot, const char *text)
{
    const char *const *texts = vjp_simpler_texts(spec, slot);
    int rank = 0;
    while (texts[rank] && strcmp(texts[rank], text) != 0)
        rank++;
    return rank;
}

bool vjp_simpler_is_drawn(const struct vjp_case *c)
{
    bool drawn = false;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        const struct vjp_field *field = &c->slot[slot];
        drawn |=
            field->text && field->generator < VJP_GEN_NAMED && field->generator != VJP_GEN_CONST;
    }
    return drawn;
}

static bool try_text(struct vjp_ask *ask, struct vjp_case *best, int slot, const char *text)
{
    struct vjp_case candidate = {0};
    struct vjp_error error;
    if (!vjp_ask_copy(ask, &candidate, best))
        return false;
    const enum vjp_status status = vjp_case_set_values(&candidate, slot, text, &error);
    if (status == VJP_OK)
        return vjp_ask_take(ask, best, &candidate);
    if (status == VJP_ERR_MEMORY)
        vjp_ask_end(ask, status, &error);
    vjp_case_clear(&candidate);
    return false;
}

/* A generator that is not in the list may do without its parameter. */
static bool shrink_slot(struct vjp_ask *ask, struct vjp_case *best, int slot)
{
    const char *const *texts = vjp_simpler_texts(best->spec, slot);
    const enum vjp_generator generator = best->slot[slot].generator;
    const int rank = vjp_simpler_rank(best->spec, slot, best->slot[slot].text);
    for (int i = 0; i < rank && !ask->ended; i++) {
        if (try_text(ask, best, slot, texts[i]))
            return true;
    }
    return !texts[rank] && generator < VJP_GEN_NAMED && strchr(best->slot[slot].text, ':') &&
           try_text(ask, best, slot, vjp_generator_info(generator)->name);
}

static bool shrink_seed(struct vjp_ask *ask, struct vjp_case *best)
{
    for (uint64_t seed = 0; seed <= VJP_SEED_MAX && seed < best->seed; seed++) {
        struct vjp_case candidate = {0};
        if (!vjp_ask_copy(ask, &candidate, best))
            return false;
        candidate.seed = seed;
        if (vjp_ask_take(ask, best, &candidate))
            return true;
    }
    return false;
}

bool vjp_simpler_shrink(struct vjp_ask *ask, struct vjp_case *best, bool lists)
{
    bool changed = false;
    for (int slot = 0; slot < vjp_slot_count(best->spec); slot++) {
        const struct vjp_field *field = &best->slot[slot];
        if (field->text && (lists || field->generator < VJP_GEN_NAMED))
            changed |= shrink_slot(ask, best, slot);
    }
    changed |= shrink_seed(ask, best);
    return changed;
}
