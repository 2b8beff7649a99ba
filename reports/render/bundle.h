/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BUNDLE_H
#define VJP_REPORTS_RENDER_BUNDLE_H

#include "cases/base/status.h"
#include "cases/base/tensor.h"

/* Named tensors, and notes about them: what a file of test vectors holds. A zeroed struct is
 * empty. */

struct vjp_bundle_tensor {
    char *name; /* "x", "dx.bound": good as the stem of a file */
    struct vjp_tensor tensor;
};

struct vjp_bundle_note {
    char *name; /* letters only */
    char *text;
};

struct vjp_bundle {
    struct vjp_bundle_tensor *tensor;
    int n_tensors;
    struct vjp_bundle_note *note;
    int n_notes;
};

/* Takes over *tensor (which is zeroed) on success. VJP_ERR_INTERNAL where the name is taken: two of
 * one name cannot both be found again. */
VJP_MUST_CHECK enum vjp_status vjp_bundle_add(struct vjp_bundle *bundle, const char *name,
                                              struct vjp_tensor *tensor, struct vjp_error *error);

/* Copies the text. VJP_ERR_INTERNAL where the name is taken. */
VJP_MUST_CHECK enum vjp_status vjp_bundle_note(struct vjp_bundle *bundle, const char *name,
                                               const char *text, struct vjp_error *error);

/* The tensor with that name, or NULL. */
const struct vjp_tensor *vjp_bundle_find(const struct vjp_bundle *bundle, const char *name);

void vjp_bundle_clear(struct vjp_bundle *bundle);

#endif
