/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/order_json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDER(gradient, failure, trees)                                                            \
    "{\"type\":\"order\",\"kernel\":\"a:k\",\"case\":\"linear, N=1\",\"gradient\":\"" gradient     \
    "\",\"dtype\":\"f32\",\"layer\":\"linear\",\"certificate\":\"\",\"failure\":\"" failure        \
    "\",\"certified\":0,\"elements\":2,\"calls\":3,\"trees\":[" trees "]}\n"

static struct vjp_order_table table;
static struct vjp_error error;

static void add(const char *line)
{
    cr_assert_eq(vjp_order_table_add(&table, line, &error), VJP_OK, "%s", error.text);
}

Test(order_table, finds_what_a_line_says_of_a_gradient_of_a_kernel)
{
    add("{\"type\":\"run\"}\n");
    add(ORDER("dx", "", "{\"tree\":\"(0 1)\"},{}"));
    add(ORDER("dw", "crashed", "{\"tree\":\"(0 1)\"}"));
    cr_expect_eq(table.count, 2);
    const struct vjp_order_known *dx = vjp_order_table_find(&table, "a:k", "linear, N=1", "dx");
    const struct vjp_order_known *dw = vjp_order_table_find(&table, "a:k", "linear, N=1", "dw");
    cr_assert(dx && dw);
    cr_expect(dx->revealed && !dx->failed);
    cr_expect_eq(dx->drawings, 1);
    cr_expect(dx->elements == 2 && dx->calls == 3 && dx->certified == 0);
    cr_expect(dw->failed && !dw->revealed, "a kernel that crashed reveals nothing");
    cr_expect_null(vjp_order_table_find(&table, "a:k", "linear, N=2", "dx"));
    cr_expect_null(vjp_order_table_find(&table, "b:k", "linear, N=1", "dx"));
    vjp_order_table_clear(&table);
    cr_expect_eq(table.count, 0);
}

Test(order_table, what_lacks_something_is_refused)
{
    cr_expect_eq(vjp_order_table_add(&table, "{", &error), VJP_ERR_USAGE);
    cr_expect_eq(vjp_order_table_add(&table, "{\"type\":\"order\",\"kernel\":\"k\"}", &error),
                 VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "\"case\": expected a text"), "%s", error.text);
    cr_expect_eq(table.count, 0);
}

/* RFC 4180: what has a comma is in quotes, lines end with CR and LF. */
Test(order_table, rows_for_other_programs)
{
    char *text = NULL;
    size_t size = 0;
    add(ORDER("dx", "crashed", ""));
    FILE *out = open_memstream(&text, &size);
    vjp_order_csv_print(&table, out);
    fclose(out);
    const char *row = strstr(text, "\r\n");
    cr_assert_not_null(row);
    cr_expect_not_null(strstr(row, "\"linear, N=1\""), "%s", text);
    cr_expect_not_null(strstr(row, "a:k"));
    cr_expect_str_eq(strstr(row + 2, "\r\n"), "\r\n", "one row: %s", text);
    free(text);
    vjp_order_table_clear(&table);
}
