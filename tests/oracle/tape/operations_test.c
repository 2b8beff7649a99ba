/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every operation of one or two arguments: its value and its partial derivatives against MPFR's own
 * functions and their central differences at three times the precision, and against FLINT's power
 * series. Neither uses the tape. */
#include "oracle/tape/tape.h"

#include "tests/oracle/tape/record.h"
#include "tests/oracle/tape/witness.h"

static int64_t record(struct vjp_tape *tape, const struct operation *o, int64_t a, int64_t b)
{
    return o->one ? o->one(tape, a) : o->two(tape, a, b);
}

/* out = (f(x + h) - f(x - h)) / 2h in argument k, h = 2^-PRECISION: its error is h^2 f'''/6, and what
 * WITNESS bits lose in the difference, 2^-WITNESS |f| / h: both near 2^-256. */
static void difference(mpfr_t out, const struct operation *o, const double x[2], int k)
{
    mpfr_t at[2], high;
    mpfr_inits2(WITNESS, at[0], at[1], high, (mpfr_ptr)0);
    for (int side = 1; side >= -1; side -= 2) {
        for (int i = 0; i < 2; i++) {
            mpfr_set_si_2exp(at[i], i == k ? side : 0, -PRECISION, MPFR_RNDN);
            mpfr_add_d(at[i], at[i], x[i], MPFR_RNDN); /* exact */
        }
        o->value(side > 0 ? high : out, at[0], at[1]);
    }
    mpfr_sub(out, high, out, MPFR_RNDN);
    mpfr_mul_2si(out, out, PRECISION - 1, MPFR_RNDN);
    mpfr_clears(at[0], at[1], high, (mpfr_ptr)0);
}

/* 2^-110 of the larger of |x| and 2^-14: what 128 bits lose in a few operations, twice over. Nearer to
 * zero 1 - y y and 1 - y lose more. */
static void set_tolerance(mpfr_t tolerance, mpfr_srcptr x)
{
    mpfr_abs(tolerance, x, MPFR_RNDU);
    if (mpfr_cmp_d(tolerance, 0x1p-14) < 0)
        mpfr_set_d(tolerance, 0x1p-14, MPFR_RNDU);
    mpfr_mul_2si(tolerance, tolerance, -110, MPFR_RNDU);
}

/* FLINT's ball for the derivative and the enclosure have numbers in common. */
static bool meets_series(const struct operation *o, double x, const struct vjp_real *d)
{
    arb_poly_t a, f;
    arb_t number;
    arb_poly_init(a);
    arb_poly_init(f);
    arb_init(number);
    arb_set_d(number, x);
    arb_poly_set_coeff_arb(a, 0, number);
    arb_poly_set_coeff_si(a, 1, 1);
    o->series(f, a);
    arb_poly_get_coeff_arb(number, f, 1);
    const bool meets = d->kind == VJP_REAL_FINITE && arb_rel_accuracy_bits(number) > 200 &&
                       ball_meets(number, vjp_real_low(d), vjp_real_high(d));
    arb_clear(number);
    arb_poly_clear(a);
    arb_poly_clear(f);
    return meets;
}

static void check_operation(struct tally *t, const struct operation *o, const double x[2])
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t argument[2] = {leaf(tape, x[0]), leaf(tape, x[1])};
    const int64_t node = record(tape, o, argument[0], argument[1]);
    mpfr_t want, tolerance, in[2];
    struct vjp_real d;
    mpfr_inits2(WITNESS, want, tolerance, in[0], in[1], (mpfr_ptr)0);
    vjp_real_init(&d, PRECISION);
    mpfr_set_d(in[0], x[0], MPFR_RNDN);
    mpfr_set_d(in[1], x[1], MPFR_RNDN);
    o->value(want, in[0], in[1]);
    set_tolerance(tolerance, want);
    check(t, holds(vjp_tape_value(tape, node), want, tolerance), "%s(%a, %a)", o->name, x[0], x[1]);
    for (int k = 0; k < (o->one ? 1 : 2); k++) {
        difference(want, o, x, k);
        set_tolerance(tolerance, want);
        check(t, derivative(tape, node, argument[k], &d) && holds(&d, want, tolerance),
              "%s(%a, %a): the partial derivative %d is not %g", o->name, x[0], x[1], k,
              mpfr_get_d(want, MPFR_RNDN));
        check(t, !o->series || meets_series(o, x[0], &d), "%s(%a): FLINT's derivative differs",
              o->name, x[0]);
    }
    vjp_real_clear(&d);
    mpfr_clears(want, tolerance, in[0], in[1], (mpfr_ptr)0);
    vjp_tape_destroy(tape);
}

