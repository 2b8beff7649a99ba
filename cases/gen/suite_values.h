/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_SUITE_VALUES_H
#define VJP_CASES_GEN_SUITE_VALUES_H

#include <gsl/gsl_rng.h>

#include "cases/spec/case.h"

/* Draws the generator of every slot with values of a case of the generated suite. structural: data
 * that shows which terms are there: exact where the layer is made of sums and products, so that
 * every order of summation gives the same bits; elsewhere zeros, ties and small integers, where the
 * layers have their kinks. Else rounded values of every kind; NaN, infinities and subnormals only
 * where the layer is made of sums and products, of which IEEE 754 says what they give. */
VJP_MUST_CHECK enum vjp_status vjp_suite_draw_values(gsl_rng *rng, bool structural,
                                                     struct vjp_case *c, struct vjp_error *error);

#endif
