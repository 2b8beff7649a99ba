/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/tree.h"

#include "reports/study/tree_name.h"

#include <criterion/criterion.h>

static struct vjp_error error;

/* A chain of leaves from, from + step, ... */
static int chain(struct vjp_tree *t, int from, int to, int step)
{
    int node = from;
    for (int i = from + step; i < to; i += step)
        node = vjp_tree_join(t, node, i);
    return node;
}

static void expect(struct vjp_tree *t, int root, const char *text, const char *name, int height)
{
    struct vjp_text printed = {0};
    struct vjp_text named = {0};
    vjp_tree_finish(t, root);
    cr_assert_eq(vjp_tree_print(t, &printed, &error), VJP_OK);
    cr_assert_eq(vjp_tree_name(t, &named, &error), VJP_OK);
    cr_expect_str_eq(printed.data, text);
    cr_expect_str_eq(named.data, name);
    cr_expect_eq(t->node[t->root].height, height);
    cr_expect_eq(t->node[t->root].leaves, t->leaves);
    vjp_text_clear(&printed);
    vjp_text_clear(&named);
    vjp_tree_clear(t);
}

static struct vjp_tree make(int leaves)
{
    struct vjp_tree t;
    cr_assert_eq(vjp_tree_init(&t, leaves, &error), VJP_OK);
    return t;
}

Test(tree, text_and_name_of_orders_that_have_one)
{
    struct vjp_tree t = make(1);
    expect(&t, 0, "0", "one term", 0);
    t = make(2);
    expect(&t, vjp_tree_join(&t, 1, 0), "(0 1)", "two terms", 1);
    t = make(9);
    expect(&t, chain(&t, 0, 9, 1), "[0..8]", "sequential", 8);
    t = make(4);
    int node = vjp_tree_join(&t, 3, 2);
    node = vjp_tree_join(&t, node, 1);
    expect(&t, vjp_tree_join(&t, 0, node), "[3..0]", "sequential, reversed", 3);
    t = make(4);
    node = vjp_tree_join(&t, 2, 3);
    expect(&t, vjp_tree_join(&t, vjp_tree_join(&t, 0, 1), node), "((0 1) (2 3))", "pairwise", 2);
    t = make(12);
    const int a = chain(&t, 0, 12, 2);
    const int b = chain(&t, 1, 12, 2);
    expect(&t, vjp_tree_join(&t, b, a), "([0..10:2] [1..11:2])", "2-way interleaved, joined", 6);
    t = make(11);
    const int first = chain(&t, 0, 4, 1);
    const int second = chain(&t, 4, 8, 1);
    const int third = chain(&t, 8, 11, 1);
    node = vjp_tree_join(&t, vjp_tree_join(&t, first, second), third);
    expect(&t, node, "(([0..3] [4..7]) [8..10])",
           "3 blocks of 4 (the last of 3), added in turn; each sequential", 5);
}

Test(tree, a_rest_and_no_name)
{
    struct vjp_tree t = make(15);
    int node = vjp_tree_join(&t, chain(&t, 0, 12, 2), chain(&t, 1, 12, 2));
    node = vjp_tree_join(&t, node, 12);
    node = vjp_tree_join(&t, node, 13);
    expect(&t, vjp_tree_join(&t, node, 14), "[([0..10:2] [1..11:2]),12..14]",
           "a start and then 3 terms one by one; the start 2-way interleaved, joined", 9);
    t = make(5);
    node = vjp_tree_join(&t, 0, 3);
    node = vjp_tree_join(&t, node, 1);
    node = vjp_tree_join(&t, node, 4);
    expect(&t, vjp_tree_join(&t, node, 2), "[3,0,1,4,2]", "irregular, height 4", 4);
}

Test(tree, a_fused_node_has_more_than_two_children)
{
    struct vjp_tree t = make(5);
    int node = vjp_tree_join(&t, 3, 2);
    vjp_tree_attach(&t, node, 1);
    vjp_tree_attach(&t, node, 0);
    expect(&t, vjp_tree_join(&t, node, 4), "((0 1 2 3) 4)",
           "tensor-core-like: 1 fused addition of up to 4, height 2", 2);
}

Test(tree, terms_meet_above_their_lowest_common_node)
{
    struct vjp_tree t = make(6);
    const int a = chain(&t, 0, 3, 1);
    const int b = chain(&t, 3, 6, 1);
    vjp_tree_finish(&t, vjp_tree_join(&t, a, b));
    cr_expect_eq(vjp_tree_meet(&t, 0, 1), 2);
    cr_expect_eq(vjp_tree_meet(&t, 2, 0), 3);
    cr_expect_eq(vjp_tree_meet(&t, 4, 3), 2);
    cr_expect_eq(vjp_tree_meet(&t, 1, 4), 6);
    vjp_tree_clear(&t);
}

/* Equal whatever the order in which it was built; not equal to one with nodes of the same sizes. */
Test(tree, equality)
{
    struct vjp_tree a = make(4), b = make(4), c = make(4);
    int node = vjp_tree_join(&a, 0, 1);
    vjp_tree_finish(&a, vjp_tree_join(&a, node, vjp_tree_join(&a, 2, 3)));
    node = vjp_tree_join(&b, 3, 2);
    vjp_tree_finish(&b, vjp_tree_join(&b, node, vjp_tree_join(&b, 1, 0)));
    node = vjp_tree_join(&c, 0, 2);
    vjp_tree_finish(&c, vjp_tree_join(&c, node, vjp_tree_join(&c, 1, 3)));
    cr_expect(vjp_tree_is_equal(&a, &b));
    cr_expect_not(vjp_tree_is_equal(&a, &c));
    vjp_tree_clear(&a);
    vjp_tree_clear(&b);
    vjp_tree_clear(&c);
}

Test(tree, limits)
{
    struct vjp_tree t;
    cr_expect_eq(vjp_tree_init(&t, 0, &error), VJP_ERR_LIMIT);
    cr_expect_eq(vjp_tree_init(&t, VJP_TREE_LEAVES_MAX + 1, &error), VJP_ERR_LIMIT);
}
