/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_RATIONAL_H
#define VJP_ORACLE_TAPE_RATIONAL_H

#include "oracle/tape/tape.h"

/* Exact values that no enclosure can tell. A third is no number of any precision, and so (a + b + c) / 3 has an
 * enclosure with two ends at every precision, also where it is exactly the middle between two floats: then Ziv's
 * loop would never end. What is computed from operands by rational operations is known as a fraction; and so
 * is what a softmax makes of equal logits, exp(t - log(n exp(t))) = 1 / n. */

/* For each of the nodes whose value is finite and does not settle how it is rounded: looks whether the exact
 * value is a fraction whose denominator is a power of two, of no more bits than the tape has, and if so makes
 * out[i], which is an enclosure of it, that point. A node may be VJP_NO_NODE: it is passed over. Takes one pass
 * over the tape if there is such a node, else no time. */
VJP_MUST_CHECK enum vjp_status vjp_rational_settle(const struct vjp_tape *tape,
                                                   const int64_t *nodes, int64_t count,
                                                   struct vjp_real *out, struct vjp_error *error);

#endif
