/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_STAGES_H
#define VJP_CASES_SPEC_STAGES_H

#include "cases/spec/pipeline.h"

/* How the output of a stage becomes the first input of the next, by their ranks. */
enum vjp_link {
    VJP_LINK_AXES = 0, /* the same rank: axis by axis */
    VJP_LINK_ROWS,     /* to rank 2 from a higher one: the first, and the product of the others */
    VJP_LINK_ELEMENTS, /* the same number of elements, in row-major order */
};
enum vjp_link vjp_link_of(int rank_taken, int rank_given);

/* Whether the attribute is set by the chain: the rank of what a stage is given, or the nearest that the
 * attribute may have, as 1 for a scalar, which is then linked by elements. */
bool vjp_stage_is_chained(const struct vjp_attr_spec *attr, int stage);

/* The nearest value to this one within the limits of an integer attribute. */
int64_t vjp_stage_clamp(const struct vjp_attr_spec *attr, int64_t value);

/* What a pipeline's spec has in the place of a layer's callbacks. */
bool vjp_stages_has_input(const struct vjp_case *c, int i);
bool vjp_stages_has_dim(const struct vjp_case *c, int i);
enum vjp_status vjp_stages_check(const struct vjp_case *c, const char **field,
                                 struct vjp_error *error);

/* The same as vjp_stages_check, and in *fitting how many stages, from the first on, have sizes that fit. */
enum vjp_status vjp_stages_check_each(const struct vjp_case *c, int *fitting, const char **field,
                                      struct vjp_error *error);

/* Where stage k (from 0) takes the output before by its number of elements: the pipeline's dimensions that
 * together make that number, and the number. Returns how many they are, 0 where ranks decide otherwise
 * or the number is too large for an int64_t. The stages before fit. */
int vjp_stages_counted(const struct vjp_case *c, int k, int field[VJP_RANK_MAX], int64_t *count);

void vjp_stages_shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                      int axis_dim[VJP_RANK_MAX]);
int64_t vjp_stages_reduction(const struct vjp_case *c);
double vjp_stages_work(const struct vjp_case *c);
int64_t vjp_stages_index_bound(const struct vjp_case *c, int i);

#endif
