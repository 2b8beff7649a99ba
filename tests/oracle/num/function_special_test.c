/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where a function has an answer of its own: exact values, special ones, the ends of domains and of the
 * exponent range, sets. */
#include "oracle/num/real.h"

#include "tests/oracle/num/functions.h"

/* The only points at which these have a dyadic value (but for roots): there it is a point. */
Test(function, exact_results_are_points)
{
    static const struct {
        int f;
        double x, y;
    } exact[] = {{SQRT, 0, 0},
                 {SQRT, 2.25, 1.5},
                 {SQRT, 0x1p-1074, 0x1p-537},
                 {RSQRT, 4, 0.5},
                 {RSQRT, 0x1p-1074, 0x1p537},
                 {EXP, 0, 1},
                 {LOG, 1, 0},
                 {TANH, 0, 0},
                 {ERF, 0, 0},
                 {SIGMOID, 0, 0.5}};
    struct tally t = {0};
    struct vjp_real a, out;
    vjp_real_init(&a, 53);
    vjp_real_init(&out, FEW);
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
        set_double(&a, exact[i].x);
        table[exact[i].f].own(&out, &a);
        check(&t, is_double(&out, exact[i].y), "%s(%a)", table[exact[i].f].name, exact[i].x);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&out);
    tally_assert(&t, 10);
}

/* At infinities, NaN and UNKNOWN, and below and at the end of the domain. */
Test(function, special_values_and_domains)
{
    static const double below[][2] = {{-2, -1}, {-1, 1}, {-1, 0}, {0, 1}};
    struct tally t = {0};
    struct vjp_real a, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&out, FEW);
    for (int f = 0; f < FUNCTIONS; f++) {
        const char *name = table[f].name;
        set_double(&a, -INFINITY);
        vjp_real_set_range(&out, 0, 1);
        table[f].own(&out, &a);
        check(&t, is_double(&out, table[f].at_minus_inf), "%s(-inf)", name);
        set_double(&a, INFINITY);
        table[f].own(&out, &a);
        check(&t, is_double(&out, table[f].at_plus_inf), "%s(inf)", name);
        set_double(&a, NAN);
        table[f].own(&out, &a);
        check(&t, is_double(&out, NAN), "%s(nan)", name);
        a.kind = VJP_REAL_UNKNOWN;
        table[f].own(&out, &a);
        check(&t, out.kind == VJP_REAL_UNKNOWN, "%s(unknown)", name);
        if (!table[f].positive)
            continue;
        set_double(&a, -0x1p-1074);
        table[f].own(&out, &a);
        check(&t, is_double(&out, NAN), "%s of a negative point", name);
        set_double(&a, 0);
        table[f].own(&out, &a);
        check(&t, is_double(&out, f == SQRT ? 0 : f == LOG ? -INFINITY : INFINITY), "%s(0)", name);
        for (int i = 0; i < 4; i++) {
            set_interval(&a, below[i][0], below[i][1]);
            table[f].own(&out, &a);
            const enum vjp_real_kind want = i == 0                ? VJP_REAL_NAN
                                            : i == 3 && f == SQRT ? VJP_REAL_FINITE
                                                                  : VJP_REAL_UNKNOWN;
            check(&t, out.kind == want && !out.set, "%s[%g, %g]", name, below[i][0], below[i][1]);
        }
    }
    vjp_real_clear(&a);
    vjp_real_clear(&out);
    tally_assert(&t, 4 * FUNCTIONS + 6 * 3);
}

/* What leaves MPFR's exponents, or comes within less than the last bit of a limit. */
Test(function, the_ends_of_the_exponent_range)
{
    static const double large[] = {0x1p40, 1e300, 0x1.fffffffffffffp1023};
    struct tally t = {0};
    struct vjp_real a, out, one, below_one, tiny;
    vjp_real_init(&a, 256);
    vjp_real_init(&out, 256);
    vjp_real_init(&one, 256);
    vjp_real_init(&below_one, 256);
    vjp_real_init(&tiny, 256);
    vjp_real_set_si(&one, 1);
    vjp_real_set_si(&below_one, 1);
    mpfr_nextbelow(&below_one.ends->left);
    mpfr_nextabove(&tiny.ends->left);
    for (int i = 0; i < 3; i++) {
        set_double(&a, large[i]);
        vjp_real_exp(&out, &a);
        check(&t, out.kind == VJP_REAL_UNKNOWN, "exp(%a)", large[i]);
        for (int f = TANH; f <= SIGMOID; f++) {
            table[f].own(&out, &a);
            check(&t,
                  mpfr_equal_p(vjp_real_low(&out), vjp_real_low(&below_one)) &&
                      mpfr_equal_p(vjp_real_high(&out), vjp_real_low(&one)) && !out.point,
                  "%s(%a)", table[f].name, large[i]);
        }
        vjp_real_softplus(&out, &a);
        mpfr_nextbelow(&out.ends->right);
        check(&t,
              mpfr_equal_p(vjp_real_low(&out), vjp_real_low(&a)) &&
                  mpfr_equal_p(&out.ends->right, vjp_real_low(&a)) && !out.point,
              "softplus(%a)", large[i]);
        set_double(&a, -large[i]);
        static const int vanishing[] = {EXP, SIGMOID, SOFTPLUS};
        for (int k = 0; k < 3; k++) {
            table[vanishing[k]].own(&out, &a);
            check(&t,
                  mpfr_zero_p(vjp_real_low(&out)) &&
                      mpfr_equal_p(vjp_real_high(&out), vjp_real_low(&tiny)) && !out.point,
                  "%s(%a)", table[vanishing[k]].name, -large[i]);
        }
        set_interval(&a, -large[i], large[i]);
        vjp_real_exp(&out, &a);
        check(&t, out.kind == VJP_REAL_UNKNOWN, "exp[%a, %a]", -large[i], large[i]);
        vjp_real_sigmoid(&out, &a);
        check(&t,
              mpfr_zero_p(vjp_real_low(&out)) &&
                  mpfr_equal_p(vjp_real_high(&out), vjp_real_low(&one)),
              "sigmoid[%a, %a]", -large[i], large[i]);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&out);
    vjp_real_clear(&one);
    vjp_real_clear(&below_one);
    vjp_real_clear(&tiny);
    tally_assert(&t, 3 * 10);
}

/* out may be the argument, and a set's image is a set with the ends of an enclosure's. */
Test(function, aliasing_and_sets)
{
    struct tally t = {0};
    struct vjp_real a, want, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&want, FEW);
    vjp_real_init(&out, FEW);
    for (int n = 0; n < FUNCTIONS * SORTS; n++) {
        const int f = n % FUNCTIONS;
        set_sort(&a, n / FUNCTIONS);
        table[f].own(&want, &a);
        set_sort(&out, n / FUNCTIONS);
        table[f].own(&out, &out);
        check(&t, vjp_real_is_identical(&out, &want), "%s of sort %d", table[f].name,
              n / FUNCTIONS);
    }
    for (int f = 0; f < FUNCTIONS; f++) {
        set_interval(&a, 1, 3);
        table[f].own(&want, &a);
        check(&t, !want.set, "%s[1, 3] is no set", table[f].name);
        vjp_real_set_range(&a, 1, 3);
        table[f].own(&out, &a);
        check(&t, out.set && !out.point, "%s{1 .. 3}", table[f].name);
        out.set = false;
        check(&t, vjp_real_is_identical(&out, &want), "%s{1 .. 3}: the hull", table[f].name);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&want);
    vjp_real_clear(&out);
    tally_assert(&t, FUNCTIONS * SORTS + 3 * FUNCTIONS);
}
