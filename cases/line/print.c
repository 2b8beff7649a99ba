/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/parse.h"

#include <inttypes.h>

/* Paddings first, then offsets, then transpositions, each in the order of the slots. */
static void print_layouts(const struct vjp_case *c, struct vjp_text *out)
{
    char name[32];
    const int n = vjp_slot_count(c->spec);
    for (int slot = 0; slot < n; slot++) {
        if (c->slot[slot].layout.ld_pad != 0)
            vjp_text_add(out, " %s.ld=+%" PRId64, vjp_slot_name(c->spec, slot, name, sizeof name),
                         c->slot[slot].layout.ld_pad);
    }
    for (int slot = 0; slot < n; slot++) {
        if (c->slot[slot].layout.align != -1)
            vjp_text_add(out, " %s.align=%" PRId64, vjp_slot_name(c->spec, slot, name, sizeof name),
                         c->slot[slot].layout.align);
    }
    for (int slot = 0; slot < n; slot++) {
        if (c->slot[slot].layout.trans)
            vjp_text_add(out, " %s.trans=1", vjp_slot_name(c->spec, slot, name, sizeof name));
    }
}

void vjp_case_print(const struct vjp_case *c, struct vjp_text *out)
{
    const struct vjp_spec *spec = c->spec;
    vjp_text_add(out, "%s dtype=%s", spec->name, vjp_format(c->dtype)->name);
    for (int i = 0; i < spec->n_attrs; i++) {
        if (c->attr[i] != spec->attr[i].fallback)
            vjp_text_add(out, " %s=%" PRId64, spec->attr[i].name, c->attr[i]);
    }
    for (int i = 0; i < spec->n_dims; i++)
        vjp_text_add(out, " %s=%" PRId64, spec->dim[i], c->dim[i]);
    for (int slot = 0; slot < vjp_slot_count(spec); slot++) {
        char name[32];
        if (c->slot[slot].text)
            vjp_text_add(out, " %s=%s", vjp_slot_name(spec, slot, name, sizeof name),
                         c->slot[slot].text);
    }
    print_layouts(c, out);
    if (c->accumulate)
        vjp_text_add(out, " accumulate=1");
    if (c->threads != 1)
        vjp_text_add(out, " threads=%d", c->threads);
    if (c->seed != 0)
        vjp_text_add(out, " seed=0x%" PRIx64, c->seed);
}
