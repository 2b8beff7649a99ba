/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/spec.h"

#include "cases/spec/linear.h"

#include <stdio.h>
#include <string.h>

const struct vjp_spec *const vjp_specs[] = {
    &vjp_spec_linear,
    NULL,
};

const struct vjp_spec *vjp_spec_find(const char *name)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        if (strcmp((*spec)->name, name) == 0)
            return *spec;
    }
    return NULL;
}

char *vjp_slot_name(const struct vjp_spec *spec, int slot, char *name, int size)
{
    if (slot < spec->n_inputs)
        snprintf(name, (size_t)size, "%s", spec->input[slot].name);
    else if (slot == spec->n_inputs)
        snprintf(name, (size_t)size, "d%s", spec->output);
    else
        snprintf(name, (size_t)size, "d%s", spec->input[slot - spec->n_inputs - 1].name);
    return name;
}

int vjp_slot_find(const struct vjp_spec *spec, const char *name)
{
    char candidate[32];
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
