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
 * 2 n.
 *
 * This holds where a 1 beside an M leaves it as it is, to nearest and downward. Toward zero -M + 1 is the number behind
 * -M, and upward M + 1 is the one behind M: what is left is then many times as large as any count, and the sum is asked
 * once more with M close to the ones. Let the accumulator have p bits, M = 2^e and d = 2^(e-p), the distance of numbers
 * below M (above it is 2d). What stands for 1 is U = d 2^-b, and at most B = 2^b - 1 places have it in one call, the
 * others 0. Let every addition give one of the two numbers around the exact result, whichever, or that itself:
 *
 *   - Where neither M is below, sums of ones are exact, and at most B U < d.
 *   - Where one of them is, the sum is a multiple of d: +-M is, and the sum of a multiple of d within [M/2, 2M] and of
 *     some s, 0 <= s < d, lies between two neighbours that are. Each such addition adds 0, d or (above M) 2d; there are at
 *     most B with s > 0 on both sides together, so that the sum stays within M/2 and 2M for 2B < 2^(p-1).
 *   - Where the two Ms meet, their difference c d, 0 <= c <= 2B, is exact.
 *   - Above it are c d plus ones, (c 2^b + m) U with m <= B: exact while 2B 2^b + B < 2^(2b+1) <= 2^p, and in the result,
 *     whose whole numbers are exact up to 2^q >= 2^(2b+1).
 *
 * So result / U mod 2^b is the number m of ones that were not below, in every direction of rounding, and also where
 * additions differ in it. p is found by three terms alone, M, -M and 1: where -M and 1 meet first, toward zero and upward,
 * d is left; where M and 1 do, upward, 2d. */
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
    int precision; /* p, where ones moved an M: sums are not rounded to nearest, nor down; else 0 */
    char reason[256];
};

/* *out is to be cleared. A status other than VJP_OK is the sum's, or VJP_ERR_MEMORY. */
VJP_MUST_CHECK enum vjp_status vjp_reveal(const struct vjp_sum *sum,
                                          const struct vjp_reveal_scale *scale,
                                          struct vjp_revelation *out, struct vjp_error *error);
void vjp_revelation_clear(struct vjp_revelation *revelation);

#endif
