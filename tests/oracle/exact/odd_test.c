/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/odd.h"

#include "oracle/num/round.h"
#include "tests/oracle/exact/witness.h"

static void set_mpfr(mpfr_t out, const struct vjp_odd *x)
{
    cr_assert_eq(mpfr_set_uj_2exp(out, x->significand, x->exponent, MPFR_RNDN), 0);
    if (x->negative)
        mpfr_neg(out, out, MPFR_RNDN);
}

static struct vjp_odd random_odd(uint64_t *state, int low, int high)
{
    return (struct vjp_odd){next_random(state) | UINT64_C(1) << 63,
                            (int32_t)random_between(state, low, high), next_random(state) % 2};
}

Test(odd, doubles_are_taken_apart_exactly)
{
    struct tally t = {0};
    uint64_t state = 1;
    static const double known[] = {0,
                                   -0.0,
                                   1,
                                   -1,
                                   0x1p-1074,
                                   -0x1p-1074,
                                   0x1.fffffffffffffp1023,
                                   0x0.fffffffffffffp-1022,
                                   0x1p-1022,
                                   -0x1.8p-1022};
    for (int i = 0; i < 20000; i++) {
        const double x = i < 10 ? known[i] : any_number(&state, VJP_F64);
        int exponent;
        const int64_t m = vjp_odd_take_apart(x, &exponent);
        check(&t, ldexp((double)m, exponent) == x && m < 1ll << 53 && m > -(1ll << 53),
              "%a: %" PRId64 " 2^%d", x, m, exponent);
    }
    tally_assert(&t, 20000);
}

Test(odd, setting_rounds_to_odd)
{
    struct tally t = {0};
    uint64_t state = 2;
    mpfr_t wide, x;
    mpfr_inits2(128, wide, (mpfr_ptr)0);
    mpfr_init2(x, 64);
    for (int i = 0; i < 50000; i++) {
        /* Of any length, with zeros below in half of the cases. */
        uint64_t high = next_random(&state) >> random_between(&state, 0, 63);
        uint64_t low = next_random(&state) << random_between(&state, 0, 63);
        if (i % 5 == 0)
            high = 0;
        if (i % 7 == 0)
            low = 0;
        const int exponent = (int)random_between(&state, -3000, 3000);
        mpfr_set_uj_2exp(wide, high, 64, MPFR_RNDN);
        mpfr_set_uj(x, low, MPFR_RNDN);
        cr_assert_eq(mpfr_add(wide, wide, x, MPFR_RNDN), 0);
        mpfr_mul_2si(wide, wide, exponent, MPFR_RNDN);
        if (i % 2)
            mpfr_neg(wide, wide, MPFR_RNDN);
        const bool inexact = mpfr_set(x, wide, MPFR_RNDZ) != 0;
        const struct vjp_odd want = odd_of(x, inexact);
        struct vjp_odd got;
        vjp_odd_set(&got, i % 2, high, low, exponent);
        check(&t, same_odd(&got, &want), ODD ", not " ODD, ODD_ARGS(got), ODD_ARGS(want));
    }
    tally_assert(&t, 50000);
    mpfr_clears(wide, x, (mpfr_ptr)0);
}

static void check_round(struct tally *t, const struct vjp_odd *x, enum vjp_dtype dtype)
{
    mpfr_t exact;
    mpfr_init2(exact, 64);
    set_mpfr(exact, x);
    const uint64_t want = vjp_round_to_bits(exact, dtype);
    const uint64_t got = vjp_odd_round(x, dtype);
    check(t, got == want, "%s: " ODD " gives %#" PRIx64 ", not %#" PRIx64, vjp_format(dtype)->name,
          ODD_ARGS(*x), got, want);
    mpfr_clear(exact);
}

/* vjp_round_to_bits has its own witness, and no code in common. */
Test(odd, random_numbers_round_as_with_mpfr)
{
    struct tally t = {0};
    uint64_t state = 3;
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const struct vjp_format *f = vjp_format((enum vjp_dtype)d);
        for (int i = 0; i < 20000; i++) {
            struct vjp_odd x = random_odd(&state, f->emin - 63 - f->precision - 3, f->emax - 61);
            /* Few bits in a row, so that ties are met. */
            if (i % 2)
                x.significand &= UINT64_MAX << random_between(&state, 1, 63);
            check_round(&t, &x, (enum vjp_dtype)d);
        }
    }
    tally_assert(&t, 4 * 20000);
}

/* Numbers, the midpoints between them, and their neighbours: around 0, the smallest numbers, the
 * smallest normal one, 1, the largest one and infinity. */
