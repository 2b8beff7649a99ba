/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_RESIZE_H
#define VJP_CASES_SHRINK_RESIZE_H

#include "cases/shrink/ask.h"

/* What is taken out of a dimension: the indices from at to before at + count. */
struct vjp_cut {
    int dim;
    int64_t at, count;
};

/* Sets the dimensions of c, a copy of the valid case from with other attributes or the same, to dim[], cuts
 * its lists to their new shapes and settles it. Along the cut's own dimension, and along an axis without a
 * name that becomes shorter by as many (what a pipeline's chain decides), a list loses the indices of the
 * cut; along others the last ones. An axis that becomes longer repeats its last index. The case may not be
 * valid then. */
VJP_MUST_CHECK enum vjp_status vjp_resize(struct vjp_case *c, const struct vjp_case *from,
                                          const int64_t dim[VJP_MAX_DIMS],
                                          const struct vjp_cut *cut, struct vjp_error *error);

#endif
