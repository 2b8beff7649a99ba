/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Against FLINT's balls, on points and intervals, every function by a formula of its own. */
#include "oracle/num/real.h"

#include "tests/oracle/num/functions.h"

/* Numbers over the range of the doubles, near 1, with few bits, and where exponentials are large or
 * small. */
static double random_argument(uint64_t *state, int i)
{
    switch (i % 5) {
    case 0:
        return random_number(state, 53, (int)random_between(state, -1074 + 52, 1023));
    case 1:
        return (double)random_between(state, -320, 320) / 8;
    case 2:
        return (double)random_between(state, -120000, 90000) / 100;
    default:
        return random_number(state, 53, (int)random_between(state, -6, 6));
    }
}

/* Bits enough for the ball of f(x) to keep apart from numbers of the given precision that it is not:
 * tanh(x) is x - x^3/3, and exp(x) is 1 + x. */
static slong witness_bits(mpfr_srcptr x, mpfr_prec_t precision)
{
    const mpfr_exp_t exponent = mpfr_zero_p(x) ? 0 : mpfr_get_exp(x);
    return 3 * precision + 200 + (exponent < 0 ? -2 * exponent : 0);
}

/* Whether end, the result's on that side, is a bound of f(x) and at most so many units, and the one of
 * rounding, from it. */
static bool is_bound(int f, int side, mpfr_srcptr end, mpfr_srcptr x)
{
    arb_t ball;
    arb_init(ball);
    ball_set(ball, x);
    table[f].ball(ball, ball, witness_bits(x, mpfr_get_prec(end)));
    bool holds = side < 0 ? ball_compare(ball, 1, end) >= 0 : ball_compare(ball, -1, end) <= 0;
    mpfr_t inside;
    mpfr_init2(inside, mpfr_get_prec(end));
    mpfr_set(inside, end, MPFR_RNDN);
    for (int i = 0; i <= table[f].units; i++) {
        if (side < 0)
            mpfr_nextabove(inside);
        else
            mpfr_nextbelow(inside);
    }
    holds &= side < 0 ? ball_compare(ball, -1, inside) < 0 : ball_compare(ball, 1, inside) > 0;
    mpfr_clear(inside);
    arb_clear(ball);
    return holds;
}

static bool is_enclosed(int f, const struct vjp_real *out, const struct vjp_real *a)
{
    const bool turned = table[f].decreasing;
    return out->kind == VJP_REAL_FINITE &&
           is_bound(f, -1, vjp_real_low(out), turned ? vjp_real_high(a) : vjp_real_low(a)) &&
           is_bound(f, 1, vjp_real_high(out), turned ? vjp_real_low(a) : vjp_real_high(a));
}

/* True where the function has its own answer for arguments that overflow MPFR's exponents. */
static bool overflows(int f, double x)
{
    return f == EXP && x > 7.4e8;
}

static void check_points(int f, int runs, mpfr_prec_t precision)
{
    struct tally t = {0};
    uint64_t state = (uint64_t)(f + 1);
    struct vjp_real a, out;
    vjp_real_init(&a, 53);
    vjp_real_init(&out, precision);
    for (int i = 0; i < runs; i++) {
        double x = random_argument(&state, i);
        if (table[f].positive)
            x = x == 0 ? 1 : fabs(x);
        set_double(&a, x);
        vjp_real_set_range(&out, 0, 1); /* overwritten, flag and all */
        table[f].own(&out, &a);
        if (overflows(f, x)) {
            check(&t, out.kind == VJP_REAL_UNKNOWN, "%s(%a) overflows", table[f].name, x);
            continue;
        }
        check(&t, is_enclosed(f, &out, &a) && !out.set, "%s(%a) at %ld bits", table[f].name, x,
              (long)precision);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&out);
    tally_assert(&t, runs);
}

