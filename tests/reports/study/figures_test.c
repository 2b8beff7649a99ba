/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/figures.h"

#include <criterion/criterion.h>
#include <math.h>

Test(figures, quantiles_are_elements_by_nearest_rank)
{
    double values[1000];
    for (int i = 0; i < 1000; i++)
        values[i] = (i * 7 + 3) % 1000 +
                    1; /* 1 to 1000 in another order: 7 and 1000 have no common factor */
    const struct vjp_quantiles q = vjp_quantiles_find(1000, values);
    cr_expect_eq(q.p50, 500);
    cr_expect_eq(q.p99, 990);
    cr_expect_eq(q.p999, 999);
    cr_expect_eq(q.max, 1000);
}

Test(figures, there_is_no_tail_without_elements_in_it)
{
    double values[999];
    for (int i = 0; i < 999; i++)
        values[i] = i;
    cr_expect(isnan(vjp_quantiles_find(999, values).p999));
    cr_expect_eq(vjp_quantiles_find(999, values).p99, 989); /* rank 990 */
    cr_expect(isnan(vjp_quantiles_find(99, values).p99));
    cr_expect_eq(vjp_quantiles_find(99, values).max, 98);
    cr_expect(isnan(vjp_quantiles_find(0, values).max));
}

static void add(struct vjp_gather *g, double exact, double error, double scale, double ulp)
{
    const struct vjp_deviation d = {.exact = exact,
                                    .error = error,
                                    .scale = scale,
                                    .ulp = ulp,
                                    .terms = 4,
                                    .correct = ulp <= 0.5,
                                    .faithful = ulp < 1};
    vjp_gather_visit(g, &d);
}

Test(figures, of_three_elements)
{
    struct vjp_gather g = {0};
    struct vjp_figures f;
    const struct vjp_deviation open = {.kind = VJP_DEVIATION_OPEN};
    add(&g, 2, 0.25, 4, 0.25);
    add(&g, -1, 0.5, 1, 0.75);
    add(&g, 1, 0, 3, 0);
    vjp_gather_visit(&g, &open);
    cr_assert(vjp_figures_find(&g, 0.125, &f));
    cr_expect_eq(f.elements, 3);
    cr_expect_eq(f.open, 1);
    cr_expect_eq(f.lost, 0);
    cr_expect_eq(f.terms_mean, 4);
    cr_expect_eq(f.omega.max, 0.5);
    cr_expect_eq(f.omega.p50, 0.0625);
    cr_expect_float_eq(f.omega_rms, sqrt((0.0625 * 0.0625 + 0.25) / 3), 1e-15);
    cr_expect_eq(f.relative.max, 0.5);
    cr_expect_eq(f.condition.max, 6);
    cr_expect_eq(f.ulp.max, 0.75);
    cr_expect_float_eq(f.correct, 2.0 / 3, 1e-15);
    cr_expect_eq(f.faithful, 1);
    /* error / (u S): 1/2, 4, 0; towards zero: -1/2, 4, 0. */
    cr_expect_float_eq(f.up.mean, 1.5, 1e-15);
    cr_expect_float_eq(f.toward_zero.mean, 3.5 / 3, 1e-15);
    vjp_gather_clear(&g);
}

Test(figures, an_answer_that_is_no_number_is_the_worst_error)
{
    struct vjp_gather g = {0};
    struct vjp_figures f;
    const struct vjp_deviation lost = {.kind = VJP_DEVIATION_LOST,
                                       .exact = 1,
                                       .scale = 1,
                                       .terms = 1,
                                       .correct = true,
                                       .faithful = true};
    add(&g, 1, 0, 1, 0);
    vjp_gather_visit(&g, &lost);
    cr_assert(vjp_figures_find(&g, 0.125, &f));
    cr_expect_eq(f.lost, 1);
    cr_expect(isinf(f.ulp.max) && isinf(f.omega.max) && isinf(f.omega_rms));
    cr_expect_eq(f.correct, 0.5);
    cr_expect_eq(f.faithful, 0.5);
    vjp_gather_clear(&g);
}

Test(figures, of_nothing)
{
    struct vjp_gather g = {0};
    struct vjp_figures f;
    cr_assert(vjp_figures_find(&g, 0.125, &f));
    cr_expect_eq(f.elements, 0);
    cr_expect(isnan(f.ulp.p50) && isnan(f.omega_rms));
    cr_expect_eq(f.correct, 0);
}
