/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/grade.h"

#include "reports/study/figures.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

/* Sums in float of known order and rounding, against the same sum in double, whose error is 2^-29 of theirs. */

enum { SIZES = 7, ELEMENTS = 300, TERMS_MAX = 16 << (SIZES - 1) };

typedef float (*summation)(const float *terms, int n);

static float sequential(const float *terms, int n)
{
    float sum = 0;
    for (int i = 0; i < n; i++)
        sum += terms[i];
    return sum;
}

static float pairwise(const float *terms, int n)
{
    return n == 1 ? terms[0] : pairwise(terms, n / 2) + pairwise(terms + n / 2, n - n / 2);
}

/* The sum of two floats is exact in double where their exponents are less than 29 apart. */
static float truncated(double x)
{
    const float nearest = (float)x;
    return fabs((double)nearest) > fabs(x) ? nextafterf(nearest, 0) : nearest;
}

static float truncating(const float *terms, int n)
{
    float sum = 0;
    for (int i = 0; i < n; i++)
        sum = truncated((double)sum + (double)terms[i]);
    return sum;
}

static float upwards(const float *terms, int n)
{
    float sum = 0;
    for (int i = 0; i < n; i++) {
        const double x = (double)sum + (double)terms[i];
        sum = (double)(float)x < x ? nextafterf((float)x, INFINITY) : (float)x;
    }
    return sum;
}

static float wide(const float *terms, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (double)terms[i];
    return (float)sum;
}

/* 24 random bits; of both signs, or above 0. */
static float draw(uint64_t *state, bool both)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const float x = (float)(*state >> 40) * 0x1p-24f;
    return both ? 2 * x - 1 : x;
}

static void add_element(summation sum, const float *terms, int n, struct vjp_gather *g)
{
    double exact = 0, scale = 0;
    for (int i = 0; i < n; i++) {
        exact += (double)terms[i];
        scale += fabs((double)terms[i]);
    }
    const float got = sum(terms, n);
    const struct vjp_deviation d = {.exact = exact,
                                    .scale = scale,
                                    .error = (double)got - exact,
                                    .terms = n,
                                    .correct = got == (float)exact};
    vjp_gather_visit(g, &d);
}

static enum vjp_grade grade(summation sum, bool both)
{
    struct vjp_grade_evidence e = {0};
    double x[SIZES], y[SIZES];
    float *terms = malloc(TERMS_MAX * sizeof *terms);
    uint64_t state = 42;
    for (int s = 0; s < SIZES; s++) {
        struct vjp_gather g = {0};
        struct vjp_figures f;
        const int n = 16 << s;
        for (int i = 0; i < ELEMENTS; i++) {
            for (int k = 0; k < n; k++)
                terms[k] = draw(&state, both);
            add_element(sum, terms, n, &g);
        }
        cr_assert(vjp_figures_find(&g, 0x1p-24, &f));
        x[s] = n;
        y[s] = f.omega_rms;
        e.up = f.up;
        e.toward_zero = f.toward_zero;
        e.correct = f.correct;
        e.condition = f.condition.p50;
        vjp_gather_clear(&g);
    }
    free(terms);
    e.fit = vjp_fit_power(SIZES, x, y);
    return vjp_grade_find(&e);
}

static void expect(summation sum, bool both, enum vjp_grade want)
{
    const enum vjp_grade got = grade(sum, both);
    cr_expect_eq(got, want, "%s, not %s, on terms of %s", vjp_grade_name(got), vjp_grade_name(want),
                 both ? "both signs" : "one sign");
}

Test(grade, sums_of_known_order_on_terms_of_one_sign)
{
    expect(sequential, false, VJP_GRADE_SEQUENTIAL);
    expect(pairwise, false, VJP_GRADE_PAIRWISE);
    expect(truncating, false, VJP_GRADE_TRUNCATING);
    expect(upwards, false, VJP_GRADE_BIASED);
    expect(wide, false, VJP_GRADE_ROUNDED_ONCE);
}

Test(grade, sums_of_known_order_on_terms_of_both_signs)
{
    expect(sequential, true, VJP_GRADE_SEQUENTIAL);
    expect(pairwise, true, VJP_GRADE_PAIRWISE);
    expect(truncating, true, VJP_GRADE_TRUNCATING);
    expect(upwards, true, VJP_GRADE_BIASED);
    expect(wide, true, VJP_GRADE_ROUNDED_ONCE);
}

static const struct vjp_fit flat = {.known = true, .slope = 0, .low = -0.1, .high = 0.1};

Test(grade, an_interval_on_both_sides_of_the_middle_says_nothing)
{
    const struct vjp_grade_evidence e = {
        .fit = {.known = true, .slope = 0.3, .low = 0.2, .high = 0.4}, .condition = 2};
    cr_expect_eq(vjp_grade_find(&e), VJP_GRADE_BETWEEN);
}

/* A slope of 0 is pairwise where all terms have one sign, sequential where they cancel. */
Test(grade, what_a_slope_says_depends_on_the_data)
{
    cr_expect_eq(vjp_grade_find(&(struct vjp_grade_evidence){.fit = flat, .condition = 2}),
                 VJP_GRADE_PAIRWISE);
    cr_expect_eq(vjp_grade_find(&(struct vjp_grade_evidence){.fit = flat, .condition = 60}),
                 VJP_GRADE_SEQUENTIAL);
}

Test(grade, without_a_slope_there_is_none)
{
    const struct vjp_grade_evidence e = {.condition = 2, .correct = NAN};
    cr_expect_eq(vjp_grade_find(&e), VJP_GRADE_UNKNOWN);
}

/* A significant bias that is small beside the scatter is no grade: elements are not quite independent. */
Test(grade, a_small_bias_is_none)
{
    const struct vjp_bias small = {.n = 100000, .mean = 0.1, .share = 0.01, .p = 1e-30};
    const struct vjp_grade_evidence e = {.fit = flat, .condition = 2, .toward_zero = small};
    cr_expect_eq(vjp_grade_find(&e), VJP_GRADE_PAIRWISE);
}
