/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_sizes.h"

#include "tests/cases/lines.h"

static struct vjp_case_list make(const char *layer, const char *text, bool apart)
{
    struct vjp_bench_sizes sizes = {
        .layer = vjp_spec_find(layer), .dtype = VJP_F64, .apart = apart};
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_bench_sizes_read(text, &sizes, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_bench_sizes_add(&sizes, &list, &error), VJP_OK, "%s", error.text);
    return list;
}

static void expect_line(const struct vjp_case *c, const char *line)
{
    struct vjp_text text = {0};
    vjp_case_print(c, &text);
    cr_expect_str_eq(text.data, line);
    vjp_text_clear(&text);
}

Test(bench_sizes, every_combination_the_last_dimension_first)
{
    struct vjp_case_list list = make("linear", "5,1", false);
    cr_assert_eq(list.count, 8);
    expect_line(&list.cases[0], "linear dtype=f64 N=5 D=5 M=5 x=normal w=normal dy=normal");
    expect_line(&list.cases[1], "linear dtype=f64 N=5 D=5 M=1 x=normal w=normal dy=normal");
    expect_line(&list.cases[7], "linear dtype=f64 N=1 D=1 M=1 x=normal w=normal dy=normal");
    vjp_case_list_clear(&list);
}

Test(bench_sizes, each_gradient_by_itself)
{
    struct vjp_case_list list = make("linear", "3", true);
    cr_assert_eq(list.count, 2);
    expect_line(&list.cases[0],
                "linear dtype=f64 N=3 D=3 M=3 x=normal w=normal dy=normal grads=dx");
    expect_line(&list.cases[1],
                "linear dtype=f64 N=3 D=3 M=3 x=normal w=normal dy=normal grads=dw");
    vjp_case_list_clear(&list);
    list = make("relu", "3", true); /* has one gradient, which is all */
    cr_assert_eq(list.count, 1);
    expect_line(&list.cases[0], "relu dtype=f64 N=3 M=3 x=normal dy=normal");
    vjp_case_list_clear(&list);
}

/* 4 N D M operations: 1024 x 1024 x 512 are 2.1e9, each gradient of them half of that. */
Test(bench_sizes, what_takes_long_is_left_out)
{
    struct vjp_case_list list = make("linear", "512,1024", false);
    cr_expect_eq(list.count, 4, "%zu", list.count); /* 512^3 and those with one 1024 */
    vjp_case_list_clear(&list);
    list = make("linear", "512,1024", true);
    cr_expect_eq(list.count, 2 * 7, "%zu", list.count); /* all but 1024^3, 2.1e9 */
    vjp_case_list_clear(&list);
    list = make("softmax", "100,200", false);
    cr_expect_eq(list.count, 1, "%zu", list.count); /* 10,000 elements */
    vjp_case_list_clear(&list);
}

/* A head of attention with an odd number of elements is no rope. */
Test(bench_sizes, what_the_layer_does_not_take_is_left_out)
{
    struct vjp_case_list list = make("rope", "1,2", false);
    for (size_t i = 0; i < list.count; i++)
        cr_expect_eq(vjp_case_dim(&list.cases[i], "D"), 2);
    cr_expect_gt(list.count, 0);
    vjp_case_list_clear(&list);
}

Test(bench_sizes, a_wrong_list_is_refused)
{
    static const char *const wrong[] = {"",
                                        "1,",
                                        ",1",
                                        "0",
                                        "-1",
                                        "a",
                                        "1;2",
                                        "1,2x",
                                        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
                                        "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct vjp_bench_sizes sizes = {0};
        struct vjp_error error = {""};
        cr_expect_eq(vjp_bench_sizes_read(wrong[i], &sizes, &error), VJP_ERR_USAGE, "%s", wrong[i]);
        cr_expect_not_null(strstr(error.text, "expected up to 16 whole numbers"), "%s", error.text);
    }
}

Test(bench_sizes, a_million_cases_are_the_most)
{
    struct vjp_bench_sizes sizes = {.layer = vjp_spec_find("conv2d"), .dtype = VJP_F32};
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_bench_sizes_read("1,2,3,4,5,6,7,8,9,10", &sizes, &error), VJP_OK);
    cr_expect_eq(vjp_bench_sizes_add(&sizes, &list, &error), VJP_ERR_LIMIT);
    cr_expect_eq(list.count, 0);
    cr_expect_not_null(strstr(error.text, "of conv2d make more than a million"), "%s", error.text);
}
