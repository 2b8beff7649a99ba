/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explaining.h"

#include <inttypes.h>
#include <stdio.h>

/* The name of the dimension along which a slot's rows run, or NULL: what a leading dimension is without
 * padding. */
static const char *row_name(const struct vjp_case *c, int slot)
{
    struct vjp_shape shape;
    int axis_dim[VJP_RANK_MAX];
    const bool is_gradient = vjp_slot_is_gradient(c->spec, slot);
    c->spec->shape(c, is_gradient ? vjp_slot_input(c->spec, slot) : slot, &shape, axis_dim);
    const int d = shape.rank < 2 ? -1 : axis_dim[c->slot[slot].layout.trans ? 0 : shape.rank - 1];
    return d < 0 ? NULL : c->spec->dim[d];
}

/* Whether the slot with rows that are padded, and without, fails so in the second case. */
static bool is_pad_again(struct vjp_explaining *e, int slot, bool padded)
{
    const struct vjp_vary with = {.kind = VJP_VARY_LD, .index = slot, .value = 1};
    const struct vjp_vary without = {.kind = VJP_VARY_LD, .index = slot, .value = 0};
    return vjp_explain_again(e, &with, padded) && vjp_explain_again(e, &without, !padded);
}

/* Of ld the leading dimension is told, since that is what a kernel is given: w.ld > M. */
static void explain_pad(struct vjp_explaining *e, int slot, const char *name)
{
    static const int64_t pads[] = {0, 1, 2, 3, 8};
    char field[VJP_FIELD_NAME_MAX], row[VJP_FIELD_NAME_MAX], text[VJP_CHOICE_SIZE];
    struct vjp_points points = {0};
    struct vjp_choosing choices = {.is.field = field};
    const int64_t own = e->c->slot[slot].layout.ld_pad;
    snprintf(field, sizeof field, "%s.ld", name);
    for (int i = -1; i < (int)(sizeof pads / sizeof *pads); i++) {
        const int64_t pad = i < 0 ? own : pads[i];
        const struct vjp_vary vary = {.kind = VJP_VARY_LD, .index = slot, .value = pad};
        vjp_explain_observe(e, &vary, &points);
    }
    const struct vjp_rule rule = vjp_rule_of_one(&points);
    const bool padded = rule.kind == VJP_RULE_ABOVE && rule.c == 0;
    const bool unpadded = rule.kind == VJP_RULE_BELOW && rule.seen == 0;
    if (points.count < 2)
        return;
    if (padded || unpadded) {
        struct vjp_text sentence = {0};
        const char *of = row_name(e->c, slot);
        const bool again = is_pad_again(e, slot, padded);
        snprintf(row, sizeof row, "%s", of ? of : "the row");
        vjp_text_add(&sentence, "%sonly with %s %s %s (of %d paddings tried, %d failed)",
                     again ? "" : "here ", field, padded ? ">" : "=", row, points.count,
                     points.failed);
        if (!sentence.failed)
            vjp_remark_add(e->out, again ? VJP_REMARK_CHOICE : VJP_REMARK_VALUES, sentence.data);
        vjp_text_clear(&sentence);
        return;
    }
    for (int i = 0; i < points.count; i++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_LD, .index = slot, .value = points.at[i].a};
        snprintf(text, sizeof text, "%s=+%d", field, (int)points.at[i].a);
        vjp_explain_choose(e, &vary, text, &choices); /* which has been asked */
    }
    vjp_explain_conclude(e, &choices);
}

/* Offsets, in bytes; where none is fixed is told apart. */
static void explain_align(struct vjp_explaining *e, int slot, const char *name)
{
    static const int64_t offsets[] = {0, 2, 4, 8, 12, 16, 24, 32, 48, 56, 60};
    char field[VJP_FIELD_NAME_MAX];
    struct vjp_points fixed = {0}, free = {0};
    const struct vjp_vary none = {.kind = VJP_VARY_ALIGN, .index = slot, .value = -1};
    const int64_t own = e->c->slot[slot].layout.align;
    snprintf(field, sizeof field, "%s.align", name);
    vjp_explain_observe(e, &none, &free);
    for (int i = -1; i < (int)(sizeof offsets / sizeof *offsets); i++) {
        const int64_t offset = i < 0 ? own : offsets[i];
        const struct vjp_vary vary = {.kind = VJP_VARY_ALIGN, .index = slot, .value = offset};
        if (offset >= 0)
            vjp_explain_observe(e, &vary, &fixed);
    }
    const bool all = fixed.count > 0 && fixed.failed == fixed.count;
    const struct vjp_vary some = {
        .kind = VJP_VARY_ALIGN, .index = slot, .value = fixed.count > 0 ? fixed.at[0].a : 0};
    struct vjp_choosing choices = {.is.field = field, .vary = {some, none}};
    vjp_choices_add(&choices.is, "an offset that is fixed", all);
    vjp_choices_add(&choices.is, "no offset that is fixed", free.failed > 0);
    if (fixed.count > 0 && free.count > 0 && (all || fixed.failed == 0) && all != (free.failed > 0))
        vjp_explain_conclude(e, &choices);
    else
        vjp_remark_add_values(e->out, field, &fixed);
}

static void explain_trans(struct vjp_explaining *e, int slot, const char *name)
{
    char field[VJP_FIELD_NAME_MAX], text[VJP_CHOICE_SIZE];
    struct vjp_choosing choices = {.is.field = field};
    snprintf(field, sizeof field, "%s.trans", name);
    for (int trans = 0; trans <= 1; trans++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_TRANS, .index = slot, .value = trans};
        snprintf(text, sizeof text, "%s=%d", field, trans);
        vjp_explain_choose(e, &vary, text, &choices);
    }
    vjp_explain_conclude(e, &choices);
}

/* Of what is expanded: whether it must be. Of other operands: whether it may be, all of it. */
static void explain_expand(struct vjp_explaining *e, int slot, const char *name)
{
    const uint32_t own = e->c->slot[slot].layout.expand;
    char field[VJP_FIELD_NAME_MAX], text[VJP_CHOICE_SIZE];
    struct vjp_choosing choices = {.is.field = field};
    struct vjp_shape shape;
    vjp_case_slot_shape(e->c, slot, &shape);
    const uint32_t all = (UINT32_C(1) << shape.rank % VJP_RANK_MAX) - 1;
    const struct vjp_vary none = {.kind = VJP_VARY_EXPAND, .index = slot, .value = 0};
    const struct vjp_vary some = {
        .kind = VJP_VARY_EXPAND, .index = slot, .value = own != 0 ? own : all};
    snprintf(field, sizeof field, "%s.expand", name);
    if (vjp_slot_is_gradient(e->c->spec, slot) || all == 0)
        return;
    snprintf(text, sizeof text, "no %s", field);
    vjp_explain_choose(e, &none, text, &choices);
    vjp_explain_choose(e, &some, field, &choices);
    vjp_explain_conclude(e, &choices);
}

void vjp_explain_layouts(struct vjp_explaining *e)
{
    char name[VJP_SLOT_NAME_MAX];
    for (int slot = 0; slot < vjp_slot_count(e->c->spec); slot++) {
        if (!vjp_case_has_slot(e->c, slot))
            continue;
        vjp_slot_name(e->c->spec, slot, name, sizeof name);
        explain_pad(e, slot, name);
        explain_align(e, slot, name);
        explain_trans(e, slot, name);
        explain_expand(e, slot, name);
    }
}