Test(operations, values_and_partials_against_differences_and_series)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int i = 0; i < OPERATIONS; i++) {
        for (int run = 0; run < 25; run++) {
            double x[2] = {random_number(&state, 53, (int)random_between(&state, -6, 2)),
                           random_number(&state, 53, (int)random_between(&state, -2, 2))};
            if (operations[i].positive)
                x[0] = fabs(x[0]);
            check_operation(&t, &operations[i], x);
        }
    }
    tally_assert(&t, 25 * 3 * OPERATIONS);
}

/* The same argument twice: d(a a)/da = 2 a, d(a / a) = 0, d(a - a) = 0. */
Test(operations, an_argument_used_twice)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    const int64_t a = leaf(tape, 3);
    cr_assert(derivative(tape, vjp_tape_mul(tape, a, a), a, &d));
    cr_expect(is_number(&d, 6));
    cr_assert(derivative(tape, vjp_tape_add(tape, a, a), a, &d));
    cr_expect(is_number(&d, 2));
    cr_assert(derivative(tape, vjp_tape_sub(tape, a, a), a, &d));
    cr_expect(is_number(&d, 0));
    cr_assert(derivative(tape, vjp_tape_div(tape, a, a), a, &d));
    cr_expect(mpfr_sgn(vjp_real_low(&d)) <= 0 && mpfr_sgn(vjp_real_high(&d)) >= 0);
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

/* Constants, as they are and in operations; by none of them does one differentiate. */
Test(operations, constants)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    struct vjp_real d;
    mpfr_t pi;
    vjp_real_init(&d, PRECISION);
    mpfr_init2(pi, WITNESS);
    mpfr_const_pi(pi, MPFR_RNDN);
    const int64_t a = leaf(tape, 3), two = vjp_tape_constant(tape, 2);
    const int64_t half = vjp_tape_ratio(tape, 1, 2), third = vjp_tape_ratio(tape, -1, 3);
    const int64_t number = vjp_tape_number(tape, 0.1), circle = vjp_tape_pi(tape);
    cr_expect(is_number(vjp_tape_value(tape, two), 2));
    cr_expect(is_number(vjp_tape_value(tape, half), .5));
    cr_expect(is_number(vjp_tape_value(tape, number), 0.1), "a number is exact");
    const struct vjp_real *value = vjp_tape_value(tape, third);
    cr_expect_not(value->point);
    cr_expect(
        mpfr_cmp_d(vjp_real_low(value), -1.0 / 3) * mpfr_cmp_d(vjp_real_high(value), -1.0 / 3) > 0);
    mpfr_mul_si(pi, pi, 1, MPFR_RNDN);
    value = vjp_tape_value(tape, circle);
    cr_expect(mpfr_less_p(vjp_real_low(value), pi) && mpfr_less_p(pi, vjp_real_high(value)));
    cr_assert(derivative(tape, vjp_tape_mul(tape, a, two), a, &d));
    cr_expect(is_number(&d, 2));
    cr_assert(derivative(tape, vjp_tape_div(tape, two, a), a, &d));
    mpfr_set_d(pi, 9, MPFR_RNDN);
    mpfr_ui_div(pi, 2, pi, MPFR_RNDN);
    mpfr_neg(pi, pi, MPFR_RNDN);
    cr_expect(mpfr_lessequal_p(vjp_real_low(&d), pi) && mpfr_lessequal_p(pi, vjp_real_high(&d)));
    cr_expect_not(vjp_tape_is_leaf(tape, two));
    mpfr_clear(pi);
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

/* Which constants a kernel has to round, and which operations are exact. */
Test(operations, what_rounds)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 3), b = leaf(tape, .7);
    const struct {
        int64_t node;
        enum vjp_rounding rounding;
    } table[] = {
        {a, VJP_ROUNDING_NONE},
        {vjp_tape_constant(tape, 255), VJP_ROUNDING_NONE},
        {vjp_tape_constant(tape, 257), VJP_ROUNDING_BASIC},
        {vjp_tape_number(tape, 0.1), VJP_ROUNDING_BASIC},
        {vjp_tape_ratio(tape, 1, 3), VJP_ROUNDING_BASIC},
        {vjp_tape_pi(tape), VJP_ROUNDING_BASIC},
        {vjp_tape_add(tape, a, b), VJP_ROUNDING_BASIC},
        {vjp_tape_sub(tape, a, b), VJP_ROUNDING_BASIC},
        {vjp_tape_mul(tape, a, b), VJP_ROUNDING_BASIC},
        {vjp_tape_div(tape, a, b), VJP_ROUNDING_BASIC},
        {vjp_tape_neg(tape, a), VJP_ROUNDING_NONE},
        {vjp_tape_sqrt(tape, a), VJP_ROUNDING_BASIC},
        {vjp_tape_exp(tape, a), VJP_ROUNDING_ELEMENTARY},
        {vjp_tape_relu(tape, a), VJP_ROUNDING_NONE},
        {vjp_tape_mul(tape, a, vjp_tape_constant(tape, -1)), VJP_ROUNDING_NONE},
        {vjp_tape_mul(tape, vjp_tape_constant(tape, 0), a), VJP_ROUNDING_NONE},
        {vjp_tape_mul(tape, a, vjp_tape_ratio(tape, 1, 4)), VJP_ROUNDING_SCALE},
        {vjp_tape_mul(tape, vjp_tape_constant(tape, 2), a), VJP_ROUNDING_SCALE},
        {vjp_tape_mul(tape, a, vjp_tape_constant(tape, 3)), VJP_ROUNDING_BASIC},
        {vjp_tape_mul(tape, leaf(tape, 2), a), VJP_ROUNDING_BASIC},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_tape_rounding(tape, table[i].node), table[i].rounding, "row %zu: %d", i,
                     (int)vjp_tape_rounding(tape, table[i].node));
    vjp_tape_destroy(tape);
}

