/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_REVEAL_H
#define VJP_REPORTS_STUDY_REVEAL_H

#include "reports/study/sum.h"
#include "reports/study/tree.h"

/* The order of a sum, seen from outside: FPRev (Xie, Gao, Yang, "FPRev: Revealing floating-point summation order",
 * USENIX ATC 2025). With +M at i, -M at j and 1 elsewhere, every 1 that is added before the two Ms have met is lost
 * beside an M, and no other: n - result is the number of leaves below the node where i and j meet.
 *
 * From one leaf, the pivot, all others are measured; those that meet it in the same node are one subtree, which is
 * revealed in the same way; a subtree that reports more leaves than it has shares its node with the pivot's, which
 * is then fused. Calls: n - 1 for a chain from its beginning, n log n for a balanced tree, n (n - 1) / 2 at worst.
 * Where a pivot divides nothing, the next is taken from the other end, so that a chain from its end takes
 * 2 n. */
enum vjp_revealed {
    VJP_REVEALED,
    VJP_REVEAL_NO_SWAMPING, /* no 1 is ever lost: an exact, compensated or wide accumulator, or M is too small */
    VJP_REVEAL_INCONSISTENT, /* no tree explains what was measured: reason */
};

struct vjp_reveal_scale {
    double big;  /* M: a power of two */
    double unit; /* what stands for 1: a power of two */
    int64_t
        exact; /* every whole number of units up to here is a number of the result's format. More terms are
                      counted so many at a time, the others 0. */
};

struct vjp_revelation {
    enum vjp_revealed outcome;
    struct vjp_tree tree; /* where it is VJP_REVEALED */
    int64_t calls;
    int64_t checked; /* pairs, drawn afterwards, that meet as the tree has it */
    char reason[256];
};

/* *out is to be cleared. A status other than VJP_OK is the sum's, or VJP_ERR_MEMORY. */
VJP_MUST_CHECK enum vjp_status vjp_reveal(const struct vjp_sum *sum,
                                          const struct vjp_reveal_scale *scale,
                                          struct vjp_revelation *out, struct vjp_error *error);
void vjp_revelation_clear(struct vjp_revelation *revelation);

#endif
