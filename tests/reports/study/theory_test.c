/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/theory.h"

#include <criterion/criterion.h>
#include <math.h>

static const double u = 0x1p-24;

static void near(double got, double want)
{
    cr_expect(fabs(got - want) <= 1e-12 * fabs(want), "%.17g, not %.17g", got, want);
}

Test(theory, bounds_by_their_formulas)
{
    near(vjp_theory_deterministic(1024, u), 0x1p-14);
    /* 2 k exp(-lambda^2 (1-u)^2 / 2) = 1/1000 with k = 500, u = 0: lambda^2 = 2 log(10^6). */
    near(vjp_theory_lambda(500, 0, 1e-3), sqrt(12 * log(10)));
    /* lambda sqrt(k) u = 0.5 and k u^2 / (1 - u) = 0.5 at k = 1, u = 0.5: e - 1. */
    near(vjp_theory_probabilistic(1, 0.5, 1), M_E - 1);
    near(vjp_theory_tree(3, 0.125), 0.6);
    cr_expect(isinf(vjp_theory_tree(8, 0.125)), "no bound where h u >= 1");
}

Test(theory, a_probability_is_kept)
{
    for (double k = 16; k < 1e5; k *= 4) {
        const double lambda = vjp_theory_lambda(k, 0x1p-8, 1e-3);
        near(2 * k * exp(-lambda * lambda * (1 - 0x1p-8) * (1 - 0x1p-8) / 2), 1e-3);
    }
}

Test(theory, small_bounds_keep_their_digits)
{
    near(vjp_theory_probabilistic(4, 0x1p-53, 1), 0x1p-52);
}

/* Counted on paper: with 8 terms in pairs 3 additions and the product, one after the other 7 and the product. */
Test(theory, heights)
{
    near(vjp_theory_height_sequential(8), 8);
    near(vjp_theory_height_pairwise(8), 4);
    near(vjp_theory_height_pairwise(9), 5);
    near(vjp_theory_height_pairwise(1), 1);
    near(vjp_theory_height_lanes(64, 8), 11); /* 8 in each lane, product among them, and 3 */
    near(vjp_theory_height_lanes(4, 8), 3);
}

/* (1 + u)^2 - 1 with u = 1/8, and 1 / sqrt k where all terms are alike. */
Test(theory, operands_that_were_rounded)
{
    near(vjp_theory_operands(0.125), 1.125 * 1.125 - 1);
    /* lambda^2 = 2 log(2 / failure) = 2 with failure = 2 / e: sqrt(2) sqrt(2) u spread. */
    near(vjp_theory_operands_probable(0x1p-8, 0.25, 2 / M_E), 0x1p-9);
}

/* Errors of full size with signs from a generator of our own, the worst that the bound allows: a sum of 128 of them is beyond
 * 3.9 deviations in 1 of 10^4 trials, and beyond half of that in 1 of 20. */
Test(theory, the_operands_bound_holds_as_often_as_it_says)
{
    enum { TERMS = 64, TRIALS = 4000 };
    unsigned long long state = 1;
    int above = 0;
    double largest = 0;
    for (int t = 0; t < TRIALS; t++) {
        double sum = 0;
        for (int i = 0; i < 2 * TERMS; i++) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            sum += state >> 63 ? 1 : -1;
        }
        largest = fmax(largest, fabs(sum) / TERMS);
        above += fabs(sum) / TERMS > vjp_theory_operands_probable(1, 1 / sqrt(TERMS), 1e-3);
    }
    cr_expect_leq(above, TRIALS / 1000);
    cr_expect_gt(largest, vjp_theory_operands_probable(1, 1 / sqrt(TERMS), 1e-3) / 2, "%g",
                 largest);
}
