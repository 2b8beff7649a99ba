/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_STUDY_AXIS_H
#define VJP_REPORTS_CLI_STUDY_AXIS_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/spec/case.h"

/* Which dimension a gradient sums over: asked of the oracle, which counts the terms of every element, at small sizes of
 * which one after the other is doubled. */
struct vjp_study_axis {
    const struct vjp_spec *spec;
    enum vjp_dtype dtype;
    int input;               /* the gradient's */
    bool contracted;         /* the oracle takes it at any size */
    int dim;                 /* the one that makes k grow most; -1: the gradient sums over none */
    bool sums[VJP_MAX_DIMS]; /* it makes k another */
    int64_t small
        [VJP_MAX_DIMS]; /* sizes to begin with, of other dimensions that sum as small as possible */
    int64_t attr[VJP_MAX_ATTRS];
    double terms; /* k for each of dim */
};

/* values: a generator for the operands. VJP_ERR_USAGE or VJP_ERR_LIMIT where there is no small case. */
VJP_MUST_CHECK enum vjp_status vjp_study_axis_find(const struct vjp_spec *spec,
                                                   enum vjp_dtype dtype, int input,
                                                   const char *values, struct vjp_study_axis *out,
                                                   struct vjp_error *error);

/* Attributes such that as many inputs as possible take part: a linear layer with its bias. */
VJP_MUST_CHECK enum vjp_status vjp_study_small_case(const struct vjp_spec *spec,
                                                    enum vjp_dtype dtype, struct vjp_case *out,
                                                    struct vjp_error *error);

/* Every operand and the cotangent from the generator, but for those whose domain is another. */
VJP_MUST_CHECK enum vjp_status vjp_study_set_values(struct vjp_case *c, const char *values,
                                                    struct vjp_error *error);

/* A case in which dimension dim is size, or, where dim is -1, the gradient sums about size terms, with other dimensions
 * so large that the gradient has elements elements, or as many as the oracle can afford. VJP_ERR_LIMIT where it cannot
 * afford the case, VJP_ERR_USAGE where there is none, with the reason. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_study_axis_case(const struct vjp_study_axis *axis, int dim,
                                                   int64_t size, int64_t elements,
                                                   const char *values, uint64_t seed,
                                                   struct vjp_case *out, struct vjp_error *error);

#endif
