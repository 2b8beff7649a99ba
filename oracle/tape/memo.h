/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_MEMO_H
#define VJP_ORACLE_TAPE_MEMO_H

#include <stdbool.h>
#include <stdint.h>

/* Which node is the result of an operation on arguments: so that what is computed twice is one node.
 * A zeroed struct is empty. */
struct vjp_memo {
    struct vjp_memo_entry *entry;
    int64_t used;
    int64_t capacity; /* a power of two, or 0 */
};

struct vjp_memo_entry {
    int64_t a, b, node;
    int operation; /* 0: the entry is free */
};

/* The node that was entered for (operation, a, b), or -1. */
int64_t vjp_memo_find(const struct vjp_memo *memo, int operation, int64_t a, int64_t b);

/* operation is positive. False when memory ends. */
bool vjp_memo_enter(struct vjp_memo *memo, int operation, int64_t a, int64_t b, int64_t node);

void vjp_memo_clear(struct vjp_memo *memo);

#endif
