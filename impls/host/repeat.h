/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_REPEAT_H
#define VJP_IMPLS_HOST_REPEAT_H

#include <stdbool.h>

#include "impls/host/observation.h"

/* The gradients of one call, by slot; those that the case does not have are zeroed. */
struct vjp_answers {
    struct vjp_tensor slot[VJP_MAX_SLOTS];
};

void vjp_answers_clear(struct vjp_answers *answers);

/* Counts in *seen the elements that kept what they held before the call: the NaN in first and last,
 * the finite pattern in second. */
void vjp_answers_find_unwritten(const struct vjp_answers *first, const struct vjp_answers *second,
                                const struct vjp_answers *last, struct vjp_observation *seen);

/* Whether two calls gave the same: the same bits, or NaN where the other has NaN. Otherwise *slot
 * and *index say where they first differ. With poison, an element that holds the finite pattern in
 * a and the NaN in b counts as the same: it was not written, which is another finding. */
bool vjp_answers_are_same(const struct vjp_answers *a, const struct vjp_answers *b, bool poison,
                          int *slot, int64_t *index);

#endif
