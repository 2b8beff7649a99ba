/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_cases.h"

#include <criterion/criterion.h>

static struct vjp_case_list add(const char *layer, const struct vjp_sweep *sweep, int64_t *left_out)
{
    struct vjp_case_list cases = {0};
    struct vjp_error error = {""};
    cr_assert_eq(
        vjp_order_cases_add(vjp_spec_find(layer), VJP_F32, 7, sweep, &cases, left_out, &error),
        VJP_OK, "%s", error.text);
    return cases;
}

/* One dimension after the other, the rest small; a bias takes part, for it has a sum of its own. */
Test(order_cases, each_dimension_in_turn)
{
    const struct vjp_sweep sweep = {.name = "K", .count = 2, .size = {8, 33}};
    int64_t left_out = 0;
    struct vjp_case_list cases = add("linear", &sweep, &left_out);
    cr_assert_eq(cases.count, 6);
    cr_expect_eq(left_out, 0);
    for (int i = 0; i < 6; i++) {
        const struct vjp_case *c = &cases.cases[i];
        for (int d = 0; d < 3; d++)
            cr_expect_eq(c->dim[d], d == i / 2 ? sweep.size[i % 2] : 4, "case %d", i);
        cr_expect_eq(vjp_case_attr(c, "bias"), 1);
        cr_expect_eq(c->seed, 7);
    }
    vjp_case_list_clear(&cases);
}

Test(order_cases, one_dimension)
{
    const struct vjp_sweep sweep = {.name = "M", .count = 1, .size = {8}};
    int64_t left_out = 0;
    struct vjp_case_list cases = add("linear", &sweep, &left_out);
    cr_assert_eq(cases.count, 1);
    cr_expect_eq(vjp_case_dim(&cases.cases[0], "M"), 8);
    vjp_case_list_clear(&cases);
    cases = add("softmax", &sweep, &left_out);
    cr_expect_eq(cases.count, 0, "it has no M");
    vjp_case_list_clear(&cases);
}

Test(order_cases, what_the_oracle_cannot_do_is_counted)
{
    const struct vjp_sweep sweep = {.name = "M", .count = 2, .size = {8, 100000000}};
    int64_t left_out = 0;
    struct vjp_case_list cases = add("linear", &sweep, &left_out);
    cr_expect_eq(cases.count, 1);
    cr_expect_eq(left_out, 1);
    vjp_case_list_clear(&cases);
}

Test(order_cases, sizes_where_nobody_says)
{
    struct vjp_sweep sweep;
    vjp_order_cases_default(&sweep);
    cr_expect_str_eq(sweep.name, "K");
    cr_expect_eq(sweep.count, 4);
    cr_expect(sweep.size[0] == 8 && sweep.size[1] == 33 && sweep.size[2] == 64 &&
              sweep.size[3] == 257);
}
