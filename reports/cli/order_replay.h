/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ORDER_REPLAY_H
#define VJP_REPORTS_CLI_ORDER_REPLAY_H

#include "reports/cli/order_terms.h"
#include "reports/study/order.h"

/* What is known of an element. */
enum {
    VJP_ORDER_OPEN = 0,
    VJP_ORDER_EQUAL,   /* a tree explains its bits */
    VJP_ORDER_DIFFERS, /* the tree that was revealed of it, or of one like it, does not */
    VJP_ORDER_NO_SUM,
};

/* A kernel's answer on random data, and what is known of its elements. */
struct vjp_order_replayer {
    const struct vjp_case *c;
    int slot;
    const struct vjp_order_terms *drawn; /* of random */
    const struct vjp_data *random;
    const struct vjp_tensor *got;
    enum vjp_dtype declared; /* in which the kernel says it accumulates */
    char *state;             /* by element */
    int64_t *certified;
};

/* Replays the tree, which is element's, for all open elements with as many terms: in the format that was probed, then the
 * declared one, f32 and f64, with products as they were probed, all rounded, and all fused, in the direction that was probed
 * and to nearest; the one that explains most stands in *tree. Where it does not explain the element itself, the open ones with as many terms are given up. */
VJP_MUST_CHECK enum vjp_status vjp_order_replay(struct vjp_order_replayer *replayer,
                                                struct vjp_order_tree *tree,
                                                const enum vjp_product *product, int64_t element,
                                                struct vjp_error *error);

#endif
