/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_FILL_H
#define VJP_CASES_GEN_FILL_H

#include <gsl/gsl_rng.h>

#include "cases/base/tensor.h"
#include "cases/spec/case.h"

/* One slot that is to be filled: the case is valid, out has the slot's shape and dtype and is all
 * zeros, rng is the slot's own stream. */
struct vjp_fill {
    const struct vjp_case *c;
    int slot;
    gsl_rng *rng;
    struct vjp_tensor *out;
};

/* Every generator with a name but exact and cancel, as its help says. */
void vjp_fill_named(const struct vjp_fill *fill);

/* Independent normal deviates: also what cancel is where nothing can cancel. */
void vjp_fill_normal(const struct vjp_fill *fill, double sigma);

/* Numbers greater than 0 (cases/gen/positive.c). */
void vjp_fill_positive(const struct vjp_fill *fill, double median);
void vjp_fill_simplex(const struct vjp_fill *fill);

/* Classes, indices and masks (cases/gen/classes.c). */
void vjp_fill_labels(const struct vjp_fill *fill);
void vjp_fill_index(const struct vjp_fill *fill);
void vjp_fill_repeats(const struct vjp_fill *fill);
void vjp_fill_ignored(const struct vjp_fill *fill, double probability);
void vjp_fill_mask(const struct vjp_fill *fill, double probability);

/* Nonzero integers in -A .. A, such that every partial sum of every gradient element, in any order,
 * is representable in the dtype, as long as every operand is filled so (cases/gen/exact.c has the
 * derivation). */
VJP_MUST_CHECK enum vjp_status vjp_fill_exact(const struct vjp_fill *fill, struct vjp_error *error);

/* For each setting of the slot's own dimensions, the dot product over the dimensions shared with
 * the partner and one random line of it has a condition number of about the parameter. partner is
 * the values of the partner slot, or NULL for none: then the values are normal, as they are where
 * fewer than three terms are shared. */
VJP_MUST_CHECK enum vjp_status vjp_fill_cancel(const struct vjp_fill *fill,
                                               const struct vjp_tensor *partner,
                                               struct vjp_error *error);

#endif
