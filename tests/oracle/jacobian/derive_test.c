/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/derive.h"

#include "oracle/forward/graph.h"
#include "tests/oracle/support.h"

static void derive(const struct fixture *f, struct vjp_derivation *d)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_derive(&f->c, &f->data, 256, ANY_SIDE, NULL, d, &error), VJP_OK, "%s",
                 error.text);
    cr_expect_not(d->on_kink);
}

static void expect(const struct vjp_gradient *g, int64_t j, double value, double scale,
                   int64_t terms, int64_t lowest)
{
    cr_expect(g->value[j].point && mpfr_cmp_d(vjp_real_low(&g->value[j]), value) == 0,
              "value of %d is not %g", (int)j, value);
    cr_expect_eq(mpfr_cmp_d(&g->scale[j], scale), 0, "S of %d is not %g", (int)j, scale);
    cr_expect_eq(g->terms[j], terms, "k of %d is %" PRId64, (int)j, g->terms[j]);
    cr_expect_eq(g->lowest[j], lowest, "lowest of %d is %" PRId64, (int)j, g->lowest[j]);
}

/* dx = dy w^T, dw = x^T dy, db = the column sums of dy; N = 2, D = 2, M = 3.
 *     x  [2 3; 5 0]   w  [1 2 3; 4 5 6]   dy [1 -1 2; 0 4 -0.5] */
static void fill_example(struct fixture *f)
{
    fill(f, X, (const double[]){2, 3, 5, 0});
    fill(f, W, (const double[]){1, 2, 3, 4, 5, 6});
    fill(f, DY, (const double[]){1, -1, 2, 0, 4, -0.5});
}

Test(derive, by_hand)
{
    struct fixture f;
    struct vjp_derivation d;
    fixture_init(&f, (struct linear){VJP_F32, 2, 2, 3, .bias = true});
    fill_example(&f);
    derive(&f, &d);
    const struct vjp_gradient *g = d.gradient;
    cr_assert(g[X].count == 4 && g[W].count == 6 && g[B].count == 3);
    expect(&g[X], 0, 1 - 2 + 6, 9, 3, 0);   /* 1 1, -1 2, 2 3 */
    expect(&g[X], 1, 4 - 5 + 12, 21, 3, 0); /* 1 4, -1 5, 2 6 */
    expect(&g[X], 2, 8 - 1.5, 9.5, 2, -1);  /* 0 1, 4 2, -0.5 3 */
    expect(&g[X], 3, 20 - 3, 23, 2, 0);     /* 0 4, 4 5, -0.5 6 */
    expect(&g[W], 0, 2, 2, 1, 1);           /* 2 1, 5 0 */
    expect(&g[W], 1, -2 + 20, 22, 2, 1);    /* 2 -1, 5 4 */
    expect(&g[W], 2, 4 - 2.5, 6.5, 2, -1);  /* 2 2, 5 -0.5 */
    expect(&g[W], 3, 3, 3, 1, 0);           /* 3 1, 0 0 */
    expect(&g[W], 4, -3, 3, 1, 0);          /* 3 -1, 0 4 */
    expect(&g[W], 5, 6, 6, 1, 1);           /* 3 2, 0 -0.5 */
    expect(&g[B], 0, 1, 1, 1, 0);           /* 1, 0 */
    expect(&g[B], 1, 3, 5, 2, 0);           /* -1, 4 */
    expect(&g[B], 2, 1.5, 2.5, 2, -1);      /* 2, -0.5 */
    vjp_derivation_clear(&d);
    fixture_clear(&f);
}

/* Under accumulate what was there is a term like the others, unless it is zero. */
Test(derive, accumulate_adds_what_was_there)
{
    struct fixture f;
    struct vjp_derivation d;
    fixture_init(&f, (struct linear){VJP_F32, 2, 2, 3, .bias = true, .accumulate = true});
    fill_example(&f);
    fill(&f, DX, (const double[]){-100, 0, 0.25, INFINITY});
    fill(&f, DW, (const double[]){0, 0, 0, 0, 3, 0});
    fill(&f, DB, (const double[]){1, 2, 3});
    derive(&f, &d);
    const struct vjp_gradient *g = d.gradient;
    expect(&g[X], 0, -95, 109, 4, 0);
    expect(&g[X], 1, 11, 21, 3, 0);
    expect(&g[X], 2, 6.75, 9.75, 3, -2);
    cr_expect_eq(g[X].value[3].kind, VJP_REAL_POS_INF);
    cr_expect_eq(g[X].terms[3], 3);
    expect(&g[W], 4, 0, 6, 2, 0);
    expect(&g[B], 2, 4.5, 5.5, 3, -1);
    vjp_derivation_clear(&d);
    fixture_clear(&f);
}

