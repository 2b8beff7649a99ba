/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_DRAW_H
#define VJP_CASES_GEN_DRAW_H

#include <gsl/gsl_rng.h>

#include "cases/spec/case.h"

/* Random cases of a layer: what the generated suite and a fuzzing campaign share. They differ in the sizes. */

struct vjp_draw_plan {
    bool
        structural; /* data that shows which terms are there (suite_values.h), else rounded values */
    bool
        plain; /* attributes at their fallbacks, contiguous, overwriting, all gradients, one thread; else these vary */

    /* Sets c->dim, and returns how many scalar operations the case may cost: dimensions are halved until it does.
     * attempt: how often it was asked for this case before. */
    double (*sizes)(const void *env, gsl_rng *rng, int attempt, struct vjp_case *c);
    const void *env;
};

/* Draws a valid case. VJP_ERR_USAGE or VJP_ERR_LIMIT where no sizes were found that fit; of a pipeline's
 * the message names the stage. */
VJP_MUST_CHECK enum vjp_status vjp_draw_case(gsl_rng *rng, const struct vjp_draw_plan *plan,
                                             const struct vjp_spec *spec, enum vjp_dtype dtype,
                                             struct vjp_case *out, struct vjp_error *error);

/* The seed of the stream for case i of a layer and dtype: a pure function. */
uint32_t vjp_draw_stream(const struct vjp_spec *spec, enum vjp_dtype dtype, uint64_t seed,
                         uint32_t i);

#endif
