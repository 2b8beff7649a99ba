/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_INFER_H
#define VJP_REPORTS_CLI_INFER_H

#include <stdbool.h>

#include "cases/spec/case.h"

/* What is known of a case besides its attributes: the shapes of operands, and sizes that were said
 * outright. */
struct vjp_known {
    bool has_shape[VJP_MAX_SLOTS]; /* inputs and the cotangent */
    struct vjp_shape shape[VJP_MAX_SLOTS];
    bool has_dim[VJP_MAX_DIMS]; /* c->dim holds it */
};

/* Sets an attribute "rank" (in a pipeline "2.rank") that was not given to the rank of the first known
 * operand (of that stage). given[]: by attribute. VJP_ERR_USAGE, naming the operand, where the attribute's
 * range does not have its rank. */
VJP_MUST_CHECK enum vjp_status vjp_infer_rank(struct vjp_case *c, const bool given[VJP_MAX_ATTRS],
                                              const struct vjp_known *known,
                                              struct vjp_error *error);

/* Sets the dimensions of a case whose attributes are set, and checks that every operand is there and
 * has the shape that follows. VJP_ERR_USAGE names the two operands that contradict each other, the
 * operand that is missing and its shape, or the dimension that nothing tells. */
VJP_MUST_CHECK enum vjp_status vjp_infer_dims(struct vjp_case *c, const struct vjp_known *known,
                                              struct vjp_error *error);

#endif
