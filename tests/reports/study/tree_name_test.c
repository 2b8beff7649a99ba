/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/tree_name.h"

#include <criterion/criterion.h>
#include <string.h>

static struct vjp_error error;

static struct vjp_tree make(int leaves)
{
    struct vjp_tree t;
    cr_assert_eq(vjp_tree_init(&t, leaves, &error), VJP_OK);
    return t;
}

static void expect(struct vjp_tree *t, int root, const char *name)
{
    struct vjp_text text = {0};
    vjp_tree_finish(t, root);
    cr_assert_eq(vjp_tree_name(t, &text, &error), VJP_OK);
    cr_expect_str_eq(text.data, name);
    vjp_text_clear(&text);
    vjp_tree_clear(t);
}

static int chain(struct vjp_tree *t, int from, int to, int step)
{
    int node = from;
    for (int i = from + step; i < to; i += step)
        node = vjp_tree_join(t, node, i);
    return node;
}

/* 8 lanes, joined in halves, as SIMD code does. */
Test(tree_name, lanes)
{
    struct vjp_tree t = make(32);
    int lane[8];
    for (int k = 0; k < 8; k++)
        lane[k] = chain(&t, k, 32, 8);
    for (int half = 4; half > 0; half /= 2) {
        for (int k = 0; k < half; k++)
            lane[k] = vjp_tree_join(&t, lane[k], lane[k + half]);
    }
    expect(&t, lane[0], "8-way interleaved, joined pairwise");
}

Test(tree_name, pairs_of_pairs)
{
    struct vjp_tree t = make(8);
    int node[4];
    for (int k = 0; k < 4; k++)
        node[k] = vjp_tree_join(&t, 2 * k, 2 * k + 1);
    const int left = vjp_tree_join(&t, node[0], node[1]);
    const int right = vjp_tree_join(&t, node[2], node[3]);
    expect(&t, vjp_tree_join(&t, left, right), "pairwise");
}

/* What begins with the last leaf, as a loop does that adds to what was there; no other leaf will do. */
Test(tree_name, the_last_first)
{
    struct vjp_tree t = make(5);
    int node = 4;
    for (int i = 0; i < 4; i++)
        node = vjp_tree_join(&t, node, i);
    expect(&t, node, "sequential, the last term first");
    t = make(3);
    node = vjp_tree_join(&t, 2, 0);
    expect(&t, vjp_tree_join(&t, node, 1), "sequential, the last term first");
    t = make(5);
    node = vjp_tree_join(&t, 3, 0);
    for (int i = 1; i < 5; i++)
        node = i == 3 ? node : vjp_tree_join(&t, node, i);
    expect(&t, node, "irregular, height 4");
}

Test(tree_name, fused_additions)
{
    struct vjp_tree t = make(8);
    int node = vjp_tree_join(&t, 0, 1);
    vjp_tree_attach(&t, node, 2);
    vjp_tree_attach(&t, node, 3);
    node = vjp_tree_join(&t, node, 4);
    for (int leaf = 5; leaf < 8; leaf++)
        vjp_tree_attach(&t, node, leaf);
    struct vjp_text text = {0};
    vjp_tree_finish(&t, node);
    cr_assert_eq(vjp_tree_name(&t, &text, &error), VJP_OK);
    cr_expect(strstr(text.data, "fused additions of ") != NULL, "%s", text.data);
    vjp_text_clear(&text);
    vjp_tree_clear(&t);
}

/* ((0 3) 1) joined with (2 4): no name that people have. */
Test(tree_name, no_order_that_has_a_name)
{
    struct vjp_tree t = make(7);
    int node = vjp_tree_join(&t, vjp_tree_join(&t, 0, 3), 5);
    node = vjp_tree_join(&t, node, vjp_tree_join(&t, 2, 6));
    node = vjp_tree_join(&t, node, vjp_tree_join(&t, 1, 4));
    expect(&t, node, "irregular, height 4");
}
