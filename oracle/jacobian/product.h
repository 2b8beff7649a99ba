/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_PRODUCT_H
#define VJP_ORACLE_JACOBIAN_PRODUCT_H

#include "oracle/jacobian/gradient.h"
#include "oracle/jacobian/jacobian.h"

/* Products of generalized matrices, at the precision of what is written. Structural zeros take no
 * part: they are no terms, also where the other factor is infinite. */

/* Generalized matrix-vector product, the JVP: out_i = sum over j of J_ij v_j. v has the shape of x,
 * out that of y and is initialized. */
void vjp_product_vector(const struct vjp_jacobian *j, const struct vjp_real *v,
                        struct vjp_real *out);

/* The VJP with its conditioning: adds J_ij u_i to element j of out for every i. u has the shape of
 * y, out as many elements as x. */
VJP_MUST_CHECK enum vjp_status vjp_product_transposed(const struct vjp_jacobian *j,
                                                      const struct vjp_real *u,
                                                      struct vjp_gradient *out,
                                                      struct vjp_error *error);

/* Generalized matrix-matrix product, the chain rule: (dz/dx)_ij = sum over k of (dz/dy)_ik
 * (dy/dx)_kj. VJP_ERR_USAGE where the shape of y is not the same in both. */
VJP_MUST_CHECK enum vjp_status vjp_product_matrix(const struct vjp_jacobian *dz_dy,
                                                  const struct vjp_jacobian *dy_dx,
                                                  struct vjp_jacobian *out,
                                                  struct vjp_error *error);

#endif
