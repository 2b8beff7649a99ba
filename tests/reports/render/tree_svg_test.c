/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/tree_svg.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct vjp_error error;

static char *draw(struct vjp_tree *t, int root, const char *title)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_tree_finish(t, root);
    cr_assert_eq(vjp_tree_svg_print(t, title, "a < b & c", out, &error), VJP_OK);
    fclose(out);
    vjp_tree_clear(t);
    return text;
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, word)); p++)
        n++;
    return n;
}

static int chain(struct vjp_tree *t, int from, int to, int step)
{
    int node = from;
    for (int i = from + step; i < to; i += step)
        node = vjp_tree_join(t, node, i);
    return node;
}

Test(tree_svg, a_row_for_a_leaf_and_one_for_a_chain)
{
    struct vjp_tree t;
    cr_assert_eq(vjp_tree_init(&t, 10, &error), VJP_OK);
    const int pair = vjp_tree_join(&t, 8, 9);
    char *text = draw(&t, vjp_tree_join(&t, chain(&t, 0, 8, 1), pair), "1 < 2");
    cr_expect_eq(strncmp(text, "<svg xmlns=", 11), 0);
    cr_expect_not_null(strstr(text, ">1 &#60; 2</text>"));
    cr_expect_not_null(strstr(text, "<desc>a &#60; b &#38; c</desc>"));
    cr_expect_not_null(strstr(text, ">0..7: 8 terms in turn</text>"));
    cr_expect_eq(count(text, "<text class=\"vjp-tree-words\""), 3);
    cr_expect_eq(count(text, "<circle class=\"vjp-tree-join\""), 2, "8 + 9, and all");
    cr_expect_eq(count(text, "<path class=\"vjp-tree-line\""), 4, "every node but the root");
    cr_expect_not_null(strstr(text, ">10 terms, height 8;"));
    free(text);
}

/* 512 leaves in pairs: whole subtrees are a row. */
Test(tree_svg, large_trees_are_folded)
{
    struct vjp_tree t;
    int node[512];
    cr_assert_eq(vjp_tree_init(&t, 512, &error), VJP_OK);
    for (int i = 0; i < 512; i++)
        node[i] = i;
    for (int n = 512; n > 1; n /= 2)
        for (int i = 0; i < n / 2; i++)
            node[i] = vjp_tree_join(&t, node[2 * i], node[2 * i + 1]);
    char *text = draw(&t, node[0], "pairs");
    cr_expect_eq(count(text, "<text class=\"vjp-tree-words\""), 64);
    cr_expect_not_null(strstr(text, ">8 terms of 8 to 15, height 3</text>"));
    free(text);
}

Test(tree_svg, is_well_formed)
{
    struct vjp_tree t;
    char path[] = "/tmp/vjp_tree_XXXXXX";
    char command[96];
    cr_assert_eq(vjp_tree_init(&t, 5, &error), VJP_OK);
    const int node = vjp_tree_join(&t, 0, 1);
    vjp_tree_attach(&t, node, 2);
    char *text = draw(&t, vjp_tree_join(&t, node, vjp_tree_join(&t, 3, 4)), "1 < 2 & \x01 3");
    FILE *file = fdopen(mkstemp(path), "w");
    cr_assert_not_null(file);
    cr_expect_eq(count(text, "<circle class=\"vjp-tree-fused\""), 1);
    fputs(text, file);
    fclose(file);
    snprintf(command, sizeof command, "xmllint --noout %s", path);
    cr_expect_eq(system(command), 0);
    remove(path);
    free(text);
}

/* The page has the rules, and says what it is. */
Test(tree_svg, embedded_it_has_no_style_of_its_own)
{
    struct vjp_tree t;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert_eq(vjp_tree_init(&t, 2, &error), VJP_OK);
    vjp_tree_finish(&t, vjp_tree_join(&t, 0, 1));
    cr_assert_eq(vjp_tree_svg_embed(&t, "1 < 2", "a < b", out, &error), VJP_OK);
    fclose(out);
    cr_expect_null(strstr(text, "<style>"));
    cr_expect_null(strstr(text, "vjp-tree-page"));
    cr_expect_eq(count(text, "1 &#60; 2"), 1, "for who cannot see it");
    cr_expect_eq(count(text, "<circle class=\"vjp-tree-leaf\""), 2);
    vjp_tree_clear(&t);
    free(text);
}
