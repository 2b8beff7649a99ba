/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_EXACT_ELEMENT_H
#define VJP_ORACLE_METRIC_EXACT_ELEMENT_H

#include "oracle/exact/solution.h"
#include "oracle/jacobian/gradient.h"

/* One element of a contraction as the explicit Jacobian has it: a gradient of count 1, made by adding
 * term after term, in the order of dy's elements, and then what the output held before (old; data NULL:
 * nothing) to a sum that is wide enough for all of it. Shares nothing with the way in which the
 * solution was found, and costs some tenths of a microsecond a term, and more where numbers lie far
 * apart. *out is the caller's to clear. */
VJP_MUST_CHECK enum vjp_status vjp_exact_element(const struct vjp_contraction *contraction,
                                                 const struct vjp_tensor *old, int64_t e,
                                                 struct vjp_gradient *out, struct vjp_error *error);

/* Whether what the solution says of element e is so, one being that element: how it rounds, what is left,
 * S. */
bool vjp_exact_agrees(const struct vjp_solution *solution, int64_t e,
                      const struct vjp_gradient *one);

/* Some elements of a solution, made once more one by one: VJP_ERR_INTERNAL where one is otherwise. Takes as
 * long as adding up VJP_EXACT_SAMPLED_TERMS terms, or three elements. */
#define VJP_EXACT_SAMPLED_TERMS (1 << 17)

VJP_MUST_CHECK enum vjp_status vjp_exact_sample(const struct vjp_solution *solution,
                                                const struct vjp_tensor *old,
                                                struct vjp_error *error);

#endif
