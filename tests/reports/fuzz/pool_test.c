/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/pool.h"

#include "tests/cases/lines.h"

#include <math.h>
#include <stdio.h>

static void add(struct vjp_pool *pool, const char *target, enum vjp_dtype dtype, int n,
                double ratio)
{
    char line[64];
    struct vjp_error error = {""};
    snprintf(line, sizeof line, "linear dtype=%s N=%d D=1 M=1", vjp_format(dtype)->name, n);
    struct vjp_case c = parse_case(line);
    cr_assert_eq(vjp_pool_add(pool, target, &c, ratio, &error), VJP_OK, "%s", error.text);
    vjp_case_clear(&c);
}

Test(pool, the_largest_are_kept_largest_first)
{
    struct vjp_pool pool = {0};
    static const int order[] = {3, 11, 7, 1, 9, 12, 2, 8, 5, 10, 4, 6};
    for (int i = 0; i < 12; i++)
        add(&pool, "a:k", VJP_F32, order[i], order[i] / 16.0);
    cr_assert_eq(pool.n_groups, 1);
    cr_assert_eq(pool.group[0].count, VJP_POOL_KEPT);
    for (int k = 0; k < VJP_POOL_KEPT; k++) {
        cr_expect_eq(pool.group[0].entry[k].c.dim[0], 12 - k);
        cr_expect_eq(pool.group[0].entry[k].ratio, (12 - k) / 16.0);
    }
    vjp_pool_clear(&pool);
    cr_expect(pool.n_groups == 0 && !pool.group);
}

Test(pool, kernels_and_dtypes_are_kept_apart)
{
    struct vjp_pool pool = {0};
    add(&pool, "a:k", VJP_F32, 1, 0.5);
    add(&pool, "a:k", VJP_F64, 2, 0.25);
    add(&pool, "b:k", VJP_F32, 3, 0.75);
    add(&pool, "a:k", VJP_F32, 4, 0.6);
    cr_assert_eq(pool.n_groups, 3);
    cr_expect(pool.group[0].count == 2 && pool.group[1].count == 1 && pool.group[2].count == 1);
    cr_expect_eq(pool.group[0].entry[0].c.dim[0], 4);
    cr_expect_str_eq(pool.group[2].target, "b:k");
    vjp_pool_clear(&pool);
}

Test(pool, what_is_no_ratio_is_left)
{
    struct vjp_pool pool = {0};
    add(&pool, "a:k", VJP_F32, 1, 0);
    add(&pool, "a:k", VJP_F32, 1, (double)NAN);
    add(&pool, "a:k", VJP_F32, 1, (double)INFINITY);
    add(&pool, "a:k", VJP_F32, 1, -1);
    cr_expect_eq(pool.n_groups, 0);
    vjp_pool_clear(&pool);
}
