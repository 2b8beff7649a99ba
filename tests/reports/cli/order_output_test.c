/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_output.h"

#include "tests/reports/cli/order_scene.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *folder, const char *name)
{
    char path[128];
    struct stat file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &file) == 0 && file.st_size > 0;
}

static void make_tree(struct vjp_order_tree *t)
{
    struct vjp_error error;
    cr_assert_eq(vjp_tree_init(&t->revelation.tree, 2, &error), VJP_OK);
    vjp_tree_finish(&t->revelation.tree, vjp_tree_join(&t->revelation.tree, 0, 1));
    t->text = strdup("(0 1)");
    t->name = strdup("two terms");
    strcpy(t->element, "dx[0,0]");
}

/* Lines, a drawing for each tree in a file whose name any system takes, gaps counted by what they are. */
Test(order_output, files_and_counts)
{
    char folder[] = "/tmp/vjpcheck-order-XXXXXX";
    char command[64];
    struct order_scene s;
    struct vjp_order_output out = {0};
    struct vjp_error error = {""};
    struct vjp_order order = {.elements = 4, .certified = 4, .calls = 9, .n_trees = 1};
    order_scene_open(&s, "linear dtype=f32 N=2 D=2 M=2", X);
    make_tree(&order.tree[0]);
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(
        vjp_order_output_open(&out, folder, "{\"type\":\"study\",\"line\":\"l\"}\n", &error),
        VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_order_output_add(&out, &s.q, "/a b/k.so:x", &order, &error), VJP_OK);
    cr_expect_str_eq(order.gradient, "dx");
    cr_expect_str_eq(order.layer, "linear");
    for (int i = 0; i < 3; i++)
        cr_assert_eq(vjp_order_output_gap(&out, &s.q, i < 2 ? "so" : "", &error), VJP_OK);
    cr_assert_eq(out.n_gaps, 2);
    cr_expect_str_eq(out.gap[0].name, "linear dx");
    cr_expect_eq(out.gap[0].count, 2);
    cr_expect_str_eq(out.gap[1].why, "does not sum over the dimension that is large");
    cr_expect_not(is_there(folder, "study.jsonl"), "has its name at the end");
    cr_assert_eq(vjp_order_output_close(&out, 0, &error), VJP_OK, "%s", error.text);
    cr_expect(out.tally.gradients == 1 && out.tally.revealed == 1 && out.tally.certified == 1 &&
              out.tally.failed == 0 && out.tally.calls == 9);
    cr_expect(is_there(folder, "study.jsonl"));
    cr_expect(is_there(folder, "k.so-x-dx-1.svg"));
    vjp_order_output_clear(&out);
    order.kernel = order.layer = order.dtype = order.line = order.gradient = NULL;
    vjp_order_clear(&order);
    order_scene_close(&s);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

/* A kernel that gave no answer is revealed nowhere. */
Test(order_output, no_answer)
{
    char folder[] = "/tmp/vjpcheck-order-XXXXXX";
    char command[64];
    struct order_scene s;
    struct vjp_order_output out = {0};
    struct vjp_error error = {""};
    struct vjp_order order = {.elements = 4, .failure = "hung"};
    order_scene_open(&s, "linear dtype=f32 N=2 D=2 M=2", X);
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(
        vjp_order_output_open(&out, folder, "{\"type\":\"study\",\"line\":\"l\"}\n", &error),
        VJP_OK);
    cr_assert_eq(vjp_order_output_add(&out, &s.q, "k", &order, &error), VJP_OK);
    cr_assert_eq(vjp_order_output_close(&out, 0, &error), VJP_OK);
    cr_expect(out.tally.gradients == 1 && out.tally.revealed == 0 && out.tally.certified == 0 &&
              out.tally.failed == 1);
    vjp_order_output_clear(&out);
    order_scene_close(&s);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

Test(order_output, a_folder_that_cannot_be_made)
{
    struct vjp_order_output out = {0};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_order_output_open(&out, "/nowhere/order", "{}\n", &error), VJP_ERR_IO);
    cr_expect_not_null(strstr(error.text, "/nowhere/order"));
    vjp_order_output_clear(&out);
}
