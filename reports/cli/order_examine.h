/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ORDER_EXAMINE_H
#define VJP_REPORTS_CLI_ORDER_EXAMINE_H

#include "reports/cli/order_terms.h"
#include "reports/cli/targets.h"
#include "reports/study/order.h"

/* One gradient of a case, with what a kernel is given to show its order. */
struct vjp_order_question {
    const struct vjp_case *c;
    int input; /* whose gradient */
    struct vjp_data *
        ones; /* its dy is written while a kernel is asked, and is as it was afterwards; so is what outputs hold, which is not */
    struct vjp_order_terms terms;  /* of ones */
    struct vjp_data *factors;      /* operands of vjp_probe_factor; its dy likewise */
    struct vjp_order_terms probed; /* of factors */
    const struct vjp_data *random;
    struct vjp_order_terms drawn; /* of random */
    bool
        tree_only; /* the tree of the first element that is a sum, and nothing else: ones and terms are all that is
                       needed */
};

/* Whether element j is a sum of independent terms with equal factors that are a power of two. */
bool vjp_order_is_sum(const struct vjp_order_question *question, int64_t j);

/* Asks the kernel, through its worker, and writes to *out, which is to be cleared; of the names only those of elements
 * are set. The status is about us. */
VJP_MUST_CHECK enum vjp_status vjp_order_examine(struct vjp_target *target, int kernel,
                                                 const struct vjp_order_question *question,
                                                 struct vjp_order *out, struct vjp_error *error);

#endif
