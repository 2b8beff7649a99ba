/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bundle.h"

#include <stdlib.h>
#include <string.h>

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

enum vjp_status vjp_bundle_add(struct vjp_bundle *bundle, const char *name,
                               struct vjp_tensor *tensor, struct vjp_error *error)
{
    if (vjp_bundle_find(bundle, name))
        return vjp_fail(error, VJP_ERR_INTERNAL, "there are two tensors called %s", name);
    struct vjp_bundle_tensor *grown =
        realloc(bundle->tensor, ((size_t)bundle->n_tensors + 1) * sizeof *grown);
    if (!grown)
        return fail_memory(error);
    bundle->tensor = grown;
    char *copy = strdup(name);
    if (!copy)
        return fail_memory(error);
    grown[bundle->n_tensors++] = (struct vjp_bundle_tensor){.name = copy, .tensor = *tensor};
    *tensor = (struct vjp_tensor){0};
    return VJP_OK;
}

enum vjp_status vjp_bundle_note(struct vjp_bundle *bundle, const char *name, const char *text,
                                struct vjp_error *error)
{
    for (int i = 0; i < bundle->n_notes; i++) {
        if (strcmp(bundle->note[i].name, name) == 0)
            return vjp_fail(error, VJP_ERR_INTERNAL, "there are two notes called %s", name);
    }
    struct vjp_bundle_note *grown =
        realloc(bundle->note, ((size_t)bundle->n_notes + 1) * sizeof *grown);
    if (!grown)
        return fail_memory(error);
    bundle->note = grown;
    const struct vjp_bundle_note note = {.name = strdup(name), .text = strdup(text)};
    if (!note.name || !note.text) {
        free(note.name);
        free(note.text);
        return fail_memory(error);
    }
    grown[bundle->n_notes++] = note;
    return VJP_OK;
}

const struct vjp_tensor *vjp_bundle_find(const struct vjp_bundle *bundle, const char *name)
{
    for (int i = 0; i < bundle->n_tensors; i++) {
        if (strcmp(bundle->tensor[i].name, name) == 0)
            return &bundle->tensor[i].tensor;
    }
    return NULL;
}

void vjp_bundle_clear(struct vjp_bundle *bundle)
{
    for (int i = 0; i < bundle->n_tensors; i++) {
        free(bundle->tensor[i].name);
        vjp_tensor_clear(&bundle->tensor[i].tensor);
    }
    for (int i = 0; i < bundle->n_notes; i++) {
        free(bundle->note[i].name);
        free(bundle->note[i].text);
    }
    free(bundle->tensor);
    free(bundle->note);
    *bundle = (struct vjp_bundle){0};
}
