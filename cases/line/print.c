/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/parse.h"

#include "cases/line/gradients.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Paddings first, then offsets, transpositions, and what is expanded, each in the order of the slots. */
static void print_layouts(const struct vjp_case *c, struct vjp_text *out)
{
    char name[VJP_SLOT_NAME_MAX];
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
    for (int slot = 0; slot < n; slot++) {
        const uint32_t expand = c->slot[slot].layout.expand;
        if (expand != 0)
            vjp_text_add(out, " %s.expand", vjp_slot_name(c->spec, slot, name, sizeof name));
        for (int d = 0, first = 1; d < VJP_RANK_MAX; d++) {
            if (expand >> d & 1)
                vjp_text_add(out, "%c%d", first ? '=' : ',', d);
            first &= !(expand >> d & 1);
        }
    }
}

/* 17 digits tell any two doubles apart. */
static void print_real(double value, struct vjp_text *out)
{
    char text[32];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    vjp_text_add(out, "%s", text);
}

void vjp_case_print_attr(const struct vjp_case *c, int i, struct vjp_text *out)
{
    const struct vjp_attr_spec *attr = &c->spec->attr[i];
    vjp_text_add(out, "%s=", attr->name);
    if (attr->kind == VJP_ATTR_REAL)
        print_real(c->real[i], out);
    else if (attr->kind == VJP_ATTR_CHOICE)
        vjp_text_add(out, "%s", attr->choices[c->attr[i]]);
    else
        vjp_text_add(out, "%" PRId64, c->attr[i]);
}

/* -0 is another value than 0. */
static bool is_fallback(const struct vjp_case *c, int i)
{
    const struct vjp_attr_spec *attr = &c->spec->attr[i];
    if (attr->kind != VJP_ATTR_REAL)
        return c->attr[i] == attr->fallback;
    return c->real[i] == attr->real_fallback &&
           !signbit(c->real[i]) == !signbit(attr->real_fallback);
}

void vjp_case_print(const struct vjp_case *c, struct vjp_text *out)
{
    const struct vjp_spec *spec = c->spec;
    vjp_text_add(out, "%s dtype=%s", spec->name, vjp_format(c->dtype)->name);
    for (int i = 0; i < spec->n_attrs; i++) {
        if (is_fallback(c, i))
            continue;
        vjp_text_add(out, " ");
        vjp_case_print_attr(c, i, out);
    }
    for (int i = 0; i < spec->n_dims; i++) {
        if (vjp_case_has_dim(c, i))
            vjp_text_add(out, " %s=%" PRId64, spec->dim[i], c->dim[i]);
    }
    for (int slot = 0; slot < vjp_slot_count(spec); slot++) {
        char name[VJP_SLOT_NAME_MAX];
        if (c->slot[slot].text)
            vjp_text_add(out, " %s=%s", vjp_slot_name(spec, slot, name, sizeof name),
                         c->slot[slot].text);
    }
    print_layouts(c, out);
    if (c->accumulate)
        vjp_text_add(out, " accumulate=1");
    if (c->in_place)
        vjp_text_add(out, " inplace=1");
    vjp_gradients_print(c, out);
    if (c->threads != 1)
        vjp_text_add(out, " threads=%d", c->threads);
    if (c->seed != 0)
        vjp_text_add(out, " seed=0x%" PRIx64, c->seed);
}

void vjp_case_prefix(const struct vjp_case *c, struct vjp_error *error)
{
    struct vjp_text line = {0};
    vjp_case_print(c, &line);
    vjp_error_prefix(error, "%.300s: ", line.data ? line.data : c->spec->name);
    vjp_text_clear(&line);
}
