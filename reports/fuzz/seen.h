/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_FUZZ_SEEN_H
#define VJP_REPORTS_FUZZ_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cases/base/status.h"

/* A set of texts, of which it keeps 128 bits each: two different ones among n are taken for the same with a probability
 * below n^2 2^-129, 2^-69 for 2^30 of them. A zeroed struct is empty; to be cleared. */
struct vjp_seen {
    uint64_t (*hash)[2]; /* capacity; {0, 0} is an empty place */
    size_t count, capacity;
};

/* Adds the texts taken together, n of them; *is_new: they were not there. */
VJP_MUST_CHECK enum vjp_status vjp_seen_add(struct vjp_seen *seen, const char *const *texts, int n,
                                            bool *is_new, struct vjp_error *error);
void vjp_seen_clear(struct vjp_seen *seen);

#endif
