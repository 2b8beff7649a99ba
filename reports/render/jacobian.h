/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_JACOBIAN_H
#define VJP_REPORTS_RENDER_JACOBIAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cases/base/shape.h"
#include "cases/base/status.h"

/* The explicit generalized Jacobian dy/dx of one operand, whoever keeps it. Row i is an element of
 * y, column j one of x. */
struct vjp_jacobian_view {
    const char *of;  /* "y" */
    const char *wrt; /* "x" */
    struct vjp_shape of_shape;
    struct vjp_shape wrt_shape;
    int64_t nonzero; /* entries that are not structural zeros */
    const void *context;
    /* False for a structural zero, else the ends of the enclosure. */
    bool (*entry)(const void *context, int64_t i, int64_t j, double *low, double *high);
    /* False where it is not determined what the entry is; its ends are NaN then. */
    bool (*is_known)(const void *context, int64_t i, int64_t j);
    /* Whether the entry is a set of numbers from end to end, and no number between them. */
    bool (*is_set)(const void *context, int64_t i, int64_t j);
    /* Writes the entry to text, cut at size. */
    void (*text)(const void *context, int64_t i, int64_t j, char *text, int size);
};

/* One JSON document holds at most so many entries, structural zeros included: above it a reader's
 * memory is at stake, and the npy form is the better one. */
#define VJP_JACOBIAN_JSON_MAX (INT64_C(1) << 22)

/* Its shape, then one block per element of the operand: dy/dx[0,1], which has the shape of y. */
void vjp_jacobian_print_text(const struct vjp_jacobian_view *view, FILE *out);

/* One document for several operands: {"case", "precision", "jacobians": [{"of", "wrt", "shape",
 * "of_shape", "wrt_shape", "nonzero", "values"}]}. values is flat, row-major over shape, which is
 * of_shape followed by wrt_shape. A value is a number, "inf", "-inf" or "nan", or "not determined"; where it
 * is not known to be one double, an array of the ends of its enclosure; where it is a set (a kink), an object
 * {"set": [low, high]}. VJP_ERR_LIMIT above VJP_JACOBIAN_JSON_MAX entries. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_print_json(const char *line, int precision,
                                                       const struct vjp_jacobian_view *views,
                                                       int count, FILE *out,
                                                       struct vjp_error *error);

#endif
