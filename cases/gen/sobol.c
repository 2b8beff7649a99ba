/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/sobol.h"

#include "cases/base/stream.h"

#include <assert.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdlib.h>

/* The part of 1 by which the block is shifted in that dimension. */
static double shift_of(uint64_t block, int d)
{
    return (double)(vjp_mix64(vjp_mix64(block) + (uint64_t)d) >> 11) * 0x1p-53;
}

/* gsl_qrng_alloc would end the process where there is no memory. */
enum vjp_status vjp_sobol_point(uint64_t i, int n_dims, double *out, struct vjp_error *error)
{
    const gsl_qrng_type *const type = gsl_qrng_sobol;
    const unsigned dims = (unsigned)n_dims;
    assert(n_dims <= VJP_SOBOL_DIMS);
    if (n_dims < 1)
        return VJP_OK;
    void *state = malloc(type->state_size(dims));
    if (!state)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Sobol sequence");
    int failed = type->init_state(state, dims);
    for (uint64_t k = 0; k <= i % VJP_SOBOL_BLOCK && !failed; k++)
        failed = type->get(state, dims, out);
    free(state);
    if (failed)
        return vjp_fail(error, VJP_ERR_INTERNAL, "GSL gives no Sobol sequence of %d dimensions",
                        n_dims);
    for (int d = 0; d < n_dims; d++) {
        out[d] += shift_of(i / VJP_SOBOL_BLOCK, d);
        out[d] -= floor(out[d]);
    }
    return VJP_OK;
}
