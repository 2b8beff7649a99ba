/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/tensors.h"

#include <string.h>

static bool is_saved(const struct vjp_spec *spec, int slot)
{
    return slot >= vjp_slot_count(spec);
}

static bool is_wanted(const struct vjp_kernel_info *kernel, const char *name)
{
    int i = 0;
    while (i < kernel->n_wants && strcmp(kernel->wants[i], name) != 0)
        i++;
    return i < kernel->n_wants;
}

bool vjp_tensors_is_given(const struct vjp_kernel_info *kernel, const struct vjp_case *c, int slot)
{
    const struct vjp_spec *spec = c->spec;
    char name[VJP_WIRE_NAME];
    vjp_slot_name(spec, slot, name, sizeof name);
    if (is_saved(spec, slot)) {
        const int other = vjp_slot_find(spec, name);
        return is_wanted(kernel, name) && !(other >= 0 && other < spec->n_inputs);
    }
    if (!vjp_case_has_slot(c, slot))
        return false;
    return slot >= spec->n_inputs || kernel->n_wants == 0 || is_wanted(kernel, name);
}

/* The slot of tensor i of a call to which all are given. */
static int slot_in_order(const struct vjp_spec *spec, int i)
{
    if (i < spec->n_inputs)
        return i;
    i -= spec->n_inputs;
    if (i < spec->n_saved)
        return vjp_slot_saved(spec, i);
    return vjp_slot_cotangent(spec) + i - spec->n_saved;
}

static enum vjp_status check_values(const struct vjp_case *c, const struct vjp_window *window,
                                    const struct vjp_tensor *values, struct vjp_error *error)
{
    char name[VJP_WIRE_NAME];
    vjp_slot_name(c->spec, window->slot, name, sizeof name);
    if (!values->data && is_saved(c->spec, window->slot))
        return vjp_fail(error, VJP_ERR_INTERNAL,
                        "the oracle has not filled in %s, which the kernel wants", name);
    if (!values->data || values->dtype != window->dtype ||
        !vjp_shape_is_equal(&values->shape, &window->shape))
        return vjp_fail(error, VJP_ERR_INTERNAL, "the data of %s are not those of the case", name);
    return VJP_OK;
}

/* What the tensors are laid out from. */
struct source {
    const struct vjp_kernel_info *kernel;
    const struct vjp_case *c;
    const struct vjp_data *data;
    int64_t page;
};

static enum vjp_status add(struct vjp_tensors *tensors, const struct source *from, int slot,
                           struct vjp_error *error)
{
    const struct vjp_spec *spec = from->c->spec;
    const bool output = vjp_slot_is_gradient(spec, slot);
    const int i = tensors->n_inputs + tensors->n_outputs;
    struct vjp_window *window = &tensors->window[i];
    enum vjp_status status =
        vjp_window_plan(window, from->c, slot, from->kernel->alignment, from->page, error);
    /* In place, the gradient of the first input holds dy. */
    const bool is_dy = from->c->in_place && slot == vjp_slot_gradient(spec, 0);
    if (status == VJP_OK && (!output || from->c->accumulate || is_dy)) {
        tensors->values[i] = is_saved(spec, slot) ? &from->data->saved[slot - vjp_slot_count(spec)]
                             : is_dy              ? &from->data->slot[vjp_slot_cotangent(spec)]
                                                  : &from->data->slot[slot];
        status = check_values(from->c, window, tensors->values[i], error);
    }
    if (status != VJP_OK)
        return status;
    tensors->n_inputs += !output;
    tensors->n_outputs += output;
    tensors->sparse |= window->sparse;
    if (window->bytes > tensors->bytes)
        tensors->bytes = window->bytes;
    return VJP_OK;
}

enum vjp_status vjp_tensors_plan(struct vjp_tensors *out, const struct vjp_kernel_info *kernel,
                                 const struct vjp_case *c, const struct vjp_data *data,
                                 int64_t page, struct vjp_error *error)
{
    const struct source from = {kernel, c, data, page};
    struct vjp_tensors tensors = {0};
    for (int i = 0; i < vjp_slot_count(c->spec) + c->spec->n_saved; i++) {
        const int slot = slot_in_order(c->spec, i);
        if (!vjp_tensors_is_given(kernel, c, slot))
            continue;
        const enum vjp_status status = add(&tensors, &from, slot, error);
        if (status != VJP_OK)
            return status;
    }
    *out = tensors;
    return VJP_OK;
}