/* From one unit wide, or from one number to another. */
static void check_intervals(int f, int runs, mpfr_prec_t precision)
{
    struct tally t = {0};
    uint64_t state = (uint64_t)(f + 101);
    struct vjp_real a, out;
    vjp_real_init(&a, precision);
    vjp_real_init(&out, precision);
    for (int i = 0; i < runs; i++) {
        double x = random_argument(&state, i), y = random_argument(&state, i);
        if (table[f].positive) {
            x = fabs(x) + 0x1p-500;
            y = fabs(y) + 0x1p-500;
        }
        if (overflows(f, fmax(x, y)) || x == y)
            continue;
        set_interval(&a, fmin(x, y), fmax(x, y));
        mpfr_mul_d(&a.ends->left, &a.ends->left, 1 + 0x1.23456789abcdep-7, MPFR_RNDD);
        mpfr_mul_d(&a.ends->right, &a.ends->right, 1 + 0x1.23456789abcdep-7, MPFR_RNDU);
        if (i % 3 == 0 && !mpfr_zero_p(&a.ends->left)) {
            mpfr_set(&a.ends->right, &a.ends->left, MPFR_RNDN);
            mpfr_nextabove(&a.ends->right);
        }
        table[f].own(&out, &a);
        check(&t, is_enclosed(f, &out, &a) && !out.point && !out.set, "%s[%a, %a], run %d",
              table[f].name, x, y, i);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&out);
    tally_assert(&t, runs / 2);
}

static void check_function(int f, int runs)
{
    check_points(f, runs, 53);
    check_points(f, runs, 256);
    check_points(f, runs / 4, FEW);
    check_points(f, runs / 100, 1000);
    check_intervals(f, runs, 256);
    check_intervals(f, runs / 4, FEW);
}

Test(function, sqrt)
{
    check_function(SQRT, 3000);
}

Test(function, rsqrt)
{
    check_function(RSQRT, 3000);
}

Test(function, exp)
{
    check_function(EXP, 2000);
}

Test(function, log)
{
    check_function(LOG, 2000);
}

Test(function, log1p)
{
    struct vjp_real a, out;
    uint64_t state = 1;
    vjp_real_init(&a, 53);
    vjp_real_init(&out, 256);
    for (int i = 0; i < 1000; i++) {
        const double x = fabs(random_argument(&state, i)) * (i % 7 == 0 ? -0x1p-11 : 1);
        if (x <= -1)
            continue;
        vjp_real_set_bits(&a, VJP_F64, vjp_bits_from_double(VJP_F64, x));
        vjp_real_log1p(&out, &a);
        cr_expect(is_enclosed(LOG1P, &out, &a), "log1p(%a)", x);
    }
    vjp_real_set_si(&a, -1);
    vjp_real_log1p(&out, &a);
    cr_expect_eq(out.kind, VJP_REAL_NEG_INF);
    vjp_real_set_si(&a, -2);
    vjp_real_log1p(&out, &a);
    cr_expect_eq(out.kind, VJP_REAL_NAN);
    vjp_real_set_range(&a, -2, 0);
    vjp_real_log1p(&out, &a);
    cr_expect_eq(out.kind, VJP_REAL_UNKNOWN);
    vjp_real_clear(&a);
    vjp_real_clear(&out);
}

Test(function, tanh)
{
    check_function(TANH, 2000);
}

Test(function, erf)
{
    check_function(ERF, 500);
}

Test(function, sigmoid)
{
    check_function(SIGMOID, 2000);
}

Test(function, softplus)
{
    check_function(SOFTPLUS, 2000);
}

Test(function, mpfi_has_the_same_ends)
{
    struct tally t = {0};
    uint64_t state = 9;
    struct vjp_real a, out;
    mpfi_t want;
    vjp_real_init(&a, 128);
    vjp_real_init(&out, 128);
    mpfi_init2(want, 128);
    for (int i = 0; i < 8000; i++) {
        const int f = (int)(next_random(&state) % FUNCTIONS);
        double x = random_number(&state, 53, (int)random_between(&state, -8, 8));
        double y = random_number(&state, 53, (int)random_between(&state, -8, 8));
        if (!table[f].mpfi)
            continue;
        if (table[f].positive) {
            x = fabs(x);
            y = fabs(y);
        }
        set_interval(&a, fmin(x, y), fmax(x, y));
        table[f].own(&out, &a);
        table[f].mpfi(want, a.ends);
        check(&t,
              mpfr_equal_p(&want->left, vjp_real_low(&out)) &&
                  mpfr_equal_p(&want->right, vjp_real_high(&out)),
              "%s[%a, %a]", table[f].name, x, y);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&out);
    mpfi_clear(want);
    tally_assert(&t, 3000);
}
