/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/measure.h"

#include "oracle/metric/reference_parts.h"
#include "tests/oracle/metric/measure.h"

#include <float.h>

#define F32                                                                                        \
    VJP_F32,                                                                                       \
    {                                                                                              \
        .accumulate = VJP_F32                                                                      \
    }
#define HALF                                                                                       \
    VJP_F16,                                                                                       \
    {                                                                                              \
        .accumulate = VJP_F32                                                                      \
    }

struct row {
    struct one one;
    double got;
    enum vjp_standing standing;
};

static void check_rows(const struct row *row, size_t n)
{
    struct tally t = {0};
    for (size_t i = 0; i < n; i++) {
        const struct vjp_element e = measure_one(&row[i].one, row[i].got);
        check(&t, e.standing == row[i].standing, "row %zu: got %a stands as %d, not %d", i,
              row[i].got, (int)e.standing, (int)row[i].standing);
        /* What is outside must show in the numbers, too. */
        check(&t, e.standing != VJP_OUTSIDE || e.ratio > 1, "row %zu: ratio %g", i, e.ratio);
        check(&t, e.standing > VJP_WITHIN || e.ratio <= 1, "row %zu: ratio %g", i, e.ratio);
        check(&t,
              !isnan(e.error) && !isnan(e.ulp) && !isnan(e.relative) && !isnan(e.backward) &&
                  !isnan(e.ratio) && !isnan(e.bound),
              "row %zu: a number is NaN", i);
    }
    tally_assert(&t, 4 * (int64_t)n);
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

/* 0x1.000002p0 squared is 0x1.000004000004p0: between 0x1.000004p0 and the next. k u S is about half
 * an ulp. */
Test(measure, finite_answers)
{
    static const struct one square = {F32, 1, {0x1.000002p0}, {0x1.000002p0}, false, 0};
    static const struct one exact = {F32, 2, {3, 1}, {5, 2}, false, 0}; /* 17 */
    static const struct one two = {F32, 2, {0x1.000002p0, 1}, {0x1.000002p0, 0x1p-30}, false, 0};
    static const struct one negative = {F32, 1, {-0x1.000002p0}, {0x1.000002p0}, false, 0};
    const struct row rows[] = {
        {square, 0x1.000004p0, VJP_CORRECT},
        {square, 0x1.000006p0, VJP_OUTSIDE},
        {square, 0x1.000002p0, VJP_OUTSIDE},
        {square, -0x1.000004p0, VJP_OUTSIDE},
        {square, 0, VJP_OUTSIDE},
        {negative, -0x1.000004p0, VJP_CORRECT},
        {negative, 0x1.000004p0, VJP_OUTSIDE},
        {exact, 17, VJP_CORRECT},
        {exact, 0x1.100002p4, VJP_OUTSIDE},
        {exact, 0x1.0ffffep4, VJP_OUTSIDE},
        {exact, -17, VJP_OUTSIDE},
        {two, 0x1.000004p0, VJP_CORRECT},
        {two, 0x1.000006p0, VJP_WITHIN}, /* S 2^-23 is a whole ulp */
        {two, 0x1.000002p0, VJP_OUTSIDE},
        {two, 0x1.000008p0, VJP_OUTSIDE},
    };
    CHECK_ROWS(rows);
}

Test(measure, nan_and_infinity)
{
    static const struct one plain = {F32, 1, {3}, {5}, false, 0};
    static const struct one nan = {F32, 2, {NAN, 1}, {1, 1}, false, 0};
    static const struct one difference = {F32, 2, {INFINITY, INFINITY}, {1, -1}, false, 0};
    static const struct one nothing = {F32, 1, {INFINITY}, {0}, false, 0};
    static const struct one infinite = {F32, 2, {INFINITY, 1}, {1, 1}, false, 0};
    static const struct one minus = {F32, 2, {1, 1}, {1, 1}, true, -INFINITY};
    const struct row rows[] = {
        {plain, NAN, VJP_OUTSIDE},
        {plain, INFINITY, VJP_OUTSIDE},
        {plain, -INFINITY, VJP_OUTSIDE},
        {nan, NAN, VJP_CORRECT},
        {nan, -NAN, VJP_CORRECT},
        {nan, 1, VJP_OUTSIDE},
        {nan, 0, VJP_OUTSIDE},
        {nan, INFINITY, VJP_OUTSIDE},
        {difference, NAN, VJP_CORRECT},
        {difference, INFINITY, VJP_OUTSIDE},
        {nothing, NAN, VJP_CORRECT},
        {nothing, 0, VJP_OUTSIDE},
        {infinite, INFINITY, VJP_CORRECT},
        {infinite, -INFINITY, VJP_OUTSIDE},
        {infinite, NAN, VJP_OUTSIDE},
        {infinite, FLT_MAX, VJP_OUTSIDE},
        {infinite, 0, VJP_OUTSIDE},
        {minus, -INFINITY, VJP_CORRECT},
        {minus, INFINITY, VJP_OUTSIDE},
        {minus, NAN, VJP_OUTSIDE},
    };
    CHECK_ROWS(rows);
}

/* Where S reaches the threshold some order may overflow, to one side or to both; a finite answer is
 * compared all the same. */
Test(measure, overflow_of_partial_sums_is_excused)
{
    static const struct one both = {F32, 3, {0x1p127, 0x1p127, 1}, {2, -2, 1}, false, 0};
    static const struct one below = {F32, 3, {0x1p126, 0x1p125, 1}, {2, -2, 1}, false, 0};
    static const struct one product = {F32, 1, {0x1p100}, {0x1p100}, false, 0};
    const struct row rows[] = {
        {both, 1, VJP_CORRECT},          {both, 0, VJP_WITHIN},
        {both, INFINITY, VJP_EXCUSED},   {both, -INFINITY, VJP_EXCUSED},
        {both, NAN, VJP_EXCUSED},        {both, 0x1p120, VJP_OUTSIDE},
        {below, INFINITY, VJP_OUTSIDE},  {below, -INFINITY, VJP_OUTSIDE},
        {below, NAN, VJP_OUTSIDE},       {product, INFINITY, VJP_CORRECT},
        {product, FLT_MAX, VJP_OUTSIDE}, {product, 0, VJP_OUTSIDE},
    };
    CHECK_ROWS(rows);
}

/* An order of summation explains an infinity only of a sign that some partial sum can have, NaN only
 * where both signs can, and a finite number never. */
Test(measure, overflow_excuses_nothing_that_no_order_gives)
{
    static const struct one product = {F32, 1, {0x1p100}, {0x1p100}, false, 0};
    static const struct one positive = {F32, 2, {0x1p127, 0x1p127}, {1, 1}, false, 0};
    static const struct one mostly = {F32, 2, {0x1p127, 0x1p127}, {2, -1}, false, 0};
    static const struct one infinite = {F32, 2, {INFINITY, 0x1p100}, {1, -0x1p100}, false, 0};
    const struct row rows[] = {
        {product, -INFINITY, VJP_OUTSIDE},
        {product, NAN, VJP_OUTSIDE},
        {positive, INFINITY, VJP_CORRECT},
        {positive, -INFINITY, VJP_OUTSIDE},
        {positive, NAN, VJP_OUTSIDE},
        {mostly, INFINITY, VJP_EXCUSED},
        {mostly, -INFINITY, VJP_OUTSIDE},
        {mostly, NAN, VJP_OUTSIDE},
        {infinite, INFINITY, VJP_CORRECT},
        {infinite, NAN, VJP_EXCUSED}, /* infinity plus an overflow to the other one */
        {infinite, -INFINITY, VJP_OUTSIDE},
        {infinite, 0, VJP_OUTSIDE},
        {infinite, FLT_MAX, VJP_OUTSIDE},
    };
    CHECK_ROWS(rows);
}

/* binary16 has infinity from 65520 on. The sum in binary32 may be off by 0.01 or so; an exact one by
 * nothing. */
Test(measure, results_that_may_round_to_infinity)
{
    static const struct one at = {HALF, 1, {1040}, {63}, false, 0}; /* 65520 */
    static const struct one near = {HALF, 2, {1040, 0x1p-7}, {63, -0x1p-7}, false, 0};
    static const struct one minus = {HALF, 2, {-1040, 0x1p-7}, {63, 0x1p-7}, false, 0};
    static const struct one far = {HALF, 3, {1040, 0x1p-7, 1}, {63, -0x1p-7, -1}, false, 0};
    static const struct one exact = {HALF, 2, {1040, 1}, {63, -1}, false, 0}; /* 65519 */
    const struct row rows[] = {
        {at, INFINITY, VJP_CORRECT},    {at, 65504, VJP_OUTSIDE},
        {near, 65504, VJP_CORRECT},     {near, INFINITY, VJP_WITHIN},
        {near, -INFINITY, VJP_OUTSIDE}, {near, NAN, VJP_OUTSIDE},
        {minus, -INFINITY, VJP_WITHIN}, {minus, INFINITY, VJP_OUTSIDE},
        {far, 65504, VJP_CORRECT},      {far, INFINITY, VJP_OUTSIDE},
        {exact, 65504, VJP_CORRECT},    {exact, INFINITY, VJP_OUTSIDE},
        {exact, 65472, VJP_OUTSIDE},
    };
    CHECK_ROWS(rows);
    const struct vjp_element e = measure_one(&near, INFINITY);
    cr_expect_eq(e.error, 16 + 0x1p-14, "as if infinity were 65536: %a", e.error);
}

/* Under accumulate the sum may be rounded to binary16 before the old value is added: 65536 + 6144 is
 * infinite there, also where 60000 was to be taken away. */
Test(measure, the_first_of_two_roundings_may_overflow)
{
    static const struct one large = {HALF, 2, {256, 192}, {256, 32}, true, -60000};
    static const struct one small = {HALF, 2, {128, 192}, {256, 32}, true, -30000};
    /* Multiples of 2048 up to 2^17: 11 bits hold every sum, but for the exponent. */
    static const struct one round = {HALF, 2, {256, 192}, {256, 32}, true, -59392};
    static const struct one tie = {HALF, 1, {1040}, {63}, true, -30000}; /* 65520 first */
    static const struct one special = {HALF, 2, {256, 192}, {256, 32}, true, -INFINITY};
    static const struct one mirrored = {HALF, 2, {256, 192}, {-256, -32}, true, INFINITY};
    const struct row rows[] = {
        {tie, 35520, VJP_CORRECT},          {tie, INFINITY, VJP_EXCUSED},
        {round, 12288, VJP_CORRECT},        {round, INFINITY, VJP_EXCUSED},
        {round, 12296, VJP_OUTSIDE},        {large, 11680, VJP_CORRECT},
        {large, INFINITY, VJP_EXCUSED},     {large, -INFINITY, VJP_OUTSIDE},
        {small, INFINITY, VJP_OUTSIDE},     {special, -INFINITY, VJP_CORRECT},
        {special, NAN, VJP_EXCUSED},        {mirrored, NAN, VJP_EXCUSED},
        {mirrored, -INFINITY, VJP_OUTSIDE}, {special, INFINITY, VJP_OUTSIDE},
    };
    CHECK_ROWS(rows);
}

Test(measure, the_sign_of_a_zero_is_not_judged)
{
    static const struct one zero = {F32, 2, {1, 1}, {1, -1}, false, 0};
    static const struct one tiny = {F32, 1, {-0x1p-100}, {0x1p-100}, false, 0}; /* rounds to -0 */
    const struct row rows[] = {
        {zero, 0.0, VJP_CORRECT},      {zero, -0.0, VJP_CORRECT},
        {tiny, -0.0, VJP_CORRECT},     {tiny, 0.0, VJP_CORRECT},
        {zero, 0x1p-149, VJP_OUTSIDE}, {tiny, -0x1p-149, VJP_OUTSIDE}, /* h = 2^-150 */
    };
    CHECK_ROWS(rows);
}

/* Flushing is a matter of the model. */
Test(measure, flushed_results)
{
    static const struct one plain = {F32, 1, {0x1.8p-64}, {0x1p-64}, false, 0};
    static const struct one flushing = {
        VJP_F32, {.accumulate = VJP_F32, .flushes = true}, 1, {0x1.8p-64}, {0x1p-64}, false, 0};
    const struct row rows[] = {
        {plain, 0x1.8p-128, VJP_CORRECT},    {plain, 0, VJP_OUTSIDE},
        {flushing, 0x1.8p-128, VJP_CORRECT}, {flushing, 0, VJP_WITHIN},
        {flushing, 0x1p-120, VJP_OUTSIDE},
    };
    CHECK_ROWS(rows);
}

/* Error, ulp, relative and backward error by hand: exact values 3 = 4 - 1 with S = 5, 1, the smallest
 * numbers, and 0. */
Test(measure, numbers_by_hand)
{
    const struct one three = {F32, 2, {4, 1}, {1, -1}, false, 0};
    struct vjp_element e = measure_one(&three, 3 + 0x1p-22);
    cr_expect(e.error == 0x1p-22 && e.ulp == 1 && e.scale == 5 && e.terms == 2);
    cr_expect(fabs(e.relative - 0x1p-22 / 3) < 1e-20 && fabs(e.backward - 0x1p-22 / 5) < 1e-20);
    cr_expect(e.exact_data && e.bound == 0 && isinf(e.ratio));
    cr_expect_eq(e.want, 0x40400000);
    e = measure_one(&three, 3);
    cr_expect(e.error == 0 && e.ulp == 0 && e.relative == 0 && e.backward == 0 && e.ratio == 0);
    const struct one unit = {F32, 1, {1}, {1}, false, 0};
    cr_expect_eq(measure_one(&unit, 1 - 0x1p-24).ulp, 0.5, "ulps are those of the exact result");
    cr_expect_eq(measure_one(&unit, 1 + 0x1p-23).ulp, 1);
    const struct one least = {F32, 1, {0x1p-75}, {0x1p-74}, false, 0};
    cr_expect_eq(measure_one(&least, 0x1p-148).ulp, 1);
    cr_expect_eq(measure_one(&least, 0).relative, 1);
    const struct one zero = {F32, 2, {1, 1}, {1, -1}, false, 0};
    e = measure_one(&zero, 0x1p-149);
    cr_expect(e.ulp == 1 && isinf(e.relative) && e.backward == 0x1p-150);
    e = measure_one(&zero, 0);
    cr_expect(e.relative == 0 && e.backward == 0);
    const struct one half = {HALF, 2, {2048, 1}, {1, 1}, false, 0}; /* 2049, a tie to 2048 */
    e = measure_one(&half, 2048);
    cr_expect(e.standing == VJP_CORRECT && e.error == 1 && e.ulp == 0.5 && e.ratio == 1);
    e = measure_one(&half, 2050);
    cr_expect(e.standing == VJP_OUTSIDE && e.error == 1 && isinf(e.ratio), "no tie to choose");
}

/* On random data, against the exact sum: the error rounded up, S, k and the bound. */
Test(measure, numbers_agree_with_the_exact_sum)
{
    struct tally t = {0};
    uint64_t state = 1;
    mpfr_t exact, scale;
    mpfr_inits2(EXACT_BITS, exact, scale, (mpfr_ptr)0);
    for (int run = 0; run < 40; run++) {
        struct fixture f;
        const struct vjp_model model = {.accumulate = VJP_F32};
        fixture_init(&f, linear(VJP_F32, 4, 4, 5));
        for (int slot = X; slot <= DY; slot++) {
            for (int64_t i = 0; i < f.data.slot[slot].count; i++)
                put(&f, slot, i, random_number(&state, 24, (int)random_between(&state, -9, 9)));
        }
        struct vjp_reference *r = reference_of(&f);
        for (int64_t i = 0; i < 16; i++) {
            double special;
            struct vjp_element e;
            cr_assert(witness_sum(&f, DX, i, exact, scale, &special));
            const double want = vjp_bits_to_double(VJP_F32, vjp_reference_rounded(r, DX, i));
            const double got = want * (1 + 0x1p-20 * (double)random_between(&state, -9, 9));
            vjp_measure_element(r, DX, &model, i, vjp_bits_from_double(VJP_F32, got), &e);
            check(&t, e.scale == mpfr_get_d(scale, MPFR_RNDU) && e.terms == 5, "S or k");
            mpfr_d_sub(exact, vjp_bits_to_double(VJP_F32, e.got), exact, MPFR_RNDN);
            mpfr_abs(exact, exact, MPFR_RNDN);
            check(&t, fabs(e.error / mpfr_get_d(exact, MPFR_RNDU) - 1) < 1e-15, "error %a",
                  e.error);
            const double bound = 5 * 0x1p-24 * mpfr_get_d(scale, MPFR_RNDU);
            check(&t, fabs(e.bound / bound - 1) < 1e-15, "bound %a", e.bound);
            check(&t, (e.standing <= VJP_WITHIN) == (e.error <= bound), "standing");
        }
        vjp_reference_destroy(r);
        fixture_clear(&f);
    }
    mpfr_clears(exact, scale, (mpfr_ptr)0);
    tally_assert(&t, 40 * 16 * 4);
}

/* An element that the oracle could not settle is not compared, whatever the answer. */
Test(measure, unresolved_elements)
{
    struct fixture f;
    struct vjp_element e;
    const struct one plain = {F32, 1, {3}, {5}, false, 0};
    one_fixture(&plain, &f);
    struct vjp_reference *r = reference_of(&f);
    r->gradient[DX].settled[0] = false;
    for (int i = 0; i < 3; i++) {
        static const uint64_t answers[] = {0x41700000, 0, 0x7fc00000}; /* 15, 0, NaN */
        vjp_measure_element(r, DX, &plain.model, 0, answers[i], &e);
        cr_expect_eq(e.standing, VJP_UNRESOLVED);
    }
    r->gradient[DX].derived.value[0].kind = VJP_REAL_UNKNOWN;
    vjp_measure_element(r, DX, &plain.model, 0, 0x7fc00000, &e);
    cr_expect_eq(e.standing, VJP_UNRESOLVED);
    vjp_reference_destroy(r);
    fixture_clear(&f);
}
