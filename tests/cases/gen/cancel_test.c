/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cases/lines.h"

#include <math.h>
#include <mpfr.h>
#include <stdio.h>

/* Every product of two doubles has 106 bits, and exponents differ by less than 1000 here: exact. */
#define BITS 2400

/* 2 sum |a_k b_k| / |sum a_k b_k|, from exact sums; 0 where there are no terms. */
static double condition(const struct vjp_data *data, int slot_a, int64_t a, int64_t step_a,
                        int slot_b, int64_t b, int64_t step_b, int64_t terms)
{
    mpfr_t sum, magnitude, product;
    mpfr_inits2(BITS, sum, magnitude, product, (mpfr_ptr)0);
    mpfr_set_zero(sum, 1);
    mpfr_set_zero(magnitude, 1);
    for (int64_t k = 0; k < terms; k++) {
        mpfr_set_d(product, element(data, slot_a, a + k * step_a), MPFR_RNDN);
        mpfr_mul_d(product, product, element(data, slot_b, b + k * step_b), MPFR_RNDN);
        mpfr_add(sum, sum, product, MPFR_RNDN);
        mpfr_abs(product, product, MPFR_RNDN);
        mpfr_add(magnitude, magnitude, product, MPFR_RNDN);
    }
    double result = 0;
    if (!mpfr_zero_p(magnitude)) {
        mpfr_div(magnitude, magnitude, sum, MPFR_RNDN);
        result = 2 * fabs(mpfr_get_d(magnitude, MPFR_RNDN));
    }
    mpfr_clears(sum, magnitude, product, (mpfr_ptr)0);
    return result;
}

static double worst_dx(const struct vjp_case *c, const struct vjp_data *data, int64_t n, int64_t d)
{
    return condition(data, DY, n * c->dim[2], 1, W, d * c->dim[2], 1, c->dim[2]);
}

static double worst_dw(const struct vjp_case *c, const struct vjp_data *data, int64_t d, int64_t m)
{
    return condition(data, X, d, c->dim[1], DY, m, c->dim[2], c->dim[0]);
}

/* The largest condition number on each line of the filled slot lies in [low, high]. */
static void expect_condition(const char *line, int slot, double low, double high)
{
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    const int64_t lines = slot == DY ? c.dim[0] : c.dim[1];
    const int64_t others = slot == X ? c.dim[2] : slot == W ? c.dim[0] : c.dim[1];
    for (int64_t i = 0; i < lines; i++) {
        double worst = 0;
        for (int64_t j = 0; j < others; j++) {
            const double found = slot == X   ? worst_dw(&c, &data, i, j)
                                 : slot == W ? worst_dx(&c, &data, j, i)
                                             : worst_dx(&c, &data, i, j);
            worst = fmax(worst, found);
        }
        cr_expect(worst >= low && worst <= high, "%s\n  line %lld: %g", line, (long long)i, worst);
    }
    vjp_case_clear(&c);
    vjp_data_clear(&data);
}

/* The first term and the one that cancels it are at least 2^top each and the result is below
 * 2^(top - b + 1), so the condition number is at least 2^(b+1), which is above the parameter; half
 * of it leaves room for the last rounding. At most n terms of 2^(top + 1) and a result of 2^(top - b)
 * give 4 n 2^b. */
#define LOW  0.5
#define HIGH 256

Test(cancel, the_condition_number_is_about_the_parameter)
{
    static const struct {
        const char *dtype, *cond;
        double value;
        int terms;
    } rows[] = {{"f64", "1e8", 1e8, 16},   {"f64", "1e4", 1e4, 33}, {"f64", "1e16", 1e16, 20},
                {"f64", "1e30", 1e30, 32}, {"f32", "1e8", 1e8, 20}, {"f32", "1e12", 1e12, 33},
                {"f32", "1e4", 1e4, 9},    {"f16", "1e3", 1e3, 20}, {"f16", "1e6", 1e6, 20},
                {"f16", "1e8", 1e8, 40},   {"bf16", "1e4", 1e4, 24}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        char line[256];
        snprintf(line, sizeof line, "linear dtype=%s N=3 D=4 M=%d dy=cancel:%s seed=%zu",
                 rows[r].dtype, rows[r].terms, rows[r].cond, r);
        expect_condition(line, DY, LOW * rows[r].value, HIGH * rows[r].value);
        snprintf(line, sizeof line, "linear dtype=%s N=3 D=4 M=%d w=cancel:%s seed=%zu",
                 rows[r].dtype, rows[r].terms, rows[r].cond, r);
        expect_condition(line, W, LOW * rows[r].value, HIGH * rows[r].value);
        snprintf(line, sizeof line, "linear dtype=%s N=%d D=4 M=3 x=cancel:%s seed=%zu",
                 rows[r].dtype, rows[r].terms, rows[r].cond, r);
        expect_condition(line, X, LOW * rows[r].value, HIGH * rows[r].value);
    }
}

