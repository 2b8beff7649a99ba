/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_FACTORS_H
#define VJP_CASES_SHRINK_FACTORS_H

#include "cases/spec/case.h"

/* Where a stage of the pipeline takes the output before by its number of elements ("linear | rope"), and
 * dim[] does not fit for that: sets the dimensions of that stage to a product that does. nearest: the one
 * that differs least from dim[] (the sum over the dimensions), else the one with the smallest sum. False
 * where none is found, and for a single layer; then dim[] is as it was. */
VJP_MUST_CHECK bool vjp_factors_fit(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS],
                                    bool nearest);

#endif
