/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_VECTORS_H
#define VJP_REPORTS_CLI_VECTORS_H

#include <stdbool.h>

#include "cases/base/model.h"
#include "reports/cli/examine.h"
#include "reports/render/bundle.h"

/* The truth about a case as arrays, for others to compare with. For each gradient dx
 *     dx        the correctly rounded result, in the case's dtype; NaN for an element that has none
 *               (a set of subgradients, or not resolved) and where IEEE 754 says so
 *     dx.low, dx.high   what encloses the exact result, or the set of all subgradients at a kink,
 *               rounded outward, f64
 *     dx.bound  how far from those ends a kernel of a model may be, rounded down, f64. Infinite where
 *               a partial sum may overflow in some order, so that infinities and NaN are right as
 *               well, and for an element that was not resolved. 0 where dx is infinite or NaN and a
 *               kernel's has to be
 *     dx.scale  S = |J|^T |dy|, rounded up, f64 */

struct vjp_vectors_options {
    bool operands; /* x, w, dy; and dx.before, under accumulate what the kernel adds to */
    bool saved;    /* what kernels may want of the forward pass: data->saved, filled in */
    bool output;   /* y, correctly rounded */
    bool scale;
    bool bound;
    bool enclosure;
    struct vjp_model model; /* of the bound */
    bool
        either; /* the bound is the largest of kernels of that model, whichever saved values they are
                    given, or none */
};

/* Elements without a value. */
struct vjp_vectors_gaps {
    int64_t sets;
    int64_t unresolved;
    int slot; /* of the first one of either */
    int64_t index;
};

/* The model of a kernel that declares no more than the format of its sums, sums_in, or -1 for the dtype of
 * its operands. VJP_ERR_USAGE for a format that is narrower than that: bounds are derived for no such
 * kernel, and none may declare it. */
VJP_MUST_CHECK enum vjp_status vjp_vectors_model(enum vjp_dtype dtype, int sums_in,
                                                 struct vjp_model *out, struct vjp_error *error);

/* Adds what the options ask for to the bundle; the gradients in any case. */
VJP_MUST_CHECK enum vjp_status
vjp_vectors_add(const struct vjp_question *question, const struct vjp_vectors_options *options,
                struct vjp_bundle *bundle, struct vjp_vectors_gaps *gaps, struct vjp_error *error);

#endif
