/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/order_json.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/vjpcheck-order-XXXXXX";

/* Writes lines and reads them again. */
static json_t *lines[3];

static void write_all(void)
{
    struct vjp_sink sink = {0};
    struct vjp_error error = {""};
    struct vjp_order order = {.kernel = "mine:\"k\"",
                              .layer = "linear",
                              .dtype = "f32",
                              .line = "linear dtype=f32",
                              .gradient = "dx",
                              .elements = 4,
                              .certified = 3,
                              .calls = 17,
                              .n_trees = 1};
    struct vjp_order_tree *t = &order.tree[0];
    strcpy(t->element, "dx[0,0]");
    cr_assert_eq(vjp_tree_init(&t->revelation.tree, 2, &error), VJP_OK);
    vjp_tree_finish(&t->revelation.tree, vjp_tree_join(&t->revelation.tree, 0, 1));
    t->text = strdup("(0 1)");
    t->name = strdup("two terms");
    t->replayed = true;
    t->compared = 4;
    t->equal = 3;
    const struct vjp_order_tally tally = {.gradients = 5, .revealed = 4, .certified = 3};
    close(mkstemp(path));
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_order_json_write(&sink, &order, &error), VJP_OK);
    cr_assert_eq(vjp_order_json_gap(&sink, "layernorm dx", "why", 2, &error), VJP_OK);
    cr_assert_eq(vjp_order_json_summary(&sink, &tally, &error), VJP_OK);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
    vjp_order_clear(&order);
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "(none)";
}

static json_int_t number_of(const json_t *line, const char *key)
{
    return json_integer_value(json_object_get(line, key));
}

Test(order_json, lines)
{
    char line[4096];
    write_all();
    FILE *file = fopen(path, "r");
    for (int i = 0; i < 3; i++) {
        cr_assert_not_null(fgets(line, sizeof line, file), "line %d", i);
        lines[i] = json_loads(line, 0, NULL);
        cr_assert_not_null(lines[i], "%s", line);
    }
    cr_expect_null(fgets(line, sizeof line, file));
    fclose(file);
    unlink(path);
    cr_expect_str_eq(text_of(lines[0], "type"), "order");
    cr_expect_str_eq(text_of(lines[0], "kernel"), "mine:\"k\"");
    cr_expect_eq(number_of(lines[0], "elements"), 4);
    cr_expect_eq(number_of(lines[0], "certified"), 3);
    cr_expect_str_eq(text_of(lines[0], "certificate"),
                     "not certified: 3 of 4 elements have the bits of a replay");
    const json_t *tree = json_array_get(json_object_get(lines[0], "trees"), 0);
    cr_expect_str_eq(text_of(tree, "tree"), "(0 1)");
    cr_expect_str_eq(text_of(tree, "name"), "two terms");
    cr_expect_eq(number_of(tree, "terms"), 2);
    cr_expect_eq(number_of(tree, "height"), 1);
    cr_expect_str_eq(text_of(lines[1], "type"), "left_out");
    cr_expect_eq(number_of(lines[1], "shapes"), 2);
    cr_expect_str_eq(text_of(lines[2], "type"), "summary");
    cr_expect_eq(number_of(lines[2], "gradients"), 5);
    cr_expect_eq(number_of(lines[2], "certified"), 3);
    for (int i = 0; i < 3; i++)
        json_decref(lines[i]);
}

#define TREE(terms, text)                                                                          \
    "{\"kernel\":\"k\",\"layer\":\"l\",\"dtype\":\"f32\",\"gradient\":\"dx\",\"case\":\"c\","      \
    "\"failure\":\"\",\"elements\":2,\"certified\":1,\"calls\":3,\"certificate\":\"none\","        \
    "\"trees\":"                                                                                   \
    "[{\"element\":\"dx[0]\",\"outcome\":\"revealed\",\"reason\":\"\",\"terms\":" terms            \
    ",\"calls\":3,\"tree\":\"" text "\",\"name\":\"n\",\"rounding\":\"r\",\"subnormals\":\"s\","   \
    "\"height\":1,\"precision\":null,\"replay\":{\"done\":false,\"why\":\"w\"}}]}"

/* A tree that is told can be drawn. */
Test(order_json, is_read_again)
{
    struct vjp_order_record order;
    struct vjp_error error = {""};
    json_t *json = json_loads(TREE("2", "(0 1)"), 0, NULL);
    cr_assert_eq(vjp_order_read(json, &order, &error), VJP_OK, "%s", error.text);
    cr_expect(order.n_trees == 1 && order.elements == 2 && order.certified == 1);
    cr_expect_str_eq(order.tree[0].tree, "(0 1)");
    cr_expect(order.tree[0].precision == 0 && !order.tree[0].replayed);
    cr_expect_null(order.tree[0].arithmetic);
    json_decref(json);
    json = json_loads(TREE("3", "(0 1)"), 0, NULL);
    cr_expect_eq(vjp_order_read(json, &order, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "a tree of 3 terms: term 2 is missing");
    json_decref(json);
    json = json_loads(TREE("0", "(0 1)"), 0, NULL);
    cr_expect_eq(vjp_order_read(json, &order, &error), VJP_ERR_USAGE);
    json_decref(json);
}