/* Powers of two: S is the sum as it stands, and the last bit is the smallest product. */
Test(derive, powers_of_two)
{
    struct fixture f;
    struct vjp_derivation d;
    fixture_init(&f, linear(VJP_F64, 1, 1, 4));
    fill(&f, X, (const double[]){0x1p-700});
    fill(&f, W, (const double[]){0x1p0, 0x1p10, -0x1p-900, 0x1p20});
    fill(&f, DY, (const double[]){0x1p5, -0x1p-3, 0x1p-500, 0x1p1});
    derive(&f, &d);
    const struct vjp_gradient *g = d.gradient;
    cr_expect_eq(g[X].lowest[0], -1400);
    cr_expect_eq(g[X].terms[0], 4);
    expect(&g[W], 0, 0x1p-695, 0x1p-695, 1, -695);
    cr_expect_eq(g[W].lowest[2], -1200);
    vjp_derivation_clear(&d);
    fixture_clear(&f);
}

Test(derive, special_values_reach_the_elements_they_are_in)
{
    struct fixture f;
    struct vjp_derivation d;
    fixture_init(&f, linear(VJP_F32, 2, 2, 2));
    fill(&f, X, (const double[]){1, 2, 0, 4});
    fill(&f, W, (const double[]){1, 0, 3, 4});
    fill(&f, DY, (const double[]){1, INFINITY, 2, NAN});
    derive(&f, &d);
    const struct vjp_gradient *g = d.gradient;
    cr_expect_eq(g[X].value[0].kind, VJP_REAL_NAN, "1 1 + inf 0");
    cr_expect_eq(g[X].value[1].kind, VJP_REAL_POS_INF, "1 3 + inf 4");
    cr_expect_eq(g[X].value[2].kind, VJP_REAL_NAN);
    expect(&g[W], 0, 1, 1, 1, 0);
    cr_expect_eq(g[W].value[1].kind, VJP_REAL_NAN, "1 inf + 0 nan");
    expect(&g[W], 2, 2 + 8, 10, 2, 1);
    cr_expect_eq(g[W].value[3].kind, VJP_REAL_NAN);
    vjp_derivation_clear(&d);
    fixture_clear(&f);
}

/* An input that is absent, and sizes of 0: sums of no terms. */
Test(derive, absent_and_empty)
{
    struct fixture f;
    struct vjp_derivation d;
    fixture_init(&f, linear(VJP_F32, 2, 3, 0));
    derive(&f, &d);
    const struct vjp_gradient *g = d.gradient;
    cr_expect(d.has_gradient[X] && d.has_gradient[W] && !d.has_gradient[B]);
    cr_expect_eq(g[B].count, 0);
    cr_expect_eq(d.y.count, 0);
    cr_assert_eq(g[X].count, 6);
    for (int64_t j = 0; j < 6; j++)
        expect(&g[X], j, 0, 0, 0, INT64_MAX);
    cr_expect_eq(g[W].count, 0);
    vjp_derivation_clear(&d);
    fixture_clear(&f);
}

Test(derive, a_case_that_is_too_large)
{
    struct vjp_error error = {""};
    struct fixture f;
    struct vjp_derivation d = {.y = {.count = 42}};
    fixture_init(&f, linear(VJP_F32, 1, 1, 1));
    f.c.dim[0] = VJP_GRAPH_MAX + 1;
    cr_expect_eq(vjp_derive(&f.c, &f.data, 64, ANY_SIDE, NULL, &d, &error), VJP_ERR_LIMIT);
    cr_expect_eq(vjp_derive_check(&f.c, &error), VJP_ERR_LIMIT);
    cr_expect_eq(d.y.count, 42, "left alone");
    fixture_clear(&f);
}
