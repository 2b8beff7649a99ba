/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_SIMPLER_H
#define VJP_CASES_SHRINK_SIMPLER_H

#include "cases/shrink/ask.h"

/* Simpler values that are still drawn. */

/* The generators that are simpler than others, for operands of the slot's domain, simplest first, ending
 * with NULL; static. What is not in the list is less simple than all that are. Ones come
 * before zeros: of zeros most results are vacuous, so that less is seen of when the case does not fail.
 *     any number        const const:0 onehot:0 ties:3 integers pow2 exact uniform normal
 *     greater than 0    const positive simplex
 *     one-hot           labels
 *     indices           const:0 repeats index
 *     masks             const:1 const:0 mask */
const char *const *vjp_simpler_texts(const struct vjp_spec *spec, int slot);

/* How simple a text is there: its index in the list, or the list's length. */
int vjp_simpler_rank(const struct vjp_spec *spec, int slot, const char *text);

/* Whether any values depend on the seed. */
bool vjp_simpler_is_drawn(const struct vjp_case *c);

/* Seeds from 0 up to here are small. */
#define VJP_SEED_MAX 7

/* A simpler generator for each slot of *best that has values, and a small seed, as long as it fails.
 * lists: lists and files become generators, too; else they stay. Returns whether there was a step. */
bool vjp_simpler_shrink(struct vjp_ask *ask, struct vjp_case *best, bool lists);

#endif
