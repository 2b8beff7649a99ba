/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_TREE_H
#define VJP_REPORTS_STUDY_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"
#include "cases/base/text.h"

/* A summation tree: leaves are the terms of a sum, by their index; an inner node adds what its children gave and
 * rounds once. A node of more than two children is a fused addition. Addition commutes, so that the order of
 * children means nothing: they stand by their least leaf.
 *
 * Nodes 0 .. leaves - 1 are the leaves; a node has a larger number than its children, so that a loop over the
 * nodes meets children first. */
struct vjp_tree_node {
    int first;       /* child; -1: a leaf */
    int next;        /* sibling; -1: the last */
    int parent;      /* -1: the root */
    int children;    /* 0: a leaf */
    int leaves;      /* below it; 1 for a leaf */
    int least, most; /* index of a leaf below it */
    int height;      /* additions on the longest way down; 0 for a leaf */
};

struct vjp_tree {
    int leaves;
    int count; /* of nodes */
    int root;
    struct vjp_tree_node *node; /* room for 2 leaves */
};

/* As many terms as a sum can have here: what is drawn and printed grows with them. */
#define VJP_TREE_LEAVES_MAX 16384

/* leaves: 1 to VJP_TREE_LEAVES_MAX. */
VJP_MUST_CHECK enum vjp_status vjp_tree_init(struct vjp_tree *out, int leaves,
                                             struct vjp_error *error);
void vjp_tree_clear(struct vjp_tree *tree);

/* A new node that adds two others, neither of which has a parent. Returns its number. */
int vjp_tree_join(struct vjp_tree *tree, int a, int b);

/* One more child for a node that is newer than it. */
void vjp_tree_attach(struct vjp_tree *tree, int node, int child);

/* Makes root the root, under which all leaves must be: fills in what the nodes say of what is below. */
void vjp_tree_finish(struct vjp_tree *tree, int root);

/* Leaves below the lowest node that has both below it. */
int vjp_tree_meet(const struct vjp_tree *tree, int i, int j);

/* A chain: leaf[0] is added to a base, leaf[1] to that, and so on up to the node; all of its additions are of two.
 * *base: a node that is no leaf, or -1 where the chain begins with leaf[0] itself, and the two first are in the order
 * that goes on with the third. leaf has room for every leaf. Returns the number of leaves; 0 where the node is no
 * chain's. */
int vjp_tree_chain(const struct vjp_tree *tree, int node, int *leaf, int *base);

/* Adds the canonical text: the same for the same tree, another for any other.
 *     (A B)           a node with children A and B, which are leaves' numbers or nodes; (A B C) a fused one
 *     [0..7]          a chain of three leaves or more: 0 + 1, + 2, up to 7; [0..56:8] in steps of 8
 *     [A,64..70]      a chain that begins with A
 * VJP_ERR_MEMORY. */
VJP_MUST_CHECK enum vjp_status vjp_tree_print(const struct vjp_tree *tree, struct vjp_text *out,
                                              struct vjp_error *error);

/* Reads such a text of a tree with so many leaves, each of which stands there once. VJP_ERR_USAGE names the character. */
VJP_MUST_CHECK enum vjp_status vjp_tree_parse(const char *text, int leaves, struct vjp_tree *out,
                                              struct vjp_error *error);

/* Adds the leaves as the text of a chain has them: "0..56:8,60". */
void vjp_tree_print_runs(const int *leaf, int count, struct vjp_text *out);

bool vjp_tree_is_equal(const struct vjp_tree *a, const struct vjp_tree *b);

#endif
