/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/spec.h"

#include "cases/spec/case.h"
#include "cases/spec/pipeline.h"

#include <stdio.h>
#include <string.h>

#define VJP_LAYER(name) extern const struct vjp_spec vjp_spec_##name;
#include "generated/spec_layers.inc"
#undef VJP_LAYER

const struct vjp_spec *const vjp_specs[] = {
#define VJP_LAYER(name) &vjp_spec_##name,
#include "generated/spec_layers.inc"
#undef VJP_LAYER
    NULL,
};

const struct vjp_spec *vjp_spec_find(const char *name)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        if (strcmp((*spec)->name, name) == 0)
            return *spec;
    }
    const struct vjp_spec *found = NULL;
    if (strchr(name, '|') && vjp_pipeline_find(name, &found, NULL) != VJP_OK)
        return NULL;
    return found;
}

/* Appends text that fits before size; at: the length so far. */
static int append(char *name, int at, int size, const char *text, int length)
{
    for (int i = 0; i < length && at < size - 1; i++)
        name[at++] = text[i];
    return at;
}

/* Without snprintf: names are asked for some hundred times in every case. */
char *vjp_slot_name(const struct vjp_spec *spec, int slot, char *name, int size)
{
    const char *of = spec->output;
    if (slot >= vjp_slot_count(spec)) {
        of = spec->saved[slot - vjp_slot_count(spec)].name;
        name[append(name, 0, size, of, (int)strlen(of))] = '\0';
        return name;
    }
    if (slot < spec->n_inputs)
        of = spec->input[slot].name;
    else if (vjp_slot_is_gradient(spec, slot))
        of = spec->input[vjp_slot_input(spec, slot)].name;
    /* In a pipeline the name begins with the stage: "1.w", and the d comes after that. */
    const char *dot = strrchr(of, '.');
    const int stage = dot ? (int)(dot - of) + 1 : 0;
    int at = append(name, 0, size, of, stage);
    at = append(name, at, size, "d", slot < spec->n_inputs ? 0 : 1);
    at = append(name, at, size, of + stage, (int)strlen(of + stage));
    name[at] = '\0';
    return name;
}

int vjp_slot_find(const struct vjp_spec *spec, const char *name)
{
    char candidate[VJP_SLOT_NAME_MAX];
    for (int slot = 0; slot < vjp_slot_count(spec); slot++) {
        if (strcmp(vjp_slot_name(spec, slot, candidate, sizeof candidate), name) == 0)
            return slot;
    }
    return -1;
}

int vjp_slot_partner(const struct vjp_spec *spec, int slot)
{
    const char *name = NULL;
    if (slot < spec->n_inputs)
        name = spec->input[slot].partner;
    else if (slot == vjp_slot_cotangent(spec))
        name = spec->output_partner;
    return name ? vjp_slot_find(spec, name) : -1;
}

int vjp_saved_find(const struct vjp_spec *spec, const char *name)
{
    for (int k = 0; k < spec->n_saved; k++) {
        if (strcmp(spec->saved[k].name, name) == 0)
            return k;
    }
    return -1;
}

int vjp_attr_find(const struct vjp_spec *spec, const char *name)
{
    for (int i = 0; i < spec->n_attrs; i++) {
        if (strcmp(spec->attr[i].name, name) == 0)
            return i;
    }
    return -1;
}

int vjp_dim_find(const struct vjp_spec *spec, const char *name)
{
    for (int i = 0; i < spec->n_dims; i++) {
        if (strcmp(spec->dim[i], name) == 0)
            return i;
    }
    return -1;
}
