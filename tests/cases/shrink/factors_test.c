/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/factors.h"

#include "tests/cases/lines.h"

static struct vjp_case start(const char *line, int64_t N, int64_t M)
{
    struct vjp_case c = parse_case(line);
    c.dim[vjp_dim_find(c.spec, "1.N")] = N;
    c.dim[vjp_dim_find(c.spec, "1.M")] = M;
    return c;
}

static void expect_dims(const struct vjp_case *c, const int64_t dim[VJP_MAX_DIMS], int64_t N,
                        int64_t H, int64_t D)
{
    cr_expect_eq(dim[vjp_dim_find(c->spec, "2.N")], N, "%d",
                 (int)dim[vjp_dim_find(c->spec, "2.N")]);
    cr_expect_eq(dim[vjp_dim_find(c->spec, "2.H")], H, "%d",
                 (int)dim[vjp_dim_find(c->spec, "2.H")]);
    cr_expect_eq(dim[vjp_dim_find(c->spec, "2.D")], D, "%d",
                 (int)dim[vjp_dim_find(c->spec, "2.D")]);
}

static const char line[] = "linear | rope dtype=f32 1.N=6 1.D=5 1.M=10 2.N=5 2.H=2 2.D=6";

/* 30 = N H D with an even D: near (5, 2, 6) lie (5, 1, 6), and (3, 1, 10) further; the smallest sum is 10,
 * of (5, 3, 2) and (3, 5, 2). */
Test(factors, the_nearest_product_or_the_smallest)
{
    struct vjp_case c = start(line, 3, 10);
    int64_t dim[VJP_MAX_DIMS];
    memcpy(dim, c.dim, sizeof dim);
    cr_expect(vjp_factors_fit(&c, dim, true));
    expect_dims(&c, dim, 5, 1, 6);
    memcpy(dim, c.dim, sizeof dim);
    cr_expect(vjp_factors_fit(&c, dim, false));
    cr_expect_eq(dim[3] + dim[4] + dim[5], 10);
    cr_expect_eq(dim[3] * dim[4] * dim[5], 30);
    cr_expect_eq(dim[5] % 2, 0);
    vjp_case_clear(&c);
}

Test(factors, no_product_leaves_all_as_it_was)
{
    struct vjp_case c = start(line, 3, 5);
    int64_t dim[VJP_MAX_DIMS];
    memcpy(dim, c.dim, sizeof dim);
    cr_expect_not(vjp_factors_fit(&c, dim, true), "15 elements have no even D");
    cr_expect_arr_eq(dim, c.dim, sizeof dim);
    vjp_case_clear(&c);
    c = parse_case("linear dtype=f32 N=1 D=1 M=1");
    cr_expect_not(vjp_factors_fit(&c, c.dim, true), "no pipeline");
    vjp_case_clear(&c);
}

/* A number with two prime factors above all divisors that are looked for is no product of small ones. */
Test(factors, large_numbers_end)
{
    struct vjp_case c = start(line, 65537, 65539);
    int64_t dim[VJP_MAX_DIMS];
    memcpy(dim, c.dim, sizeof dim);
    cr_expect_not(vjp_factors_fit(&c, dim, true));
    vjp_case_clear(&c);
}
