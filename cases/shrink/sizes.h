/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_SIZES_H
#define VJP_CASES_SHRINK_SIZES_H

#include "cases/shrink/resize.h"

/* Smaller dimensions. */

/* Makes sizes fit that a check ties to each other (a filter and its image, the stages of a pipeline): lowers
 * dimensions of dim[] that are not in kept, a set of bits, until the spec's check of c with dim[] passes: the
 * first one that can alone, else those that the check blames, else all that a stage counts its elements by.
 * nearest: as little as possible, else as much. False where none of that fits. */
VJP_MUST_CHECK bool vjp_sizes_fit(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS],
                                  uint32_t kept, bool nearest);

/* The same by larger ones: one or two dimensions are raised as little as possible. */
VJP_MUST_CHECK bool vjp_sizes_raise(const struct vjp_case *c, int64_t dim[VJP_MAX_DIMS]);

/* Makes dimensions of *best smaller, one by one and those of equal size together, as long as it fails:
 * to 0, 1, and by halves; thorough: to any number from 0 to 40, by powers of two, and pairs as well. Every
 * step lowers the sum of the dimensions. Returns whether there was one. */
bool vjp_sizes_shrink(struct vjp_ask *ask, struct vjp_case *best, bool thorough);

/* The same with other values: where *best draws some, smaller dimensions one by one with each small seed. */
bool vjp_sizes_reseed(struct vjp_ask *ask, struct vjp_case *best);

/* Takes rows, columns and planes out of *best wherever they lie, as long as it fails. */
bool vjp_sizes_cut(struct vjp_ask *ask, struct vjp_case *best);

#endif
