/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/tree.h"

#include <criterion/criterion.h>
#include <string.h>

/* What trees are made of by hand is in tree_test.c: here two leaves meet where the text says. */
Test(tree_parse, leaves_meet_where_the_text_has_them)
{
    struct vjp_tree t;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_tree_parse("[(0 1 5),4..2]", 6, &t, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(vjp_tree_meet(&t, 0, 5), 3);
    cr_expect_eq(vjp_tree_meet(&t, 1, 4), 4);
    cr_expect_eq(vjp_tree_meet(&t, 4, 3), 5);
    cr_expect_eq(vjp_tree_meet(&t, 0, 2), 6);
    cr_expect_eq(t.node[t.root].height, 4);
    cr_expect_eq(t.node[0].parent, t.node[5].parent);
    cr_expect_eq(t.node[t.node[0].parent].children, 3, "a fused addition");
    vjp_tree_clear(&t);
    cr_assert_eq(vjp_tree_parse("([0..8:4] [2..6:4,1,3] (5 7))", 9, &t, &error), VJP_OK, "%s",
                 error.text);
    cr_expect_eq(vjp_tree_meet(&t, 0, 4), 2);
    cr_expect_eq(vjp_tree_meet(&t, 8, 0), 3);
    cr_expect_eq(vjp_tree_meet(&t, 6, 3), 4);
    cr_expect_eq(vjp_tree_meet(&t, 7, 3), 9);
    vjp_tree_clear(&t);
}

Test(tree_parse, what_is_parsed_prints_the_same)
{
    static const struct {
        const char *text;
        int leaves;
    } trees[] = {{"0", 1},
                 {"(0 1)", 2},
                 {"[0..16383]", 16384},
                 {"[3..0]", 4},
                 {"((0 1) (2 3))", 4},
                 {"(0 1 2)", 3},
                 {"[([0..6:2] [1..7:2]),8..10]", 11}};
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        struct vjp_tree t;
        struct vjp_text text = {0};
        struct vjp_error error = {""};
        cr_assert_eq(vjp_tree_parse(trees[i].text, trees[i].leaves, &t, &error), VJP_OK, "%s: %s",
                     trees[i].text, error.text);
        cr_assert_eq(vjp_tree_print(&t, &text, &error), VJP_OK);
        cr_expect_str_eq(text.data, trees[i].text);
        vjp_text_clear(&text);
        vjp_tree_clear(&t);
    }
}

Test(tree_parse, what_is_no_tree_is_refused_with_its_place)
{
    static const struct {
        const char *text, *told;
        int leaves;
    } bad[] = {{"", "character 1", 2},
               {"(0 1", "character 5", 2},
               {"(0)", "two nodes or more", 1},
               {"(0 1))", "character 6", 2},
               {"(0 1]", "character 5", 2},
               {"(0 0)", "term 0 stands there twice", 2},
               {"(0 1)", "term 2 is missing", 3},
               {"(0 2)", "character 4", 2},
               {"(0 1) 2", "nothing more", 3},
               {"[0..2,(3 4)]", "character 7", 5},
               {"(0..2 3)", "character 3", 4},
               {"[0..5:2]", "the end of a run", 6},
               {"[0..4:0]", "the end of a run", 5},
               {"[0..99999999999999999999]", "the end of a run", 5},
               {"(-1 0)", "character 2", 2},
               {"0", "1 to 16384", 0}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct vjp_tree t = {.leaves = 42};
        struct vjp_error error = {""};
        cr_expect_eq(vjp_tree_parse(bad[i].text, bad[i].leaves, &t, &error), VJP_ERR_USAGE, "%s",
                     bad[i].text);
        cr_expect_not_null(strstr(error.text, bad[i].told), "%s: %s", bad[i].text, error.text);
        cr_expect_eq(t.leaves, 42, "left alone");
    }
}