Test(odd, boundaries_round_as_with_mpfr)
{
    struct tally t = {0};
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const struct vjp_format *f = vjp_format((enum vjp_dtype)d);
        const int tops[] = {f->emin - f->precision - 1,
                            f->emin - f->precision,
                            f->emin - f->precision + 1,
                            f->emin - f->precision + 2,
                            f->emin - 2,
                            f->emin - 1,
                            f->emin,
                            f->emin + 1,
                            -1,
                            0,
                            f->emax - 1,
                            f->emax,
                            f->emax + 1};
        for (size_t i = 0; i < sizeof tops / sizeof *tops; i++) {
            for (int ones = 1; ones <= 64; ones++) {
                for (int off = -1; off <= 1; off++) {
                    /* 11...10...0, and one place more or less. */
                    struct vjp_odd x = {(UINT64_MAX << (64 - ones)) + (uint64_t)off, tops[i] - 63,
                                        ones % 2};
                    if (x.significand >> 63)
                        check_round(&t, &x, (enum vjp_dtype)d);
                    x.significand = (UINT64_C(1) << 63 | UINT64_C(1) << (ones - 1)) + (uint64_t)off;
                    if (x.significand >> 63)
                        check_round(&t, &x, (enum vjp_dtype)d);
                }
            }
        }
    }
    tally_assert(&t, 4 * 13 * 64 * 5);
}

Test(odd, known_roundings)
{
    static const struct {
        struct vjp_odd x;
        enum vjp_dtype dtype;
        uint64_t bits;
    } known[] = {
        {{0, 0, false}, VJP_F32, 0},
        {{UINT64_C(1) << 63, -63, true}, VJP_F32, 0xbf800000},
        {{UINT64_C(1) << 63, -63, false}, VJP_F64, UINT64_C(0x3ff0000000000000)},
        {{UINT64_C(1) << 63, -63, false}, VJP_BF16, 0x3f80},
        {{UINT64_C(1) << 63, -63, false}, VJP_F16, 0x3c00},
        /* 65520, the midpoint between f16's largest number and the next power of two. */
        {{UINT64_C(65520) << 48, -48, false}, VJP_F16, 0x7c00},
        {{(UINT64_C(65520) << 48) - 1, -48, true}, VJP_F16, 0xfbff},
        /* Half of f32's smallest number, a tie, and just above. */
        {{UINT64_C(1) << 63, -150 - 63, true}, VJP_F32, 0x80000000},
        {{(UINT64_C(1) << 63) + 1, -150 - 63, false}, VJP_F32, 1},
        /* 2^2048, and less than 2^-2100. */
        {{UINT64_C(1) << 63, 2048 - 63, true}, VJP_F64, UINT64_C(0xfff0000000000000)},
        {{UINT64_MAX, -2200, false}, VJP_F64, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const uint64_t bits = vjp_odd_round(&known[i].x, known[i].dtype);
        cr_expect_eq(bits, known[i].bits, "%zu: %#" PRIx64, i, bits);
    }
}

static void check_tail(struct tally *t, const struct vjp_odd *x, enum vjp_dtype dtype,
                       uint64_t bits)
{
    mpfr_t exact;
    mpfr_init2(exact, WIDE);
    set_mpfr(exact, x);
    cr_assert_eq(mpfr_sub_d(exact, exact, vjp_bits_to_double(dtype, bits), MPFR_RNDN), 0);
    const double want = mpfr_get_d(exact, MPFR_RNDN); /* with subnormals */
    const double got = vjp_odd_tail(x, dtype, bits);
    check(t, got == want, "%s: " ODD " - %a is %a, not %a", vjp_format(dtype)->name, ODD_ARGS(*x),
          vjp_bits_to_double(dtype, bits), want, got);
    mpfr_clear(exact);
}

Test(odd, tails_are_the_difference_rounded_once)
{
    struct tally t = {0};
    uint64_t state = 4;
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)d;
        const struct vjp_format *f = vjp_format(dtype);
        for (int i = 0; i < 4000; i++) {
            struct vjp_odd x = random_odd(&state, f->emin - 63 - f->precision - 3, f->emax - 64);
            if (i % 4 == 0)
                x.significand &= UINT64_MAX << random_between(&state, 1, 63);
            const uint64_t bits = vjp_odd_round(&x, dtype);
            check_tail(&t, &x, dtype, bits);
            check_tail(&t, &x, dtype, vjp_bits_from_double(dtype, any_number(&state, dtype)));
            /* All distances between the exponents. */
            x.exponent = (int32_t)random_between(&state, -150, 30);
            check_tail(&t, &x, dtype, vjp_bits_from_double(dtype, random_number(&state, 8, 0)));
            check_tail(&t, &x, dtype, 0);
            check_tail(&t, &(struct vjp_odd){0}, dtype, bits);
        }
    }
    tally_assert(&t, 4 * 5 * 4000);
}

Test(odd, the_tail_of_what_overflows_is_infinite)
{
    const struct vjp_odd large = {UINT64_C(1) << 63, 65, true};
    const uint64_t bits = vjp_odd_round(&large, VJP_F32);
    cr_assert_eq(bits, vjp_bits_infinity(VJP_F32, true));
    cr_expect_eq(vjp_odd_tail(&large, VJP_F32, bits), INFINITY);
}
