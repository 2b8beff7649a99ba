/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_TENSORS_H
#define VJP_IMPLS_HOST_TENSORS_H

#include "cases/spec/data.h"
#include "impls/host/plugin_info.h"
#include "impls/host/window.h"

/* The tensors that a kernel gets of a case: the inputs that it wants in the spec's order, the saved
 * values that it wants, the cotangent; then, as outputs, the gradients. */
struct vjp_tensors {
    int n_inputs, n_outputs;
    struct vjp_window window[VJP_WINDOWS]; /* inputs, then outputs */
    const struct vjp_tensor
        *values[VJP_WINDOWS]; /* what the window holds before a call, of the data;
                                                     NULL: nothing, an output to be overwritten */
    int64_t bytes;            /* of the largest window */
    bool sparse;              /* one of them is */
};

/* Whether a kernel gets the slot, which may be that of a saved value. An input goes before a saved
 * value of its name. */
bool vjp_tensors_is_given(const struct vjp_kernel_info *kernel, const struct vjp_case *c, int slot);

/* Lays out what the kernel gets. VJP_ERR_INTERNAL where values are missing in data, or are not
 * those of the case. */
VJP_MUST_CHECK enum vjp_status vjp_tensors_plan(struct vjp_tensors *out,
                                                const struct vjp_kernel_info *kernel,
                                                const struct vjp_case *c,
                                                const struct vjp_data *data, int64_t page,
                                                struct vjp_error *error);

#endif
