/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_GRAPH_H
#define VJP_ORACLE_FORWARD_GRAPH_H

#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "oracle/tape/tape.h"

/* A case's forward formula on a tape, with the nodes of its operands and its output. */
struct vjp_graph {
    struct vjp_tape *tape;
    int64_t *in[VJP_MAX_INPUTS]; /* leaf of each element; NULL for an absent input and for integers.
                                    The leaves of an input follow one another. */
    struct vjp_shape in_shape[VJP_MAX_INPUTS];
    int64_t in_count[VJP_MAX_INPUTS]; /* the number of leaves: 0 for integers */
    int64_t *y;
    struct vjp_shape y_shape;
    int64_t y_count;
    int64_t *saved[VJP_MAX_SAVED]; /* by the spec's saved[]; a pipeline has none */
    struct vjp_shape saved_shape[VJP_MAX_SAVED];
    int64_t saved_count[VJP_MAX_SAVED];
};

/* Neither the scalar operations of a case's formula (vjp_case_work) nor the elements of any of its
 * operands or outputs, those of a pipeline's stages among them, may exceed this. At the limit the
 * tape, the Jacobians and their contraction take about 3 GiB at 256 bits. */
#define VJP_GRAPH_MAX (INT64_C(1) << 22)

/* VJP_ERR_LIMIT for a case that exceeds VJP_GRAPH_MAX. */
VJP_MUST_CHECK enum vjp_status vjp_graph_check(const struct vjp_case *c, struct vjp_error *error);

/* Records the formula of the case's layer, or those of a pipeline's stages, one after another, on
 * one tape. kinks as for vjp_tape_create. VJP_ERR_LIMIT for a case that is too large, VJP_ERR_USAGE
 * where a stage gives the next a number that is surely outside of its domain ("2.x[0,3]=-1.25, the
 * output of stage 1 (linear): expected a finite number greater than 0"), VJP_ERR_INTERNAL for a layer without
 * a formula. */
VJP_MUST_CHECK enum vjp_status vjp_graph_init(struct vjp_graph *out, const struct vjp_case *c,
                                              const struct vjp_data *data, mpfr_prec_t precision,
                                              struct vjp_kinks kinks, struct vjp_error *error);

/* The same for stage k (from 0) of a pipeline's case alone, its inputs numbered as the stage's layer
 * has them. before is the graph of the stage before: the elements of its output are the leaves of the
 * first input, with its shape. Not used for stage 0. */
VJP_MUST_CHECK enum vjp_status vjp_graph_init_stage(struct vjp_graph *out, const struct vjp_case *c,
                                                    const struct vjp_data *data, int k,
                                                    const struct vjp_graph *before,
                                                    mpfr_prec_t precision, struct vjp_kinks kinks,
                                                    struct vjp_error *error);
void vjp_graph_clear(struct vjp_graph *graph);

#endif
