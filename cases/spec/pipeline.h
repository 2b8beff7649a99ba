/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_PIPELINE_H
#define VJP_CASES_SPEC_PIPELINE_H

#include "cases/spec/case.h"

/* A pipeline of layers is a layer: "linear | relu | linear | softmax | cross_entropy". The output of
 * a stage is the first input of the next. Stages count from 1, and what belongs to one is named by
 * its position: dimension "1.N", attribute "1.bias", operand "3.w", gradient "3.dw". The cotangent is
 * that of the last stage's output, "dy".
 *
 * The first input of a later stage is no operand of the pipeline, and its shape is the shape of the
 * output before: dimensions that this decides are no fields. They are set, axis by axis, where both
 * have the same rank; a first input of rank 2 takes an output of higher rank as (first, product of
 * the others). Where the ranks differ in another way the dimensions are fields, and the numbers of
 * elements must agree. A stage with an attribute "rank" gets the rank of what it is given, or the nearest
 * that it may have: a scalar comes to it as one element, "mse | exp" with 2.N=1. */

#define VJP_MAX_STAGES 8

/* What a pipeline is made of. */
struct vjp_pipeline {
    struct vjp_spec spec; /* what everybody else sees */
    int n_stages;
    const struct vjp_spec *stage[VJP_MAX_STAGES];
    /* Where a dimension, attribute or input of a stage is found in the pipeline: its index there, or
     * -1 for what the chain decides. */
    int dim[VJP_MAX_STAGES][VJP_MAX_DIMS];
    int attr[VJP_MAX_STAGES][VJP_MAX_ATTRS];
    int input[VJP_MAX_STAGES][VJP_MAX_INPUTS];
    char names[2048]; /* what the spec's strings point to */
};

/* The pipeline behind a spec, or NULL where the spec is a single layer. */
const struct vjp_pipeline *vjp_pipeline_of(const struct vjp_spec *spec);

/* The pipeline with that name: layers with '|' between them, blanks do not matter. It lives as long
 * as the process; the same name gives the same pointer, from any thread. VJP_ERR_USAGE names the
 * stage that is not known or does not fit, VJP_ERR_LIMIT what there are too many of. */
VJP_MUST_CHECK enum vjp_status vjp_pipeline_find(const char *name, const struct vjp_spec **out,
                                                 struct vjp_error *error);

/* The last stage (from 0) whose first input has a domain that the stage before may leave ("linear |
 * log", not "softmax | log"); 0 where there is none, as in a single layer. What a stage is given is
 * known to the oracle only: a case in which it is outside of the domain is refused there. */
int vjp_pipeline_doubtful(const struct vjp_spec *spec);

/* What decides "2.D" in a pipeline where that is no field: the number, from 1, of the stage before the
 * one that is named, if the name is that of one of its layer's dimensions, its attribute rank, its first
 * input or the gradient of that. 0 for any other name, and for a single layer. */
int vjp_pipeline_decider(const struct vjp_spec *spec, const char *name);

/* The same for dimension i of the case, which is a field of its pipeline for other attributes: "2.D" of
 * "relu | linear" is one after a relu of one dimension, and follows from it after one of two. 0 where the
 * case has the field, or lacks it for another reason. */
int vjp_pipeline_dim_decider(const struct vjp_case *c, int i);

/* VJP_ERR_USAGE, in the words that all have who find the field in a place where stage, counted from 1,
 * decides it. */
VJP_MUST_CHECK enum vjp_status vjp_pipeline_fail_decided(const char *name, int stage,
                                                         struct vjp_error *error);

/* Stage k (from 0) of a pipeline's case as a case of its own: dimensions, attributes, dtype; no
 * values, no layout; nothing to clear. */
void vjp_pipeline_stage(const struct vjp_case *c, int k, struct vjp_case *out);

#endif
