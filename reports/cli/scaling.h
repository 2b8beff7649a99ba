/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_SCALING_H
#define VJP_REPORTS_CLI_SCALING_H

#include "reports/cli/question.h"
#include "reports/cli/targets.h"
#include "reports/verdict/multiple.h"

/* A second opinion that needs no oracle: a gradient is linear in dy, and to multiply every number by a power of two
 * changes no rounding. So the gradient of 2^k dy is 2^k times that of dy, bit for bit, and that of -dy minus it.
 *
 * What the contract says of a kernel (struct vjp_abi_model) is enough for that. Its operations are rounded to nearest in
 * one format, in any order, with or without FMA, and the result once more to the dtype: each of these commutes with a
 * power of two, and with the sign, where nothing overflows and nothing falls below the normal range. Nor does it matter
 * whether a kernel scales dy by itself, by a constant or by its largest element: that is one more factor.
 *
 * k is chosen so that nothing can: every product that a kernel may form of one element of dy and at most one of
 * each operand, and of constants from 2^-32 to 2^32, lies in 2^low .. 2^high, sums of such in a format of p bits are
 * multiples of 2^(low - 2p), and 2^(low + k - 2p) has to be normal, 2^(high + k) finite. So a kernel that flushes has
 * nothing to flush. That is known of layers whose gradients are sums of products with operands; others are not
 * asked, nor are pipelines, nor kernels that do not declare determinism. Elements that may have been rounded to a
 * number below the normal range of a narrower dtype are left out.
 *
 * A kernel that declares VJP_ABI_FIXED_POINT, or was made for a contract before 1.5, in which it could not, may round
 * at places that do not move with the numbers: its answer is held to its bound only. */

#define VJP_SCALING_EVERY 16

/* What came of it. */
enum vjp_scaled {
    VJP_SCALED_NOT = 0, /* not asked */
    VJP_SCALED_SKIPPED, /* nothing is known of this kernel and case */
    VJP_SCALED_ASKED,   /* the judgement says what came of it */
};

struct vjp_scaling {
    enum vjp_scaled scaled;
    struct vjp_multiple failed; /* of dy, by which the kernel failed; zeroed: by none */
};

/* Asks the kernel, whose answer seen was judged to be right, for gradients of multiples of dy in the same process.
 * Where one is not the multiple of the answer, *judgement says so: wrong; state_dependent where a fresh process, asked
 * for that multiple only, gives it; or what became of the process. */
VJP_MUST_CHECK enum vjp_status
vjp_scaling_ask(const struct vjp_targets *targets, struct vjp_target *target, int kernel,
                const struct vjp_question *question, const struct vjp_observation *seen,
                struct vjp_judgement *judgement, struct vjp_scaling *out, struct vjp_error *error);

#endif
