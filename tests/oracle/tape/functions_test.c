/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Values and partial derivatives of the functions, and of the arithmetic with them, against MPFR's own
 * functions and their central differences at three times the precision, and against FLINT's power series.
 * Neither uses the tape. */
#include "oracle/tape/tape.h"

#include "tests/oracle/tape/record.h"
#include "tests/oracle/tape/witness.h"

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
    const int64_t node = apply(tape, o, argument[0], argument[1]);
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

/* exp(2^20 + 1) is above 2^(2^20), and what no enclosure holds is no less. */
Test(functions, exponentials_that_no_format_has)
{
    struct vjp_tape *tape = vjp_tape_create(128, ANY_SIDE);
    cr_expect(vjp_tape_is_huge(tape, vjp_tape_exp(tape, leaf(tape, 3e38))));
    cr_expect(vjp_tape_is_huge(tape, vjp_tape_exp(tape, leaf(tape, 0x1p20 + 1))));
    cr_expect_not(vjp_tape_is_huge(tape, vjp_tape_exp(tape, leaf(tape, 700))));
    cr_expect_not(vjp_tape_is_huge(tape, vjp_tape_exp(tape, leaf(tape, -3e38))));
    cr_expect_not(vjp_tape_is_huge(tape, vjp_tape_exp(tape, leaf(tape, INFINITY))));
    cr_expect_not(vjp_tape_is_huge(tape, leaf(tape, 3e38)));
    vjp_tape_destroy(tape);
}

Test(functions, values_and_partials_against_differences_and_series)
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

/* Infinities and NaN go through as IEEE 754 has them. */
Test(functions, special_values)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t zero = leaf(tape, 0), minus = leaf(tape, -1), up = leaf(tape, (double)INFINITY),
                  nan = leaf(tape, (double)NAN);
    const struct {
        int64_t node;
        enum vjp_real_kind kind;
    } table[] = {
        {vjp_tape_log(tape, minus), VJP_REAL_NAN},  {vjp_tape_log(tape, zero), VJP_REAL_NEG_INF},
        {vjp_tape_sqrt(tape, minus), VJP_REAL_NAN}, {vjp_tape_exp(tape, up), VJP_REAL_POS_INF},
        {vjp_tape_tanh(tape, nan), VJP_REAL_NAN},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(vjp_tape_value(tape, table[i].node)->kind, table[i].kind, "row %zu: %d", i,
                     (int)vjp_tape_value(tape, table[i].node)->kind);
    vjp_tape_destroy(tape);
}
