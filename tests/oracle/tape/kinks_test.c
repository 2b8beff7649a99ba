/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "tests/oracle/tape/record.h"

#define PRECISION 128

/* relu(0) and |0| under every convention. */
Test(kinks, at_zero)
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
Test(kinks, of_special_values)
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
    cr_expect_eq(vjp_tape_value(tape, vjp_tape_relu(tape, nan))->kind, VJP_REAL_NAN);
    cr_expect_eq(vjp_tape_value(tape, vjp_tape_abs(tape, up))->kind, VJP_REAL_POS_INF);
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

/* (1 + 2^-52)^4 - 1 - 2^-50 - 6 2^-104 - ... is 2^-208: its sign needs more bits than 128. Until they
 * are there the slope is an interval, but no set of right answers; then it is 1. */
Test(kinks, a_sign_that_needs_more_precision)
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
