/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_PROGRAM_H
#define VJP_ORACLE_JACOBIAN_PROGRAM_H

#include "cases/spec/data.h"
#include "oracle/forward/graph.h"
#include "oracle/jacobian/gradient.h"

/* The gradients as a backward pass computes them: the reverse sweep of the whole formula, recorded on
 * the graph's tape with dy as operands, so that no Jacobian is formed. */
struct vjp_program {
    enum vjp_dtype dtype;
    int n_saved;
    enum vjp_dtype saved_dtype[VJP_MAX_SAVED];
    int64_t *dy;                  /* the cotangent's elements */
    int64_t *old[VJP_MAX_INPUTS]; /* what the outputs held, under accumulate; else NULL */
    int64_t
        *gradient[VJP_MAX_INPUTS]; /* a node per element of a wanted input; VJP_NO_NODE: it is 0 */
};

/* Records the gradients by every input i with wanted[i]. The graph's tape grows. */
VJP_MUST_CHECK enum vjp_status vjp_program_record(struct vjp_graph *graph, const struct vjp_case *c,
                                                  const struct vjp_data *data,
                                                  const bool wanted[VJP_MAX_INPUTS],
                                                  struct vjp_program *out, struct vjp_error *error);
void vjp_program_clear(struct vjp_program *program);

/* Copies the values to gradients of the wanted inputs, which were initialized; fractions whose enclosure does
 * not tell how they are rounded become points (oracle/tape/rational.h). */
VJP_MUST_CHECK enum vjp_status vjp_program_take_values(const struct vjp_graph *graph,
                                                       const struct vjp_program *program,
                                                       const bool wanted[VJP_MAX_INPUTS],
                                                       struct vjp_gradient gradient[VJP_MAX_INPUTS],
                                                       struct vjp_error *error);

/* The same, with S = |J|^T |dy| (+ |old|), the number of its nonzero terms, and the sensitivities. */
VJP_MUST_CHECK enum vjp_status vjp_program_measure(const struct vjp_graph *graph,
                                                   const struct vjp_program *program,
                                                   const bool wanted[VJP_MAX_INPUTS],
                                                   struct vjp_gradient gradient[VJP_MAX_INPUTS],
                                                   struct vjp_error *error);

#endif
