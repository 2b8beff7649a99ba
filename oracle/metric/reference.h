/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_REFERENCE_H
#define VJP_ORACLE_METRIC_REFERENCE_H

#include <stdint.h>

#include "cases/base/status.h"
#include "cases/spec/case.h"
#include "cases/spec/data.h"

/* The truth about one case: for every gradient element an enclosure that rounds one way, its
 * conditioning S = |J|^T |dy|, and what IEEE 754 leaves no choice about. Knows nothing of any
 * kernel. */
struct vjp_reference;

/* Whether the case is small enough for vjp_reference_create: VJP_ERR_LIMIT if it exceeds
 * VJP_GRAPH_MAX (oracle/forward/graph.h). Costs nothing. */
VJP_MUST_CHECK enum vjp_status vjp_reference_check(const struct vjp_case *c,
                                                   struct vjp_error *error);

/* Derives the explicit generalized Jacobian from the layer's forward formula and contracts it with
 * the cotangent, raising the precision until every element is settled. VJP_ERR_LIMIT as
 * vjp_reference_check. */
VJP_MUST_CHECK enum vjp_status vjp_reference_create(const struct vjp_case *c,
                                                    const struct vjp_data *data,
                                                    struct vjp_reference **out,
                                                    struct vjp_error *error);
void vjp_reference_destroy(struct vjp_reference *reference);

/* The correctly rounded result, to nearest even in the case's dtype, of element i of a gradient
 * slot: its bits. NaN and infinities where IEEE 754 says so. */
uint64_t vjp_reference_rounded(const struct vjp_reference *reference, int slot, int64_t i);

/* Writes the exact value to text, cut at size: in decimal with digits significant digits, "nan",
 * "+inf"; followed by "..." where more digits would follow. Returns text. */
char *vjp_reference_text(const struct vjp_reference *reference, int slot, int64_t i, int digits,
                         char *text, int size);

/* The working precision, in bits, at which the last element was settled. */
int vjp_reference_precision(const struct vjp_reference *reference);

#endif
