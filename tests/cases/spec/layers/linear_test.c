/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include <criterion/criterion.h>

static struct vjp_case new_case(int64_t n, int64_t d, int64_t m)
{
    return (struct vjp_case){.spec = vjp_spec_find("linear"), .dim = {n, d, m}};
}

Test(linear, operands_have_the_shapes_of_y_equals_x_w_plus_b)
{
    static const int rank[] = {2, 2, 1, 2};
    static const int axis[][2] = {{0, 1}, {1, 2}, {2, -1}, {0, 2}}; /* N D, D M, M, N M */
    const struct vjp_case c = new_case(2, 3, 5);
    for (int i = 0; i < 4; i++) {
        struct vjp_shape shape;
        int axis_dim[VJP_RANK_MAX];
        vjp_spec_find("linear")->shape(&c, i, &shape, axis_dim);
        cr_assert_eq(shape.rank, rank[i]);
        for (int d = 0; d < rank[i]; d++) {
            cr_expect_eq(axis_dim[d], axis[i][d]);
            cr_expect_eq(shape.dim[d], c.dim[axis[i][d]]);
        }
    }
}

/* dx_nd sums over m, dw_dm and db_m over n; nothing sums over d. */
Test(linear, the_longest_sum_runs_over_n_or_m)
{
    static const int64_t sizes[][4] = {{7, 9, 3, 7}, {3, 9, 7, 7}, {0, 9, 0, 0}, {4, 1, 4, 4}};
    for (int i = 0; i < 4; i++) {
        const struct vjp_case c = new_case(sizes[i][0], sizes[i][1], sizes[i][2]);
        cr_expect_eq(vjp_spec_find("linear")->reduction(&c), sizes[i][3]);
    }
}

Test(linear, b_is_an_input_with_bias_1)
{
    struct vjp_case c = new_case(1, 1, 1);
    cr_expect(vjp_spec_find("linear")->has_input(&c, 0));
    cr_expect(vjp_spec_find("linear")->has_input(&c, 1));
    cr_expect_not(vjp_spec_find("linear")->has_input(&c, 2));
    c.attr[0] = 1;
    cr_expect(vjp_spec_find("linear")->has_input(&c, 2));
}