/* What is computed twice is one node; what the memo does not cover is not. */
Test(operations, the_same_again_is_the_same_node)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 3), b = leaf(tape, 4);
    for (int i = 0; i < OPERATIONS; i++) {
        const struct operation *o = &operations[i];
        if (o->one) {
            const int64_t first = o->one(tape, a);
            cr_expect_eq(o->one(tape, a), first, "%s", o->name);
            cr_expect_neq(o->one(tape, b), first, "%s", o->name);
        }
    }
    const int64_t difference = vjp_tape_sub(tape, a, b);
    cr_expect_eq(vjp_tape_sub(tape, a, b), difference);
    cr_expect_neq(vjp_tape_sub(tape, b, a), difference);
    cr_expect_eq(vjp_tape_exp(tape, vjp_tape_sub(tape, a, b)), vjp_tape_exp(tape, difference));
    vjp_tape_destroy(tape);
}

/* relu(0) and |0| under every convention. */
Test(operations, kinks_at_zero)
{
    static const struct {
        enum vjp_point_kink point;
        double relu, abs;
    } table[] = {{VJP_POINT_LOWER, 0, -1}, {VJP_POINT_UPPER, 1, 1}, {VJP_POINT_MIDDLE, .5, 0}};
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    for (size_t i = 0; i < 3; i++) {
        struct vjp_tape *tape =
            vjp_tape_create(PRECISION, (struct vjp_kinks){.point = table[i].point});
        const int64_t zero = leaf(tape, i == 0 ? -0.0 : 0.0);
        const int64_t relu = vjp_tape_relu(tape, zero), size = vjp_tape_abs(tape, zero);
        cr_assert(derivative(tape, relu, zero, &d));
        cr_expect(is_number(&d, table[i].relu), "relu, row %zu", i);
        cr_assert(derivative(tape, size, zero, &d));
        cr_expect(is_number(&d, table[i].abs), "abs, row %zu", i);
        cr_expect(vjp_tape_on_kink(tape));
        vjp_tape_destroy(tape);
    }
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t zero = leaf(tape, 0), one = leaf(tape, 1);
    cr_assert(derivative(tape, vjp_tape_relu(tape, one), one, &d));
    cr_expect(is_number(&d, 1));
    cr_expect_not(vjp_tape_on_kink(tape), "not at 1");
    cr_assert(derivative(tape, vjp_tape_relu(tape, zero), zero, &d));
    cr_expect(is_set(&d, 0, 1));
    cr_assert(derivative(tape, vjp_tape_abs(tape, zero), zero, &d));
    cr_expect(is_set(&d, -1, 1));
    cr_expect(vjp_tape_on_kink(tape));
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

/* At infinities a kink has the slope of its side, at NaN none that is known. */
Test(operations, kinks_of_special_values)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    const int64_t up = leaf(tape, (double)INFINITY), down = leaf(tape, -(double)INFINITY),
                  nan = leaf(tape, (double)NAN);
    cr_assert(derivative(tape, vjp_tape_relu(tape, up), up, &d));
    cr_expect(is_number(&d, 1));
    cr_assert(derivative(tape, vjp_tape_relu(tape, down), down, &d));
    cr_expect(is_number(&d, 0));
    cr_assert(derivative(tape, vjp_tape_abs(tape, down), down, &d));
    cr_expect(is_number(&d, -1));
    cr_assert(derivative(tape, vjp_tape_relu(tape, nan), nan, &d));
    cr_expect_eq(d.kind, VJP_REAL_UNKNOWN);
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

/* (1 + 2^-52)^4 - 1 - 2^-50 - 6 2^-104 - ... is 2^-208: its sign needs more bits than 128. Until they
 * are there the slope is an interval, but no set of right answers; then it is 1. */
Test(operations, a_sign_that_needs_more_precision)
{
    struct vjp_real d;
    for (int precision = PRECISION; precision <= 512; precision += 384) {
        struct vjp_tape *tape =
            vjp_tape_create(precision, (struct vjp_kinks){.point = VJP_POINT_LOWER});
        const int64_t a = leaf(tape, 0x1.0000000000001p0);
        const int64_t square = vjp_tape_mul(tape, a, a);
        int64_t rest = vjp_tape_mul(tape, square, square);
        static const double terms[] = {-1, -0x1p-50, -0x6p-104, -0x1p-154};
        for (int i = 0; i < 4; i++)
            rest = vjp_tape_add(tape, rest, vjp_tape_number(tape, terms[i]));
        vjp_real_init(&d, precision);
        cr_assert(derivative(tape, vjp_tape_relu(tape, rest), rest, &d));
        if (precision == PRECISION)
            cr_expect(!d.point && !d.set && mpfr_cmp_ui(vjp_real_high(&d), 1) == 0 &&
                      mpfr_zero_p(vjp_real_low(&d)));
        else
            cr_expect(is_number(&d, 1));
        cr_expect_not(vjp_tape_on_kink(tape), "undecided is not on a kink");
        const struct vjp_kink *kinks;
        cr_assert_eq(vjp_tape_kinks(tape, &kinks), 1);
        cr_expect(kinks[0].margin == rest && kinks[0].other == VJP_NO_NODE && kinks[0].width == 1);
        vjp_real_clear(&d);
        vjp_tape_destroy(tape);
    }
}

/* Sums, and products of two given numbers, are plain; what needs a rounded factor is not. */
Test(operations, what_is_plain)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 3), b = leaf(tape, 4);
    const int64_t product = vjp_tape_mul(tape, a, b), sum = vjp_tape_add(tape, a, b);
    const struct {
        int64_t node;
        bool plain;
    } table[] = {
        {a, true},
        {sum, true},
        {product, true},
        {vjp_tape_neg(tape, product), true},
        {vjp_tape_add(tape, product, a), true},
        {vjp_tape_mul(tape, sum, vjp_tape_constant(tape, 3)), true},
        {vjp_tape_mul(tape, a, vjp_tape_number(tape, 0.1)), false},
        {vjp_tape_mul(tape, product, vjp_tape_constant(tape, 3)), false},
        {vjp_tape_mul(tape, sum, a), false},
        {vjp_tape_mul(tape, product, a), false},
        {vjp_tape_div(tape, a, b), false},
        {vjp_tape_exp(tape, a), false},
        {vjp_tape_relu(tape, a), true},
        {vjp_tape_relu(tape, sum), false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_tape_is_plain(tape, table[i].node), table[i].plain, "row %zu", i);
    vjp_tape_destroy(tape);
}

