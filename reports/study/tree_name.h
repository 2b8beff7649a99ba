/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_TREE_NAME_H
#define VJP_REPORTS_STUDY_TREE_NAME_H

#include "reports/study/tree.h"

/* Adds what people call the order, from the outside in:
 *     one term, two terms
 *     sequential; reversed
 *     pairwise                        of two at every addition, and as low as that can be
 *     8-way interleaved, joined pairwise    term i goes to sum i mod 8, and the sums are added up
 *     blocks of 256, added in turn; each sequential
 *     ..., then 3 terms one by one    a rest behind something else
 *     fused additions of 5, ...       additions of more than two at a time, as matrix units have them
 *     irregular, height 40
 * The text of the tree is what decides; this is its headline. */
VJP_MUST_CHECK enum vjp_status vjp_tree_name(const struct vjp_tree *tree, struct vjp_text *out,
                                             struct vjp_error *error);

#endif
