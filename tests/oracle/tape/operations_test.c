/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "tests/oracle/tape/record.h"
#include "tests/oracle/tape/witness.h"

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
    const int64_t zero = leaf(tape, 0), one = leaf(tape, 1), up = leaf(tape, (double)INFINITY);
    const struct {
        int64_t node;
        enum vjp_real_kind kind;
    } table[] = {
        {vjp_tape_div(tape, one, zero), VJP_REAL_POS_INF},
        {vjp_tape_div(tape, zero, zero), VJP_REAL_NAN},
        {vjp_tape_sub(tape, up, up), VJP_REAL_NAN},
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
        cr_expect_eq(apply(tape, o, VJP_NO_NODE, a), VJP_NO_NODE, "%s", o->name);
        cr_expect(o->one || o->two(tape, a, VJP_NO_NODE) == VJP_NO_NODE, "%s", o->name);
    }
    cr_expect_eq(vjp_tape_count(tape), count);
    vjp_tape_destroy(tape);
}
