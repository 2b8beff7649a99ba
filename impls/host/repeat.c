/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/repeat.h"

#include <string.h>

#include "impls/host/pattern.h"

void vjp_answers_clear(struct vjp_answers *answers)
{
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        vjp_tensor_clear(&answers->slot[slot]);
}

void vjp_answers_find_unwritten(const struct vjp_answers *first, const struct vjp_answers *second,
                                const struct vjp_answers *last, struct vjp_observation *seen)
{
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++) {
        const struct vjp_tensor *t = &second->slot[slot];
        const uint64_t nan = vjp_pattern_canary(t->dtype, true);
        const uint64_t finite = vjp_pattern_finite(t->dtype);
        for (int64_t i = 0; i < t->count; i++) {
            if (vjp_tensor_get(t, i) != finite || vjp_tensor_get(&first->slot[slot], i) != nan ||
                vjp_tensor_get(&last->slot[slot], i) != nan)
                continue;
            if (seen->unwritten_count++ == 0) {
                seen->unwritten_slot = slot;
                seen->unwritten_index = i;
            }
        }
    }
}

static bool is_same(enum vjp_dtype dtype, uint64_t a, uint64_t b, bool poison)
{
    if (a == b || (vjp_bits_is_nan(dtype, a) && vjp_bits_is_nan(dtype, b)))
        return true;
    return poison && a == vjp_pattern_finite(dtype) && b == vjp_pattern_canary(dtype, true);
}

bool vjp_answers_are_same(const struct vjp_answers *a, const struct vjp_answers *b, bool poison,
                          int *slot, int64_t *index)
{
    for (int s = 0; s < VJP_MAX_SLOTS; s++) {
        const struct vjp_tensor *t = &a->slot[s];
        const struct vjp_tensor *u = &b->slot[s];
        const size_t size = (size_t)(t->count * vjp_format(t->dtype)->bytes);
        if (!t->data || memcmp(t->data, u->data, size) == 0)
            continue;
        for (int64_t i = 0; i < t->count; i++) {
            if (!is_same(t->dtype, vjp_tensor_get(t, i), vjp_tensor_get(u, i), poison)) {
                *slot = s;
                *index = i;
                return false;
            }
        }
    }
    return true;
}
