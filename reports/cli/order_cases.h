/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ORDER_CASES_H
#define VJP_REPORTS_CLI_ORDER_CASES_H

#include "cases/line/list.h"
#include "reports/study/sweep.h"

/* The shapes at which orders are revealed where no case says. */

/* Adds, for each of the layer's dimensions in turn (only the sweep's, where it names one) and each of the sweep's sizes, a
 * case with that size and small others, as far as the layer takes it and the explicit oracle can. What a gradient sums
 * over is among the dimensions; which, is seen by asking the oracle (vjp_order_terms_most). *left_out counts the
 * shapes that the oracle cannot. */
VJP_MUST_CHECK enum vjp_status vjp_order_cases_add(const struct vjp_spec *layer,
                                                   enum vjp_dtype dtype, uint64_t seed,
                                                   const struct vjp_sweep *sweep,
                                                   struct vjp_case_list *out, int64_t *left_out,
                                                   struct vjp_error *error);

/* The sizes where there is no --sweep: one that fits a vector, and three that leave a rest for 8, 16 and 32 lanes. */
void vjp_order_cases_default(struct vjp_sweep *out);

/* Small shapes at which trees are known by: all dimensions alike, 11 where the layer takes that and the Jacobian stays
 * small, which leaves a rest for 4 and 8 lanes; and, for a layer of up to 4 dimensions whose gradients are sums of
 * products, each dimension at 67 in turn, more than any vector's lanes and no multiple of them. None where the oracle
 * takes none. */
VJP_MUST_CHECK enum vjp_status vjp_order_cases_mark(const struct vjp_spec *layer,
                                                    enum vjp_dtype dtype, struct vjp_case_list *out,
                                                    struct vjp_error *error);

#endif
