/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/seen.h"

#include "cases/base/stream.h"

#include <stdlib.h>
#include <string.h>

/* Two streams of the SplitMix64 finalizer that begin differently. A text ends in its NUL, so that where one ends and the
 * next begins counts. Never {0, 0}. */
static void hash_texts(const char *const *texts, int n, uint64_t out[2])
{
    uint64_t h[2] = {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344)};
    for (int i = 0; i < n; i++) {
        const size_t length = strlen(texts[i]) + 1;
        for (size_t at = 0; at < length; at += 8) {
            uint64_t word = 0;
            memcpy(&word, texts[i] + at, length - at < 8 ? length - at : 8);
            h[0] = vjp_mix64(h[0] + word);
            h[1] = vjp_mix64((h[1] ^ word) + UINT64_C(0x9e3779b97f4a7c15));
        }
    }
    out[0] = h[0];
    out[1] = h[1] | 1;
}

/* The place of the hash, or the empty one where it would be. */
static size_t find(const struct vjp_seen *seen, const uint64_t hash[2])
{
    size_t at = (size_t)hash[0] % seen->capacity;
    while (seen->hash[at][1] != 0 && (seen->hash[at][0] != hash[0] || seen->hash[at][1] != hash[1]))
        at = (at + 1) % seen->capacity;
    return at;
}

/* At most two places in three are taken. */
static bool grow(struct vjp_seen *seen)
{
    if (3 * (seen->count + 1) <= 2 * seen->capacity)
        return true;
    struct vjp_seen larger = {.count = seen->count, .capacity = 2 * seen->capacity + 1024};
    larger.hash = calloc(larger.capacity, sizeof *larger.hash);
    if (!larger.hash)
        return false;
    for (size_t i = 0; i < seen->capacity; i++) {
        if (seen->hash[i][1] != 0)
            memcpy(larger.hash[find(&larger, seen->hash[i])], seen->hash[i], sizeof *larger.hash);
    }
    free(seen->hash);
    *seen = larger;
    return true;
}

enum vjp_status vjp_seen_add(struct vjp_seen *seen, const char *const *texts, int n, bool *is_new,
                             struct vjp_error *error)
{
    uint64_t hash[2];
    if (!grow(seen))
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for %zu texts", seen->count + 1);
    hash_texts(texts, n, hash);
    const size_t at = find(seen, hash);
    *is_new = seen->hash[at][1] == 0;
    seen->count += *is_new;
    memcpy(seen->hash[at], hash, sizeof hash);
    return VJP_OK;
}

void vjp_seen_clear(struct vjp_seen *seen)
{
    free(seen->hash);
    *seen = (struct vjp_seen){0};
}
