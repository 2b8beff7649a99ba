/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_TERMS_H
#define VJP_ORACLE_JACOBIAN_TERMS_H

#include "oracle/jacobian/gradient.h"
#include "oracle/tape/influence.h"

/* S = |J|^T |dy| and k of gradient elements that a program computes, by sweeps from them to the leaves that it is
 * linear in. */
struct vjp_terms;

/* outside[v]: such a leaf; value is that of landscape.h. All must outlive it, and the tape not grow. NULL when
 * memory ends. */
struct vjp_terms *vjp_terms_create(const struct vjp_tape *tape, const long double *value,
                                   const bool *outside);
void vjp_terms_destroy(struct vjp_terms *terms);

/* Sets scale and terms of the elements j[0] .. j[n - 1] of the gradient, n <= VJP_LANES, which are the nodes
 * node[0] .. node[n - 1]. S is at least what it is, and at most 2^-19 of itself more, or as much as the tape's
 * enclosures leave open. */
VJP_MUST_CHECK enum vjp_status vjp_terms_measure(struct vjp_terms *terms,
                                                 struct vjp_gradient *gradient, const int64_t *j,
                                                 const int64_t *node, int n,
                                                 struct vjp_error *error);

#endif
