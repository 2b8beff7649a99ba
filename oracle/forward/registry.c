/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

#include <string.h>

static const struct {
    const char *layer;
    vjp_forward_function *function;
} formulas[] = {
#define VJP_LAYER(name) {#name, vjp_forward_##name},
#include "generated/forward_layers.inc"
#undef VJP_LAYER
};

vjp_forward_function *vjp_forward_find(const char *layer)
{
    for (size_t i = 0; i < sizeof formulas / sizeof formulas[0]; i++) {
        if (strcmp(formulas[i].layer, layer) == 0)
            return formulas[i].function;
    }
    return NULL;
}
