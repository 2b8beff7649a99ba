/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_MUTATE_H
#define VJP_CASES_GEN_MUTATE_H

#include <gsl/gsl_rng.h>

#include "cases/spec/case.h"

/* A valid case near another one, of the same layer and dtype: other values (its seed), and one time in two another size,
 * or another generator for one operand. No dimension is above dim_max unless from's is, and the work at most twice from's
 * and 1000 operations. Where nothing like that is found, from with another seed. */
VJP_MUST_CHECK enum vjp_status vjp_mutate_case(gsl_rng *rng, const struct vjp_case *from,
                                               int64_t dim_max, struct vjp_case *out,
                                               struct vjp_error *error);

#endif
