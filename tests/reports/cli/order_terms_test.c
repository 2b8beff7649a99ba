/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_terms.h"

#include "tests/cases/lines.h"

static struct vjp_order_terms find(const struct vjp_case *c, const struct vjp_data *data, int input)
{
    struct vjp_order_terms terms = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_order_terms_find(c, data, input, &terms, &error), VJP_OK, "%s", error.text);
    return terms;
}

/* dx[n,d] sums dy[n,m] w[d,m] over the four m of its own row. */
Test(order_terms, of_a_product)
{
    struct vjp_case c = parse_case("linear dtype=f32 N=2 D=3 M=4");
    struct vjp_data data;
    struct vjp_error error;
    double factor = 0;
    cr_assert_eq(vjp_order_constant_data(&c, 1.5, false, &data, &error), VJP_OK);
    cr_expect(element(&data, X, 5) == 1.5 && element(&data, W, 11) == 1.5);
    cr_expect_eq(element(&data, DY, 7), 1);
    struct vjp_order_terms t = find(&c, &data, X);
    cr_expect(t.known);
    cr_assert_eq(t.elements, 6);
    cr_expect_eq(vjp_order_terms_most(&t), 4);
    for (int64_t j = 0; j < 6; j++) {
        cr_assert_eq(vjp_order_terms_count(&t, j), 4);
        cr_expect(vjp_order_terms_same(&t, j, &factor));
        cr_expect_eq(factor, 1.5);
        for (int64_t k = 0; k < 4; k++)
            cr_expect_eq(t.row[t.start[j] + k], j / 3 * 4 + k);
    }
    vjp_order_terms_clear(&t);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* What the output held is the last term, whose factor is 1 whatever the others have. */
Test(order_terms, of_a_call_that_accumulates)
{
    struct vjp_case c = parse_case("linear dtype=f32 N=2 D=1 M=2 accumulate=1");
    struct vjp_data data;
    struct vjp_error error;
    double factor = 0;
    cr_assert_eq(vjp_order_constant_data(&c, 1.5, false, &data, &error), VJP_OK);
    struct vjp_order_terms t = find(&c, &data, X);
    cr_assert_eq(t.elements, 2);
    for (int64_t j = 0; j < 2; j++) {
        cr_assert_eq(vjp_order_terms_count(&t, j), 3);
        const int64_t *row = t.row + t.start[j];
        cr_expect(row[0] == 2 * j && row[1] == 2 * j + 1 && row[2] == VJP_ORDER_OLD);
        cr_expect_eq(t.factor[t.start[j] + 2], 1);
        cr_expect(vjp_order_terms_same(&t, j, &factor) && factor == 1.5);
    }
    vjp_order_terms_clear(&t);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* Entries that are 0 are no terms, and factors that differ are not the same. */
Test(order_terms, of_a_sum_with_gaps)
{
    const char *line = "linear dtype=f32 N=1 D=2 M=3 x=[1,1] w=[2,0,3,5,5,5] dy=[1,1,1]";
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    double factor = 0;
    struct vjp_order_terms t = find(&c, &data, X);
    cr_assert_eq(t.elements, 2);
    cr_expect_eq(vjp_order_terms_count(&t, 0), 2);
    cr_expect(t.row[0] == 0 && t.factor[0] == 2 && t.row[1] == 2 && t.factor[1] == 3);
    cr_expect_not(vjp_order_terms_same(&t, 0, &factor));
    cr_expect(vjp_order_terms_same(&t, 1, &factor));
    cr_expect_eq(factor, 5);
    vjp_order_terms_clear(&t);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* 1/3 is no double. */
Test(order_terms, factors_that_are_no_numbers_of_a_format_are_not_known)
{
    const char *line = "softmax dtype=f32 N=1 C=3 x=[0,0,0] dy=[1,1,1]";
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_order_terms t = find(&c, &data, 0);
    double factor;
    cr_expect_not(t.known);
    cr_expect_not(vjp_order_terms_same(&t, 0, &factor));
    vjp_order_terms_clear(&t);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

Test(order_terms, limit)
{
    const char *line = "linear dtype=f32 N=300 D=100 M=100";
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_order_terms t;
    struct vjp_error error = {""};
    cr_expect_eq(vjp_order_terms_find(&c, &data, X, &t, &error), VJP_ERR_LIMIT);
    cr_expect_not_null(strstr(error.text, "2^24 places"), "%s", error.text);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

Test(order_terms, saved_values)
{
    struct vjp_case c = parse_case("exp dtype=f32 rank=1 N=2");
    struct vjp_data data;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_order_constant_data(&c, 0, true, &data, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(data.saved[0].count, 2);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, vjp_tensor_get(&data.saved[0], 1)), 1);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}
