/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explaining.h"

#include "cases/shrink/simpler.h"
#include "cases/spec/domain.h"

#include <stdio.h>
#include <string.h>

/* Beside the simple ones: what tells a fault of rounding, of range or of special values. */
static const char *const others[] = {"zeros", "wide", "shifted", "cancel", NULL};

/* So many characters of a list are repeated. */
#define LIST_SHOWN 32

static void choose_text(struct vjp_explaining *e, int slot, const char *name, const char *text,
                        struct vjp_choosing *choices)
{
    char shown[VJP_CHOICE_SIZE];
    const struct vjp_vary vary = {.kind = VJP_VARY_VALUES, .index = slot, .text = text};
    const bool long_list = strlen(text) > LIST_SHOWN;
    snprintf(shown, sizeof shown, "%s=%.*s%s", name, LIST_SHOWN, text, long_list ? "..." : "");
    vjp_explain_choose(e, &vary, shown, choices);
}

static void explain_generator(struct vjp_explaining *e, int slot)
{
    char name[VJP_SLOT_NAME_MAX], field[64];
    const char *own = e->c->slot[slot].text;
    const char *const *lists[] = {vjp_simpler_texts(e->c->spec, slot), others};
    struct vjp_choosing choices = {.is.field = field};
    vjp_slot_name(e->c->spec, slot, name, sizeof name);
    snprintf(field, sizeof field, "values of %s", name);
    choose_text(e, slot, name, own, &choices);
    for (int i = 0; i < 2; i++) {
        for (const char *const *text = lists[i]; *text; text++) {
            if (strcmp(*text, own) != 0)
                choose_text(e, slot, name, *text, &choices);
        }
    }
    vjp_explain_conclude(e, &choices);
}

/* Where nothing is drawn, no seed makes a difference. */
static void explain_seed(struct vjp_explaining *e)
{
    char text[VJP_REMARK_SIZE];
    struct vjp_points points = {0};
    if (!vjp_simpler_is_drawn(e->c))
        return;
    for (int64_t seed = 0; seed <= VJP_SEED_MAX; seed++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_SEED, .value = seed};
        vjp_explain_observe(e, &vary, &points);
    }
    const bool all = points.failed == points.count;
    if (points.count < 2)
        return;
    if (all)
        snprintf(text, sizeof text, "for every seed tried (%d)", points.count);
    else
        snprintf(text, sizeof text, "for %d of %d seeds tried", points.failed, points.count);
    vjp_remark_add(e->out, all ? VJP_REMARK_ALWAYS : VJP_REMARK_VALUES, text);
}

void vjp_explain_values(struct vjp_explaining *e)
{
    explain_seed(e);
    for (int slot = 0; slot < vjp_slot_count(e->c->spec); slot++) {
        if (e->c->slot[slot].text)
            explain_generator(e, slot);
    }
}
