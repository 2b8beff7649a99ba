/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/tree.h"

#include <stdlib.h>

enum vjp_status vjp_tree_init(struct vjp_tree *out, int leaves, struct vjp_error *error)
{
    struct vjp_tree_node *node;
    if (leaves < 1 || leaves > VJP_TREE_LEAVES_MAX)
        return vjp_fail(error, VJP_ERR_LIMIT, "a sum of %d terms: a tree has 1 to %d", leaves,
                        VJP_TREE_LEAVES_MAX);
    node = calloc((size_t)leaves * 2, sizeof *node);
    if (!node)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < leaves; i++)
        node[i] = (struct vjp_tree_node){
            .first = -1, .next = -1, .parent = -1, .leaves = 1, .least = i, .most = i};
    *out = (struct vjp_tree){.leaves = leaves, .count = leaves, .root = -1, .node = node};
    return VJP_OK;
}

void vjp_tree_clear(struct vjp_tree *tree)
{
    free(tree->node);
    *tree = (struct vjp_tree){0};
}

int vjp_tree_join(struct vjp_tree *tree, int a, int b)
{
    const int n = tree->count++;
    tree->node[n] = (struct vjp_tree_node){.first = -1, .next = -1, .parent = -1};
    vjp_tree_attach(tree, n, a);
    vjp_tree_attach(tree, n, b);
    return n;
}

void vjp_tree_attach(struct vjp_tree *tree, int node, int child)
{
    struct vjp_tree_node *const c = &tree->node[child];
    c->parent = node;
    c->next = tree->node[node].first;
    tree->node[node].first = child;
    tree->node[node].children++;
}

/* Puts a child where it belongs by its least leaf. Chains have theirs at the end or the beginning. */
static void insert(struct vjp_tree_node *node, int *first, int child)
{
    int *at = first;
    while (*at >= 0 && node[*at].least < node[child].least)
        at = &node[*at].next;
    node[child].next = *at;
    *at = child;
}

void vjp_tree_finish(struct vjp_tree *tree, int root)
{
    struct vjp_tree_node *const node = tree->node;
    tree->root = root;
    for (int i = tree->leaves; i < tree->count; i++) {
        int sorted = -1;
        int next;
        node[i].leaves = node[i].most = node[i].height = 0;
        for (int c = node[i].first; c >= 0; c = next) {
            next = node[c].next;
            insert(node, &sorted, c);
            node[i].leaves += node[c].leaves;
            if (node[c].most > node[i].most)
                node[i].most = node[c].most;
            if (node[c].height >= node[i].height)
                node[i].height = node[c].height + 1;
        }
        node[i].first = sorted;
        node[i].least = node[sorted].least;
    }
}

int vjp_tree_meet(const struct vjp_tree *tree, int i, int j)
{
    /* A parent has the larger number: whoever has the smaller one goes up. */
    while (i != j) {
        if (i < j)
            i = tree->node[i].parent;
        else
            j = tree->node[j].parent;
    }
    return tree->node[i].leaves;
}

/* The leaf among the two children of a node, and the other one; false where it has others. Of two leaves the
 * second. */
static bool split(const struct vjp_tree *tree, int node, int *leaf, int *other)
{
    const struct vjp_tree_node *const n = &tree->node[node];
    if (n->children != 2)
        return false;
    const int a = n->first;
    const int b = tree->node[a].next;
    const bool second = tree->node[b].children == 0;
    *leaf = second ? b : a;
    *other = second ? a : b;
    return tree->node[*leaf].children == 0;
}

int vjp_tree_chain(const struct vjp_tree *tree, int node, int *leaf, int *base)
{
    int count = 0;
    int at = node;
    int last = -1;
    int other;
    while (tree->node[at].children > 0 && split(tree, at, &last, &other)) {
        leaf[count++] = last;
        at = other;
    }
    if (count == 0)
        return 0;
    *base = at;
    if (tree->node[at].children == 0) {
        *base = -1;
        leaf[count++] = at; /* below the second leaf of the lowest addition, which is larger */
        if (count > 2 && leaf[count - 3] < leaf[count - 2]) {
            leaf[count - 1] = leaf[count - 2];
            leaf[count - 2] = at;
        }
    }
    for (int i = 0; i < count / 2; i++) {
        const int swapped = leaf[i];
        leaf[i] = leaf[count - 1 - i];
        leaf[count - 1 - i] = swapped;
    }
    return count;
}

