/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/search.h"

#include "oracle/tape/tape_parts.h"

#include <stdlib.h>

/* A node that is found sets a bit, and the bits are taken from one end: no stack, and no test whether a
 * node was found before. A second level, a bit for 64 words, keeps the way through a long tape short for
 * a node that depends on little of it. */

bool vjp_search_init(struct vjp_search *out, int64_t nodes)
{
    const int64_t groups = (nodes >> 12) + 1;
    *out = (struct vjp_search){.n_groups = groups};
    out->order = malloc(((size_t)nodes + 1) * sizeof *out->order);
    out->waiting = calloc((size_t)groups * 64, sizeof *out->waiting);
    out->group = calloc((size_t)groups, sizeof *out->group);
    return out->order && out->waiting && out->group;
}

void vjp_search_clear(struct vjp_search *search)
{
    free(search->order);
    free(search->waiting);
    free(search->group);
    *search = (struct vjp_search){0};
}

static void add(struct vjp_search *s, int64_t node)
{
    s->waiting[node >> 6] |= UINT64_C(1) << (node & 63);
    s->group[node >> 12] |= UINT64_C(1) << ((node >> 6) & 63);
}

/* The words of a group that may have bits, the largest or the smallest of them: its index. */
static int64_t last_word(const struct vjp_search *s, int64_t group)
{
    return group << 6 | (63 - __builtin_clzll(s->group[group]));
}

static int64_t first_word(const struct vjp_search *s, int64_t group)
{
    return group << 6 | __builtin_ctzll(s->group[group]);
}

static void take(struct vjp_search *s, int64_t word, int bit)
{
    s->waiting[word] &= ~(UINT64_C(1) << bit);
    s->order[s->n++] = word << 6 | bit;
}

void vjp_search_arguments(struct vjp_search *s, const struct vjp_tape *tape, const bool *within,
                          const int64_t *from, int n)
{
    int64_t last = 0;
    s->n = 0;
    for (int i = 0; i < n; i++) {
        add(s, from[i]);
        last = from[i] > last ? from[i] : last;
    }
    for (int64_t group = last >> 12; group >= 0; group--) {
        while (s->group[group] != 0) {
            const int64_t word = last_word(s, group);
            while (s->waiting[word] != 0) {
                take(s, word, 63 - __builtin_clzll(s->waiting[word]));
                const struct vjp_edge *edge;
                const int n_edges = vjp_tape_dependence(tape, s->order[s->n - 1], &edge);
                for (int e = 0; e < n_edges; e++) {
                    if (!within || within[edge[e].argument])
                        add(s, edge[e].argument);
                }
            }
            s->group[group] &= ~(UINT64_C(1) << (word & 63));
        }
    }
}

void vjp_search_users(struct vjp_search *s, const int64_t *start, const int64_t *user, int64_t from)
{
    s->n = 0;
    add(s, from);
    for (int64_t group = from >> 12; group < s->n_groups; group++) {
        while (s->group[group] != 0) {
            const int64_t word = first_word(s, group);
            while (s->waiting[word] != 0) {
                take(s, word, __builtin_ctzll(s->waiting[word]));
                const int64_t v = s->order[s->n - 1];
                for (int64_t i = start[v]; i < start[v + 1]; i++)
                    add(s, user[i]);
            }
            s->group[group] &= ~(UINT64_C(1) << (word & 63));
        }
    }
}
