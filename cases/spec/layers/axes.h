/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LAYERS_AXES_H
#define VJP_CASES_SPEC_LAYERS_AXES_H

#include "cases/spec/case.h"

/* A shape whose axes are dimensions of the case: axis[0] .. axis[rank - 1], by their numbers. */
static inline void vjp_axes_shape(const struct vjp_case *c, const int *axis, int rank,
                                  struct vjp_shape *out, int axis_dim[VJP_RANK_MAX])
{
    out->rank = rank;
    for (int d = 0; d < rank; d++) {
        out->dim[d] = c->dim[axis[d]];
        axis_dim[d] = axis[d];
    }
}

#endif