void vjp_tree_print_runs(const int *leaf, int count, struct vjp_text *out)
{
    for (int i = 0; i < count;) {
        int end = i + 1;
        const int step = end < count ? leaf[end] - leaf[i] : 0;
        while (end < count && leaf[end] - leaf[end - 1] == step)
            end++;
        vjp_text_add(out, "%s%d", i > 0 ? "," : "", leaf[i]);
        if (end - i < 3) {
            i++;
            continue;
        }
        vjp_text_add(out, "..%d", leaf[end - 1]);
        if (step != 1 && step != -1)
            vjp_text_add(out, ":%d", step < 0 ? -step : step);
        i = end;
    }
}

/* What is still to be printed: a node; the leaves of the chain that ends in a node, behind its base; a character. */
enum piece_kind { NODE, RUNS, CHARACTER };

struct piece {
    enum piece_kind kind;
    int value;
};

struct printer {
    const struct vjp_tree *tree;
    struct vjp_text *out;
    struct piece *piece;
    int depth;
    int *leaf;
};

static void push(struct printer *p, enum piece_kind kind, int value)
{
    p->piece[p->depth++] = (struct piece){kind, value};
}

static void print_node(struct printer *p, int node)
{
    const struct vjp_tree *tree = p->tree;
    int base;
    if (tree->node[node].children == 0) {
        vjp_text_add(p->out, "%d", node);
        return;
    }
    const int count = vjp_tree_chain(tree, node, p->leaf, &base);
    if (count >= 3 && base < 0) {
        vjp_text_add(p->out, "[");
        vjp_tree_print_runs(p->leaf, count, p->out);
        vjp_text_add(p->out, "]");
    } else if (count >= 3) {
        vjp_text_add(p->out, "[");
        push(p, CHARACTER, ']');
        push(p, RUNS, node);
        push(p, CHARACTER, ',');
        push(p, NODE, base);
    } else {
        const int bottom = p->depth;
        vjp_text_add(p->out, "(");
        push(p, CHARACTER, ')');
        for (int c = tree->node[node].first; c >= 0; c = tree->node[c].next) {
            if (c != tree->node[node].first)
                push(p, CHARACTER, ' ');
            push(p, NODE, c);
        }
        /* The first child comes first off the stack. */
        for (int i = bottom + 1, j = p->depth - 1; i < j; i++, j--) {
            const struct piece swapped = p->piece[i];
            p->piece[i] = p->piece[j];
            p->piece[j] = swapped;
        }
    }
}

enum vjp_status vjp_tree_print(const struct vjp_tree *tree, struct vjp_text *out,
                               struct vjp_error *error)
{
    int base;
    struct printer p = {.tree = tree, .out = out};
    /* A node leaves fewer pieces than 2 for each of its children and 2 more. */
    p.piece = calloc((size_t)tree->count * 4 + 4, sizeof *p.piece);
    p.leaf = calloc((size_t)tree->leaves, sizeof *p.leaf);
    if (p.piece && p.leaf) {
        push(&p, NODE, tree->root);
        while (p.depth > 0) {
            const struct piece piece = p.piece[--p.depth];
            if (piece.kind == NODE)
                print_node(&p, piece.value);
            else if (piece.kind == RUNS)
                vjp_tree_print_runs(p.leaf, vjp_tree_chain(tree, piece.value, p.leaf, &base), out);
            else
                vjp_text_add(out, "%c", piece.value);
        }
    } else {
        out->failed = true;
    }
    free(p.piece);
    free(p.leaf);
    return out->failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
}

/* Every inner node of a must have one in b with the same leaves: two leaves of each pair of neighbours among the
 * children meet in as many. Comparing all pairs of leaves would do and take longer. */
bool vjp_tree_is_equal(const struct vjp_tree *a, const struct vjp_tree *b)
{
    if (a->leaves != b->leaves || a->count != b->count)
        return false;
    for (int n = a->leaves; n < a->count; n++) {
        const int first = a->node[a->node[n].first].least;
        for (int c = a->node[a->node[n].first].next; c >= 0; c = a->node[c].next) {
            if (vjp_tree_meet(b, first, a->node[c].least) != a->node[n].leaves)
                return false;
        }
    }
    return true;
}
