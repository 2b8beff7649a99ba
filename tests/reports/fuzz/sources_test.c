/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/sources.h"

#include <criterion/criterion.h>

static const double a[] = {1, 2, 3, 4, 5, 6}, b[] = {7, 8, 9, 6};
static const struct vjp_known_operand operands[] = {
    {.name = "a", .shape = {2, {2, 3}}, .count = 6, .value = a},
    {.name = "b", .shape = {1, {4}}, .count = 4, .value = b}};

/* One row of a Jacobian: NULL where it says nothing. */
static void expect(const double *got, const double *want, int n, const char *text)
{
    bool outside[8];
    for (int i = 0; i < n; i++)
        outside[i] = got[i] != want[i];
    const struct vjp_jacobian_pair pair = {.gradient = "g",
                                           .rows = 1,
                                           .columns = n,
                                           .got = got,
                                           .want = want,
                                           .outside = outside,
                                           .operand = operands,
                                           .n_operands = 2};
    struct vjp_text out = {0};
    cr_expect_eq(vjp_sources_add(&pair, &out), text != NULL);
    if (text)
        cr_expect_str_eq(out.data, text);
    else
        cr_expect_null(out.data);
    vjp_text_clear(&out);
}

Test(sources, tell_which_operand_and_from_where)
{
    expect((double[]){7, 8}, (double[]){1, 5}, 2, "g is made of b where it should be of a");
    expect((double[]){4, 5}, (double[]){1, 2}, 2, "a is read 1 row further on");
    expect((double[]){8, 9}, (double[]){7, 8}, 2, "b is read 1 element further on");
    expect((double[]){-1, 2}, (double[]){-3, 4}, 2, "a is read 2 elements before its place");
    /* In a transposed a, [2,3] of rows of 2: element [0,1] is at 2, [1,0] at 1. */
    expect((double[]){3, 2}, (double[]){2, 4}, 2, "a is read as though it were transposed");
    expect((double[]){5, 2}, (double[]){2, 4}, 2, "elements of a are taken from other places");
    /* What is 0 but should not be, and what should be 0 but is not, say nothing beside others. */
    expect((double[]){7, 0, 8}, (double[]){1, 2, 0}, 3, "g is made of b where it should be of a");
}

Test(sources, say_nothing_where_a_value_is_nobody_s)
{
    expect((double[]){10, 2}, (double[]){1, 4}, 2, NULL); /* of none */
    expect((double[]){6, 2}, (double[]){1, 4}, 2, NULL);  /* of both */
    expect((double[]){1, 7}, (double[]){2, 3}, 2, NULL);  /* one of each */
    expect((double[]){0, 0}, (double[]){2, 3}, 2, NULL);  /* lost */
    expect((double[]){1, 2}, (double[]){0, 0}, 2, NULL);  /* should be nothing */
    expect((double[]){1, 2}, (double[]){1, 2}, 2, NULL);
}
