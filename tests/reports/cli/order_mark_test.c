/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_mark.h"

#include "tests/reports/cli/planted.h"

#include <criterion/criterion.h>
#include <string.h>

/* A plant whose answer() is a correct backward of linear with sums in f64, term by term. */
static void mark(const char *act, struct vjp_text *out)
{
    struct planted p;
    struct vjp_error error = {""};
    planted_open(&p, act, "", 0);
    cr_assert_eq(vjp_order_mark(&p.target, 0, vjp_spec_find("linear"), VJP_F64, out, &error),
                 VJP_OK, "%s", error.text);
    planted_close(&p);
}

/* The same kernel has the same mark; each gradient that sums is in it, with its order and eight digits. */
Test(order_mark, names_the_order_of_each_gradient)
{
    struct vjp_text first = {0}, second = {0};
    mark("answer();", &first);
    mark("answer();", &second);
    cr_expect_str_eq(first.data, second.data);
    const char *dx = strstr(first.data, "dx "), *dw = strstr(first.data, "dw ");
    cr_assert(dx && dw, "%s", first.data);
    cr_expect_not_null(strstr(dx, " terms, sequential, "), "%s", first.data);
    const char *hash = strstr(dx, "sequential, ") + strlen("sequential, ");
    cr_expect_eq(strspn(hash, "0123456789abcdef"), 8, "%s", first.data);
    vjp_text_clear(&first);
    vjp_text_clear(&second);
}

/* An answer that does not depend on the operands has no order. */
Test(order_mark, what_is_no_sum_is_not_revealed)
{
    struct vjp_text text = {0};
    mark("", &text);
    cr_expect_null(strstr(text.data, "sequential"), "%s", text.data);
    cr_expect_not_null(strstr(text.data, "not revealed"), "%s", text.data);
    vjp_text_clear(&text);
}
