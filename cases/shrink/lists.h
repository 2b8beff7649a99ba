/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_LISTS_H
#define VJP_CASES_SHRINK_LISTS_H

#include "cases/shrink/ask.h"

/* Lists in the place of what is drawn or read. */

/* Has *best list the values of its slots that are at most so large (files: only those; else all), if it
 * fails so as well: together, else slot by slot. Returns whether there was a step. */
bool vjp_lists_make(struct vjp_ask *ask, struct vjp_case *best, int64_t elements_max,
                    bool only_files);

/* Makes the numbers of lists simpler (vjp_number_simplify) as long as it fails, within the domains: of as
 * many at once as possible, by halves, in the manner of delta debugging (Zeller and Hildebrandt,
 * "Simplifying and isolating failure-inducing input", IEEE TSE 28, 2002). The 1 of a one-hot row goes to
 * its first place. Returns whether there was a step. */
bool vjp_lists_shrink(struct vjp_ask *ask, struct vjp_case *best);

#endif
