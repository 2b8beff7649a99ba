/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_JACOBIAN_H
#define VJP_REPORTS_RENDER_JACOBIAN_H

#include <stdio.h>

#include "cases/base/status.h"
#include "oracle/jacobian/explicit.h"

/* The explicit generalized Jacobian dy/dx of one operand, and how it is called. */
struct vjp_jacobian_view {
    const struct vjp_explicit *jacobian;
    const char *of;  /* "y" */
    const char *wrt; /* "x" */
};

/* One JSON document holds at most so many entries, structural zeros included: above it a reader's
 * memory is at stake, and the npy form is the better one. */
#define VJP_JACOBIAN_JSON_MAX (INT64_C(1) << 22)

/* Its shape, then one block per element of the operand: dy/dx[0,1], which has the shape of y. */
void vjp_jacobian_print_text(const struct vjp_jacobian_view *view, FILE *out);

/* One document for several operands: {"case", "precision", "jacobians": [{"of", "wrt", "shape",
 * "of_shape", "wrt_shape", "nonzero", "values"}]}. values is flat, row-major over shape, which is
 * of_shape followed by wrt_shape. A value is a number, "inf", "-inf" or "nan", or, where it is not
 * known to be one double, an array of the ends of its enclosure. VJP_ERR_LIMIT above
 * VJP_JACOBIAN_JSON_MAX entries. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_print_json(const char *line, int precision,
                                                       const struct vjp_jacobian_view *views,
                                                       int count, FILE *out,
                                                       struct vjp_error *error);

/* A NumPy file, version 1.0, of little-endian doubles in C order with the shape of y followed by that
 * of x. VJP_ERR_LIMIT where an entry is an interval wider than one step between doubles (a set of
 * subgradients): a number in its place would not be true. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_print_npy(const struct vjp_jacobian_view *view,
                                                      FILE *out, struct vjp_error *error);

#endif
