/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ORDER_MARK_H
#define VJP_REPORTS_CLI_ORDER_MARK_H

#include "cases/base/text.h"
#include "reports/cli/targets.h"

/* What the summation trees of a kernel are known by, from run to run and from machine to machine: for each gradient that
 * sums independent terms, at a small shape at which it sums most of them, their number, what people call the order, and
 * the first 8 digits of the SHA-256 of the tree's text:
 *
 *     "dx 67 terms, 8-way interleaved, joined pairwise, 3f2a90c1 | db 67 terms, sequential, 0d1f33aa"
 *     "dx not revealed: no swamping"
 *     "no sum of independent terms"
 *
 * The tree is that of the first element. Asks some hundred calls for each gradient. The status is about us. */
VJP_MUST_CHECK enum vjp_status vjp_order_mark(struct vjp_target *target, int kernel,
                                              const struct vjp_spec *spec, enum vjp_dtype dtype,
                                              struct vjp_text *out, struct vjp_error *error);

#endif
