/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/memo.h"

#include "cases/base/stream.h"

#include <stdlib.h>

/* The place of a key: where it is, or the free entry where it would be. The table is never full. */
static int64_t place(const struct vjp_memo *memo, int operation, int64_t a, int64_t b)
{
    const uint64_t key = vjp_mix64((uint64_t)a + vjp_mix64((uint64_t)b + (uint64_t)operation));
    int64_t i = (int64_t)(key & (uint64_t)(memo->capacity - 1));
    for (;;) {
        const struct vjp_memo_entry *e = &memo->entry[i];
        if (e->operation == 0 || (e->operation == operation && e->a == a && e->b == b))
            return i;
        i = (i + 1) & (memo->capacity - 1);
    }
}

int64_t vjp_memo_find(const struct vjp_memo *memo, int operation, int64_t a, int64_t b)
{
    if (memo->capacity == 0)
        return -1;
    const struct vjp_memo_entry *e = &memo->entry[place(memo, operation, a, b)];
    return e->operation == 0 ? -1 : e->node;
}

static bool grow(struct vjp_memo *memo)
{
    struct vjp_memo larger = {.capacity = memo->capacity > 0 ? 2 * memo->capacity : 64};
    larger.entry = calloc((size_t)larger.capacity, sizeof *larger.entry);
    if (!larger.entry)
        return false;
    larger.used = memo->used;
    for (int64_t i = 0; i < memo->capacity; i++) {
        const struct vjp_memo_entry *e = &memo->entry[i];
        if (e->operation != 0)
            larger.entry[place(&larger, e->operation, e->a, e->b)] = *e;
    }
    vjp_memo_clear(memo);
    *memo = larger;
    return true;
}

bool vjp_memo_enter(struct vjp_memo *memo, int operation, int64_t a, int64_t b, int64_t node)
{
    if (2 * memo->used >= memo->capacity && !grow(memo))
        return false;
    struct vjp_memo_entry *e = &memo->entry[place(memo, operation, a, b)];
    memo->used += e->operation == 0;
    *e = (struct vjp_memo_entry){.a = a, .b = b, .node = node, .operation = operation};
    return true;
}

void vjp_memo_clear(struct vjp_memo *memo)
{
    free(memo->entry);
    *memo = (struct vjp_memo){0};
}
