/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_SEARCH_H
#define VJP_ORACLE_TAPE_SEARCH_H

#include <stdbool.h>

#include "oracle/tape/tape.h"

/* Which nodes of a tape a node depends on, or which depend on it, in an order in which they can be worked
 * off: by number, since arguments have smaller numbers than what uses them. */
struct vjp_search {
    int64_t *order; /* what the last search found */
    int64_t n;
    uint64_t *waiting; /* a bit for each node: found, and not yet in order; 0 between searches */
    uint64_t *group;   /* a bit for each word of waiting: it may have bits */
    int64_t n_groups;
};

/* For tapes of up to so many nodes. False when memory ends; *out may be cleared in any case. */
bool vjp_search_init(struct vjp_search *out, int64_t nodes);
void vjp_search_clear(struct vjp_search *search);

/* The n nodes from, at least one, and all that they depend on through nodes with within[v], any for NULL: each
 * node before its arguments. */
void vjp_search_arguments(struct vjp_search *search, const struct vjp_tape *tape,
                          const bool *within, const int64_t *from, int n);

/* from and all that depends on it: each node behind its arguments. The users of node v are
 * user[start[v]] .. user[start[v + 1] - 1]. */
void vjp_search_users(struct vjp_search *search, const int64_t *start, const int64_t *user,
                      int64_t from);

#endif