/* Infinities and NaN go through as IEEE 754 has them. */
Test(operations, special_values)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t zero = leaf(tape, 0), one = leaf(tape, 1), minus = leaf(tape, -1),
                  up = leaf(tape, (double)INFINITY), nan = leaf(tape, (double)NAN);
    const struct {
        int64_t node;
        enum vjp_real_kind kind;
    } table[] = {
        {vjp_tape_div(tape, one, zero), VJP_REAL_POS_INF},
        {vjp_tape_div(tape, zero, zero), VJP_REAL_NAN},
        {vjp_tape_sub(tape, up, up), VJP_REAL_NAN},
        {vjp_tape_log(tape, minus), VJP_REAL_NAN},
        {vjp_tape_log(tape, zero), VJP_REAL_NEG_INF},
        {vjp_tape_sqrt(tape, minus), VJP_REAL_NAN},
        {vjp_tape_exp(tape, up), VJP_REAL_POS_INF},
        {vjp_tape_tanh(tape, nan), VJP_REAL_NAN},
        {vjp_tape_relu(tape, nan), VJP_REAL_NAN},
        {vjp_tape_abs(tape, up), VJP_REAL_POS_INF},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_tape_value(tape, table[i].node)->kind, table[i].kind, "row %zu: %d", i,
                     (int)vjp_tape_value(tape, table[i].node)->kind);
    vjp_tape_destroy(tape);
}

/* What memory did not suffice for is passed on. */
Test(operations, take_the_node_that_was_not_recorded)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 1), count = vjp_tape_count(tape);
    for (int i = 0; i < OPERATIONS; i++) {
        const struct operation *o = &operations[i];
        cr_expect_eq(record(tape, o, VJP_NO_NODE, a), VJP_NO_NODE, "%s", o->name);
        cr_expect(o->one || o->two(tape, a, VJP_NO_NODE) == VJP_NO_NODE, "%s", o->name);
    }
    cr_expect_eq(vjp_tape_count(tape), count);
    vjp_tape_destroy(tape);
}
