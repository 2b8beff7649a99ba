/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/tree_name.h"

#include <stdlib.h>

/* Blocks within blocks are named so far down. */
#define LEVELS 4

/* A subtree whose leaves are all in one chain, or a single leaf. */
struct part {
    int first, step, count;
    bool even; /* the same step all along */
};

struct namer {
    const struct vjp_tree *tree;
    struct vjp_text *out;
    int *leaf;  /* room for all leaves */
    int *stack; /* room for all nodes */
    struct part *part;
};

static int log2_up(int n)
{
    int log = 0;
    while (1 << log < n)
        log++;
    return log;
}

static bool is_binary(const struct namer *s, int node)
{
    const struct vjp_tree *t = s->tree;
    int depth = 0;
    s->stack[depth++] = node;
    while (depth > 0) {
        const struct vjp_tree_node *const n = &t->node[s->stack[--depth]];
        if (n->children > 2)
            return false;
        for (int c = n->first; c >= 0; c = t->node[c].next)
            s->stack[depth++] = c;
    }
    return true;
}

static bool is_range(const struct vjp_tree_node *n)
{
    return n->leaves == n->most - n->least + 1;
}

/* One chain and nothing else. */
static bool name_chain(struct namer *s, int count)
{
    const bool last_first = count >= 3 && s->leaf[0] == count - 1 && s->leaf[1] == 0;
    const int from = last_first ? 1 : 0;
    const int step = count > 1 ? s->leaf[from + 1] - s->leaf[from] : 0;
    for (int i = from + 1; i < count; i++) {
        if (s->leaf[i] - s->leaf[i - 1] != step)
            return false;
    }
    if (count < 3 || (step != 1 && step != -1))
        return false;
    vjp_text_add(s->out, "%s",
                 last_first  ? "sequential, the last term first"
                 : step == 1 ? "sequential"
                             : "sequential, reversed");
    return true;
}

/* The parts of a subtree, from its first leaf on, *depth: additions from the deepest part up. */
static int find_parts(struct namer *s, int node, int *depth)
{
    const struct vjp_tree *t = s->tree;
    int n = 0;
    int top = 0;
    *depth = 0;
    s->stack[top++] = node;
    s->stack[top++] = 0;
    while (top > 0) {
        const int level = s->stack[--top];
        const int at = s->stack[--top];
        int base = -1;
        int count = t->node[at].children > 0 ? vjp_tree_chain(t, at, s->leaf, &base) : 0;
        if (t->node[at].children == 0) {
            s->leaf[0] = at;
            count = 1;
        }
        if (count == 0 || base >= 0) {
            for (int c = t->node[at].first; c >= 0; c = t->node[c].next) {
                s->stack[top++] = c;
                s->stack[top++] = level + 1;
            }
            continue;
        }
        struct part *const p = &s->part[n++];
        *p = (struct part){.first = s->leaf[0], .count = count, .even = true};
        p->step = count > 1 ? s->leaf[1] - s->leaf[0] : 0;
        for (int i = 1; i < count; i++)
            p->even = p->even && s->leaf[i] - s->leaf[i - 1] == p->step;
        if (level > *depth)
            *depth = level;
    }
    return n;
}

static void name_join(struct namer *s, int n, int depth)
{
    if (n == 2)
        vjp_text_add(s->out, ", joined");
    else if (depth == log2_up(n))
        vjp_text_add(s->out, ", joined pairwise");
    else if (depth == n - 1)
        vjp_text_add(s->out, ", joined in turn");
    else
        vjp_text_add(s->out, ", joined by a tree of height %d", depth);
}

/* shortest: what the longest sum must have, at least. */
static bool name_interleaved(struct namer *s, int node, int shortest)
{
    int depth;
    const int least = s->tree->node[node].least;
    const int n = find_parts(s, node, &depth);
    bool even = true;
    int longest = 0;
    for (int i = 0; i < n; i++) {
        const struct part *const p = &s->part[i];
        if (p->first - least >= n || (p->count > 1 && p->step != n))
            return false;
        even = even && p->even;
        longest = p->count > longest ? p->count : longest;
    }
    if (n < 2 || longest < shortest)
        return false;
    vjp_text_add(s->out, "%d-way interleaved%s", n, even ? "" : " with an uneven end");
    name_join(s, n, depth);
    return true;
}

