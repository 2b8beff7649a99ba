/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

#include <stddef.h>
#include <string.h>

#define VJP_LAYER(name) extern const struct vjp_form vjp_form_##name;
#include "generated/exact_layers.inc"
#undef VJP_LAYER

static const struct {
    const char *name;
    const struct vjp_form *form;
} forms[] = {
#define VJP_LAYER(name) {#name, &vjp_form_##name},
#include "generated/exact_layers.inc"
#undef VJP_LAYER
};

const struct vjp_form *vjp_form_find(const struct vjp_spec *spec)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(forms[i].name, spec->name) == 0)
            return forms[i].form;
    }
    return NULL;
}
