/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_CHAIN_H
#define VJP_ORACLE_JACOBIAN_CHAIN_H

#include "oracle/jacobian/jacobian.h"

/* dy/d(input) of a pipeline by the chain rule: the explicit Jacobian of every stage is derived by
 * itself, at what is known of its operands, and they are multiplied as generalized matrices. A witness
 * for the Jacobian that one tape over the whole gives. Where stages stand on kinks both are hulls of
 * the set of products, and this one may be the wider: it does not know which entries of two stages
 * belong to one kink.
 *
 * c is a case of a pipeline (cases/spec/pipeline.h); input is one of its differentiable inputs, and
 * present. VJP_ERR_LIMIT as vjp_graph_init. */
VJP_MUST_CHECK enum vjp_status vjp_chain_jacobian(const struct vjp_case *c,
                                                  const struct vjp_data *data, int input,
                                                  mpfr_prec_t precision, struct vjp_kinks kinks,
                                                  struct vjp_jacobian *out,
                                                  struct vjp_error *error);

#endif