/* Ranges of equal size, the last of which may be shorter, each a subtree, added in turn. Sets *first to the first of
 * them. */
static bool name_blocks(struct namer *s, int node, int *first)
{
    const struct vjp_tree *t = s->tree;
    int n = 1;
    int last = 0;
    int size = 0;
    int at = node;
    while (t->node[at].children == 2) {
        const int left = t->node[at].first;
        const int right = t->node[left].next;
        if (!is_range(&t->node[left]) || !is_range(&t->node[right]) ||
            t->node[left].least > t->node[right].least || t->node[right].leaves < 2)
            break;
        if (n == 1)
            last = t->node[right].leaves;
        else if (n == 2)
            size = t->node[right].leaves;
        else if (size != t->node[right].leaves)
            return false;
        n++;
        at = left;
        if (t->node[left].leaves <= (size ? size : last))
            break;
    }
    if (n == 2)
        size = t->node[at].leaves;
    if (n < 2 || t->node[at].leaves != size || last > size)
        return false;
    vjp_text_add(s->out, "%d blocks of %d", n, size);
    if (last < size)
        vjp_text_add(s->out, " (the last of %d)", last);
    vjp_text_add(s->out, ", added %s; each ", n == 2 ? "up" : "in turn");
    *first = at;
    return true;
}

static void name_fused(struct namer *s, int node)
{
    const struct vjp_tree *t = s->tree;
    int most = 0;
    int nodes = 0;
    for (int i = t->leaves; i < t->count; i++) {
        nodes += t->node[i].children > 2;
        most = t->node[i].children > most ? t->node[i].children : most;
    }
    vjp_text_add(s->out, "tensor-core-like: %d fused addition%s of up to %d, height %d", nodes,
                 nodes == 1 ? "" : "s", most, t->node[node].height);
}

static void name_node(struct namer *s, int node)
{
    const struct vjp_tree *t = s->tree;
    for (int level = 0; level < LEVELS; level++) {
        const int leaves = t->node[node].leaves;
        int base;
        if (leaves <= 2) {
            vjp_text_add(s->out, "%s", leaves == 1 ? "one term" : "two terms");
            return;
        }
        const int count = vjp_tree_chain(t, node, s->leaf, &base);
        if (count > 0 && base < 0 && name_chain(s, count))
            return;
        if (name_interleaved(s, node, 3))
            return;
        if (leaves > 3 && t->node[node].height == log2_up(leaves)) {
            vjp_text_add(s->out, "pairwise");
            return;
        }
        if (name_interleaved(s, node, 2))
            return;
        if (name_blocks(s, node, &node))
            continue;
        if (count == 0 || base < 0)
            break;
        vjp_text_add(s->out, "a start and then %d term%s one by one; the start ", count,
                     count == 1 ? "" : "s");
        node = base;
    }
    vjp_text_add(s->out, "irregular, height %d", t->node[node].height);
}

enum vjp_status vjp_tree_name(const struct vjp_tree *tree, struct vjp_text *out,
                              struct vjp_error *error)
{
    struct namer s = {.tree = tree, .out = out};
    s.leaf = calloc((size_t)tree->leaves, sizeof *s.leaf);
    s.stack = calloc((size_t)tree->count * 2 + 2, sizeof *s.stack);
    s.part = calloc((size_t)tree->leaves, sizeof *s.part);
    if (!s.leaf || !s.stack || !s.part)
        out->failed = true;
    else if (is_binary(&s, tree->root))
        name_node(&s, tree->root);
    else
        name_fused(&s, tree->root);
    free(s.leaf);
    free(s.stack);
    free(s.part);
    return out->failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
}