/* Element (n, m) of x w, of a pipeline that begins with linear: x is slot 0 and w slot 1. */
static double worst_output(const struct vjp_case *c, const struct vjp_data *data, int64_t n,
                           int64_t m)
{
    return condition(data, 0, n * c->dim[1], 1, 1, m, c->dim[2], c->dim[1]);
}

/* sum |x_nd w_dm|, to one part in 10^13. */
static double magnitude(const struct vjp_case *c, const struct vjp_data *data, int64_t n, int64_t m)
{
    double sum = 0;
    for (int64_t d = 0; d < c->dim[1]; d++)
        sum += fabs(element(data, 0, n * c->dim[1] + d) * element(data, 1, d * c->dim[2] + m));
    return sum;
}

/* On each line of w, or of x, one element of x w nearly vanishes, and no term of it is large. Of n terms
 * the first half are below 4 each, the one that cancels them is below their sum and 4, the others are
 * below 8: less than 8 n + 4 together. */
Test(cancel, in_a_pipeline_it_is_the_first_output_that_nearly_vanishes)
{
    static const struct {
        const char *line;
        double value;
    } rows[] = {{"linear | relu dtype=f64 1.N=5 1.D=20 1.M=4 1.w=cancel:1e17 seed=1", 1e17},
                {"linear | relu dtype=f64 1.N=5 1.D=20 1.M=4 1.x=cancel:1e17 seed=2", 1e17},
                {"linear | relu dtype=f32 1.N=5 1.D=9 1.M=4 1.w=cancel:1e8 seed=3", 1e8},
                {"linear | relu dtype=f32 1.N=5 1.D=9 1.M=4 1.x=cancel seed=4", 1e8},
                {"linear | relu dtype=bf16 1.N=5 1.D=24 1.M=4 1.w=cancel:1e4 seed=5", 1e4}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct vjp_case c = parse_case(rows[r].line);
        struct vjp_data data = generate_line(rows[r].line);
        const bool of_w = strstr(rows[r].line, "w=cancel") != NULL;
        for (int64_t i = 0; i < (of_w ? c.dim[2] : c.dim[0]); i++) {
            double worst = 0, terms = 0;
            for (int64_t j = 0; j < (of_w ? c.dim[0] : c.dim[2]); j++) {
                const int64_t n = of_w ? j : i, m = of_w ? i : j;
                if (worst_output(&c, &data, n, m) > worst) {
                    worst = worst_output(&c, &data, n, m);
                    terms = magnitude(&c, &data, n, m);
                }
            }
            cr_expect(worst >= LOW * rows[r].value && worst <= HIGH * rows[r].value,
                      "%s\n  line %d: %g", rows[r].line, (int)i, worst);
            cr_expect_lt(terms, 8 * (double)c.dim[1] + 4, "%s\n  line %d: %g", rows[r].line, (int)i,
                         terms);
        }
        vjp_data_clear(&data);
        vjp_case_clear(&c);
    }
}

Test(cancel, ordinary_data_are_not_ill_conditioned)
{
    expect_condition("linear dtype=f64 N=3 D=4 M=16", DY, 1, 1e3);
    expect_condition("linear dtype=f64 N=3 D=4 M=16 dy=cancel:1", DY, 1, 1e3);
}

Test(cancel, where_two_terms_meet_the_values_are_normal)
{
    struct vjp_data data = generate_line("linear dtype=f64 N=3 D=4 M=2 dy=cancel:1e16 seed=1");
    struct vjp_data normal = generate_line("linear dtype=f64 N=3 D=4 M=2 dy=normal seed=1");
    for (int i = 0; i < 6; i++)
        cr_expect_eq(element(&data, DY, i), element(&normal, DY, i));
    vjp_data_clear(&data);
    vjp_data_clear(&normal);
    data = generate_line("linear dtype=f64 N=1 D=1 M=3 w=[0,1,2] dy=cancel:1e16 seed=1");
    normal = generate_line("linear dtype=f64 N=1 D=1 M=3 dy=normal seed=1");
    for (int i = 0; i < 3; i++)
        cr_expect_eq(element(&data, DY, i), element(&normal, DY, i));
    vjp_data_clear(&data);
    vjp_data_clear(&normal);
    data = generate_line("linear dtype=f64 N=3 D=0 M=9 dy=cancel seed=1");
    cr_expect_neq(element(&data, DY, 0), 0);
    vjp_data_clear(&data);
}

Test(cancel, the_values_of_the_partner_do_not_change)
{
    struct vjp_data data = generate_line("linear dtype=f32 N=3 D=4 M=9 dy=cancel seed=1");
    struct vjp_data normal = generate_line("linear dtype=f32 N=3 D=4 M=9 dy=normal seed=1");
    for (int i = 0; i < 36; i++)
        cr_expect_eq(element(&data, W, i), element(&normal, W, i));
    for (int i = 0; i < 12; i++)
        cr_expect_eq(element(&data, X, i), element(&normal, X, i));
    vjp_data_clear(&data);
    vjp_data_clear(&normal);
}

