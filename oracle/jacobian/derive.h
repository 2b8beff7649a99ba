/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_DERIVE_H
#define VJP_ORACLE_JACOBIAN_DERIVE_H

#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "oracle/jacobian/gradient.h"

/* VJP_ERR_LIMIT for a case that is too large: one that exceeds VJP_GRAPH_MAX. */
VJP_MUST_CHECK enum vjp_status vjp_derive_check(const struct vjp_case *c, struct vjp_error *error);

/* The gradients of every differentiable input that is present, at one working precision: records the
 * forward formula, derives the explicit generalized Jacobians, contracts them with the cotangent,
 * and under accumulate adds what the outputs held before. gradient[i] belongs to input i; those of
 * absent inputs are left alone. */
VJP_MUST_CHECK enum vjp_status
vjp_derive_gradients(const struct vjp_case *c, const struct vjp_data *data, mpfr_prec_t precision,
                     struct vjp_gradient gradient[VJP_MAX_INPUTS], struct vjp_error *error);

#endif
