/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/tree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What is open: '(' or '[', and where on the stack of nodes its own begin. */
struct bracket {
    char kind;
    int bottom;
};

struct parser {
    const char *text;
    size_t at;
    struct vjp_tree *tree;
    bool *used; /* by leaf */
    int *
        node; /* a stack: those whose parent is not known yet. Leaves are met once, so that it has room. */
    int top;
    struct bracket *open;
    int depth;
};

static enum vjp_status fail_at(const struct parser *p, const char *expected,
                               struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_USAGE, "a tree, character %zu: expected %s", p->at + 1,
                    expected);
}

/* A whole number below the limit; -1 where there is none. */
static int read_number(struct parser *p, int limit)
{
    int value = -1;
    while (isdigit((unsigned char)p->text[p->at])) {
        const int digit = p->text[p->at] - '0';
        value = (value < 0 ? 0 : value) * 10 + digit;
        if (value >= limit)
            return -1;
        p->at++;
    }
    return value;
}

/* In a chain a leaf is added to what is there. */
static enum vjp_status take_leaf(struct parser *p, int leaf, struct vjp_error *error)
{
    const struct bracket *const b = p->depth > 0 ? &p->open[p->depth - 1] : NULL;
    if (p->used[leaf])
        return vjp_fail(error, VJP_ERR_USAGE, "a tree, character %zu: term %d stands there twice",
                        p->at + 1, leaf);
    p->used[leaf] = true;
    if (b && b->kind == '[' && p->top > b->bottom)
        p->node[p->top - 1] = vjp_tree_join(p->tree, p->node[p->top - 1], leaf);
    else
        p->node[p->top++] = leaf;
    return VJP_OK;
}

/* "7", "0..56:8", "9..3". */
static enum vjp_status read_run(struct parser *p, bool is_chain, struct vjp_error *error)
{
    const int leaves = p->tree->leaves;
    const int first = read_number(p, leaves);
    int last = first, step = 1;
    if (first < 0)
        return fail_at(p, "the number of a term", error);
    if (is_chain && strncmp(p->text + p->at, "..", 2) == 0) {
        p->at += 2;
        last = read_number(p, leaves);
        if (last >= 0 && p->text[p->at] == ':') {
            p->at++;
            step = read_number(p, leaves);
        }
        if (last < 0 || step < 1 || abs(last - first) % step != 0)
            return fail_at(p, "the end of a run of terms", error);
    }
    enum vjp_status status = VJP_OK;
    const int way = last < first ? -step : step;
    for (int leaf = first; status == VJP_OK; leaf += way) {
        status = take_leaf(p, leaf, error);
        if (leaf == last)
            break;
    }
    return status;
}

static enum vjp_status close(struct parser *p, struct vjp_error *error)
{
    const char kind = p->text[p->at];
    const struct bracket b = p->depth > 0 ? p->open[p->depth - 1] : (struct bracket){0};
    const int children = p->top - b.bottom;
    if (b.kind != (kind == ')' ? '(' : '['))
        return fail_at(p, "the other kind of bracket, or none", error);
    if (kind == ')' && children < 2)
        return fail_at(p, "two nodes or more", error);
    if (kind == ')') {
        const int joined = vjp_tree_join(p->tree, p->node[b.bottom], p->node[b.bottom + 1]);
        for (int i = b.bottom + 2; i < p->top; i++)
            vjp_tree_attach(p->tree, joined, p->node[i]);
        p->node[b.bottom] = joined;
        p->top = b.bottom + 1;
    }
    p->depth--;
    p->at++;
    return VJP_OK;
}

/* One node, and what closes behind it. */
static enum vjp_status read_node(struct parser *p, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    while (p->text[p->at] == '(' || p->text[p->at] == '[')
        p->open[p->depth++] = (struct bracket){.kind = p->text[p->at++], .bottom = p->top};
    status = read_run(p, p->depth > 0 && p->open[p->depth - 1].kind == '[', error);
    while (status == VJP_OK && (p->text[p->at] == ')' || p->text[p->at] == ']'))
        status = close(p, error);
    return status;
}

static enum vjp_status read_all(struct parser *p, struct vjp_error *error)
{
    enum vjp_status status = read_node(p, error);
    while (status == VJP_OK && p->depth > 0) {
        if (p->text[p->at] != (p->open[p->depth - 1].kind == '(' ? ' ' : ','))
            return fail_at(p, "another node, or the end of this one", error);
        p->at++;
        /* Behind a chain's beginning there are terms only. */
        if (p->open[p->depth - 1].kind == '[' && !isdigit((unsigned char)p->text[p->at]))
            return fail_at(p, "the number of a term", error);
        status = read_node(p, error);
    }
    if (status == VJP_OK && p->text[p->at])
        return fail_at(p, "nothing more", error);
    for (int i = 0; i < p->tree->leaves && status == VJP_OK; i++) {
        if (!p->used[i])
            status = vjp_fail(error, VJP_ERR_USAGE, "a tree of %d terms: term %d is missing",
                              p->tree->leaves, i);
    }
    return status;
}

enum vjp_status vjp_tree_parse(const char *text, int leaves, struct vjp_tree *out,
                               struct vjp_error *error)
{
    struct vjp_tree tree;
    enum vjp_status status = vjp_tree_init(&tree, leaves, error);
    if (status != VJP_OK)
        return status == VJP_ERR_LIMIT ? VJP_ERR_USAGE : status;
    struct parser p = {.text = text, .tree = &tree};
    p.used = calloc((size_t)leaves, sizeof *p.used);
    p.node = calloc((size_t)leaves, sizeof *p.node);
    p.open = calloc(strlen(text) + 1, sizeof *p.open);
    status = p.used && p.node && p.open ? read_all(&p, error)
                                        : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (status == VJP_OK) {
        vjp_tree_finish(&tree, p.node[0]);
        *out = tree;
    } else {
        vjp_tree_clear(&tree);
    }
    free(p.used);
    free(p.node);
    free(p.open);
    return status;
}