/* x aims at dy, which aims at w: all of them are ill-conditioned. */
Test(cancel, chains_of_partners_are_filled_in_their_order)
{
    static const char line[] = "linear dtype=f64 N=16 D=4 M=17 x=cancel:1e10 dy=cancel:1e10 seed=1";
    expect_condition(line, X, LOW * 1e10, HIGH * 1e10);
    expect_condition(line, DY, LOW * 1e10, HIGH * 1e10);
}

/* w and dy aim at each other: w is normal, and dy cancels against it. */
Test(cancel, a_circle_is_broken_at_one_slot)
{
    static const char line[] =
        "linear dtype=f64 N=16 D=4 M=17 x=cancel:1e10 w=cancel:1e10 dy=cancel:1e10 seed=1";
    struct vjp_data data = generate_line(line);
    struct vjp_data normal = generate_line("linear dtype=f64 N=16 D=4 M=17 w=normal seed=1");
    for (int i = 0; i < 68; i++)
        cr_expect_eq(element(&data, W, i), element(&normal, W, i));
    expect_condition(line, DY, LOW * 1e10, HIGH * 1e10);
    expect_condition(line, X, LOW * 1e10, HIGH * 1e10);
    vjp_data_clear(&data);
    vjp_data_clear(&normal);
}

/* Zeros, NaN and infinities of the partner are left out; the format's range is not left. */
Test(cancel, values_stay_finite_whatever_the_partner_holds)
{
    static const char *const lines[] = {
        "linear dtype=f16 N=30 D=3 M=2 x=cancel:1e30 dy=wide:14 seed=1",
        "linear dtype=f32 N=30 D=3 M=2 x=cancel:1e30 dy=subnormal seed=1",
        "linear dtype=f64 N=30 D=3 M=2 x=cancel:1e30 dy=wide:1022 seed=1",
        "linear dtype=f32 N=30 D=3 M=2 x=cancel dy=special:0.3 seed=1",
        "linear dtype=f32 N=30 D=3 M=2 x=cancel dy=special:1 seed=1",
        "linear dtype=f32 N=30 D=3 M=2 x=cancel dy=zeros:0.95 seed=1",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct vjp_data data = generate_line(lines[i]);
        int nonzero = 0;
        for (int k = 0; k < 90; k++) {
            cr_expect(isfinite(element(&data, X, k)), "%s: %g", lines[i], element(&data, X, k));
            nonzero += element(&data, X, k) != 0;
        }
        cr_expect_gt(nonzero, 20, "%s", lines[i]);
        vjp_data_clear(&data);
    }
}

Test(cancel, zeros_of_the_partner_meet_normal_values)
{
    static const char line[] = "linear dtype=f32 N=30 D=3 M=1 x=cancel dy=zeros:0.3 seed=1";
    struct vjp_data data = generate_line(line);
    for (int n = 0; n < 30; n++) {
        for (int d = 0; d < 3 && element(&data, DY, n) == 0; d++)
            cr_expect_lt(fabs(element(&data, X, 3 * n + d)), 16);
    }
    expect_condition(line, X, LOW * 1e8, HIGH * 1e8);
    vjp_data_clear(&data);
}

/* Gradient element (d, m) of largest sum of magnitudes. */
static double largest_dw(const struct vjp_data *data, int n_size)
{
    double largest = 0;
    for (int d = 0; d < 3; d++) {
        for (int m = 0; m < 40; m++) {
            double sum = 0;
            for (int n = 0; n < n_size; n++)
                sum += fabs(element(data, X, 3 * n + d) * element(data, DY, 40 * n + m));
            largest = fmax(largest, sum);
        }
    }
    return largest;
}

/* The sums over the other lines of the partner stay finite as well. */
Test(cancel, no_gradient_overflows)
{
    static const char *const dtypes[] = {"f16", "bf16", "f32", "f64"};
    static const double max[] = {65504, 0x1.fep127, 0x1.fffffep127, 0x1.fffffffffffffp1023};
    for (int t = 0; t < 4; t++) {
        for (int seed = 0; seed < 40; seed++) {
            char line[256];
            const int n = seed % 4 == 0 ? 100 : 5;
            snprintf(line, sizeof line, "linear dtype=%s N=%d D=3 M=40 x=cancel dy=%s seed=%d",
                     dtypes[t], n, seed % 4 == 0 ? "normal" : "wide:4", seed);
            struct vjp_data data = generate_line(line);
            cr_expect_lt(largest_dw(&data, n), max[t], "%s", line);
            vjp_data_clear(&data);
        }
    }
}
