/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_FIT_H
#define VJP_CASES_GEN_FIT_H

#include <gsl/gsl_rng.h>

#include "cases/spec/case.h"

/* Sizes that a pipeline's stages take from each other: drawn one by one they seldom fit. A single layer has no
 * such sizes, and is what the functions here leave alone. */

/* Writes the number of elements that a stage is given as a product of its dimensions, at random, for every
 * stage that takes it so ("linear | rope") and does not fit. Returns whether all stages fit then. */
bool vjp_fit_elements(gsl_rng *rng, struct vjp_case *c);

/* The same, and where that is not enough draws sizes again, of the stage that does not fit and of those
 * before it, often larger ones, a bounded number of times; with has_attrs attributes as well. A stage that
 * fits goes on to fit. On failure, VJP_ERR_USAGE or VJP_ERR_LIMIT, the message names the stage that none of
 * the draws made fit. The case is to be settled afterwards. */
VJP_MUST_CHECK enum vjp_status vjp_fit_sizes(gsl_rng *rng, bool has_attrs, struct vjp_case *c,
                                             struct vjp_error *error);

#endif
