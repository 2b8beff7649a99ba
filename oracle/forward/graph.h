/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_FORWARD_GRAPH_H
#define VJP_ORACLE_FORWARD_GRAPH_H

#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "oracle/tape/tape.h"

/* A case's forward formula on a tape, with the nodes of its operands and its output. */
struct vjp_graph {
    struct vjp_tape *tape;
    int64_t *in[VJP_MAX_INPUTS]; /* leaf of each element; NULL for an absent input */
    struct vjp_shape in_shape[VJP_MAX_INPUTS];
    int64_t in_count[VJP_MAX_INPUTS];
    int64_t *y;
    struct vjp_shape y_shape;
    int64_t y_count;
};

/* The product of a case's dimensions, each taken as at least 1, may not exceed this: it bounds the
 * scalar operations of a formula whose loops run over the spec's dimensions. At the limit the tape,
 * the Jacobians and their contraction take about 3 GiB at 256 bits. */
#define VJP_GRAPH_MAX (INT64_C(1) << 22)

/* VJP_ERR_LIMIT for a case that exceeds VJP_GRAPH_MAX. */
VJP_MUST_CHECK enum vjp_status vjp_graph_check(const struct vjp_case *c, struct vjp_error *error);

/* Records the formula of the case's layer. VJP_ERR_LIMIT for a case that is too large,
 * VJP_ERR_INTERNAL for a layer without a formula. */
VJP_MUST_CHECK enum vjp_status vjp_graph_init(struct vjp_graph *out, const struct vjp_case *c,
                                              const struct vjp_data *data, mpfr_prec_t precision,
                                              struct vjp_error *error);
void vjp_graph_clear(struct vjp_graph *graph);

#endif
