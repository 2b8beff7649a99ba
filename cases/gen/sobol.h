/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_SOBOL_H
#define VJP_CASES_GEN_SOBOL_H

#include <stdint.h>

#include "cases/base/status.h"

/* What GSL's Sobol sequence has. */
#define VJP_SOBOL_DIMS 40

/* Points of a block: the first so many of the sequence fill the cube evenly. A point is reached by generating those
 * before it in its block, some 5 us on average. */
#define VJP_SOBOL_BLOCK 256

/* Point i of a sequence of blocks of GSL's Sobol points, each shifted modulo 1 by a vector of its own (Cranley and
 * Patterson, SIAM J. Numer. Anal. 13, 1976): in [0, 1), for n_dims of at most VJP_SOBOL_DIMS. A pure function. */
VJP_MUST_CHECK enum vjp_status vjp_sobol_point(uint64_t i, int n_dims, double *out,
                                               struct vjp_error *error);

#endif
