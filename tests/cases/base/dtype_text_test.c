/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/dtype.h"

#include "tests/cases/base/witness.h"

#include <fenv.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

static void tally_text(struct tally *t, enum vjp_dtype dtype, const char *text, uint64_t want)
{
    const char *end = NULL;
    uint64_t got = UINT64_MAX;
    if (!vjp_bits_from_text(dtype, text, &end, &got) || *end != '\0')
        got = UINT64_MAX;
    tally_bits(t, dtype, text, got, want);
}

static uint64_t sign_bit(enum vjp_dtype dtype)
{
    return UINT64_C(1) << (8 * vjp_format(dtype)->bytes - 1);
}

/* The value of an f32 pattern and of the one after it, by the processor. */
static double f32_value(uint64_t bits)
{
    const uint32_t b = (uint32_t)bits;
    float value;
    memcpy(&value, &b, sizeof value);
    return (double)value;
}

/* The witness for decimals: one rounding by MPFR in a wide range, then the format's range, with the
 * ternary value carried through (MPFR manual, "Exceptions" and mpfr_subnormalize). Here emin and
 * emax are MPFR's, of numbers in [1/2, 1) 2^e. */
static uint64_t mpfr_bits(enum vjp_dtype dtype, const char *text)
{
    static const struct {
        int precision, emin, emax;
    } range[] = {[VJP_BF16] = {8, -132, 128},
                 [VJP_F16] = {11, -23, 16},
                 [VJP_F32] = {24, -148, 128},
                 [VJP_F64] = {53, -1073, 1024}};
    const mpfr_exp_t emin = mpfr_get_emin();
    const mpfr_exp_t emax = mpfr_get_emax();
    mpfr_t x;
    mpfr_init2(x, range[dtype].precision);
    int ternary = mpfr_strtofr(x, text, NULL, 10, MPFR_RNDN);
    mpfr_set_emin(range[dtype].emin);
    mpfr_set_emax(range[dtype].emax);
    ternary = mpfr_check_range(x, ternary, MPFR_RNDN);
    mpfr_subnormalize(x, ternary, MPFR_RNDN);
    const double value = mpfr_get_d(x, MPFR_RNDN);
    mpfr_set_emin(emin);
    mpfr_set_emax(emax);
    mpfr_clear(x);
    /* Now a number of the format: the fields follow without rounding. */
    const int f = range[dtype].precision - 1;
    const uint64_t sign = signbit(value) ? sign_bit(dtype) : 0;
    if (isinf(value))
        return sign | (sign_bit(dtype) - (UINT64_C(1) << f));
    int e;
    const double half_to_one = frexp(fabs(value), &e);
    const int lowest = range[dtype].emin + f; /* e of the smallest normal number */
    if (value == 0 || e < lowest)
        return sign | (uint64_t)ldexp(fabs(value), f + 1 - lowest);
    return sign | ((uint64_t)ldexp(half_to_one, f + 1) + ((uint64_t)(e - lowest) << f));
}

/* A decimal of value moved by direction times a 2^-400th of it: what strtod cannot tell. 140 digits
 * hold any midpoint of f32 exactly. */
static void write_near(char *text, size_t size, double value, int direction)
{
    mpfr_t x;
    mpfr_init2(x, 400);
    mpfr_set_d(x, value, MPFR_RNDN);
    if (direction > 0)
        mpfr_nextabove(x);
    else if (direction < 0)
        mpfr_nextbelow(x);
    cr_assert_lt((size_t)mpfr_snprintf(text, size, "%.140Re", x), size);
    mpfr_clear(x);
}

/* Midpoint of the pattern bits and the next one: the decimals about it, of both signs. */
static void tally_near(struct tally *t, enum vjp_dtype dtype, uint64_t bits, double midpoint)
{
    const uint64_t want[] = {bits, bits + bits % 2, bits + 1};
    char text[256] = "-";
    for (int direction = -1; direction <= 1; direction++) {
        write_near(text + 1, sizeof text - 1, midpoint, direction);
        tally_text(t, dtype, text + 1, want[direction + 1]);
        tally_text(t, dtype, text, want[direction + 1] | sign_bit(dtype));
    }
}

Test(dtype_text, decimals_about_16_bit_midpoints_round_once)
{
    struct tally t = {0};
    for (int k = 0; k < 2; k++) {
        /* Every seventh, and all that are subnormal or next to infinity. */
        for (struct walk at = walk_start(half_dtypes[k]); walk_is_finite(&at); walk_next(&at)) {
            if (at.bits % 7 == 0 || at.bits < 0x80 || at.bits % 0x400 > 0x3fc)
                tally_near(&t, at.dtype, at.bits, at.value + at.step / 2);
        }
    }
    tally_assert(&t, 50000);
}

Test(dtype_text, decimals_about_f32_midpoints_round_once_as_strtof_does)
{
    struct tally t = {0};
    for (uint64_t bits = 0; bits < 0x7f800000; bits += 0x65432 + bits % 2) {
        const double low = f32_value(bits);
        const double high = bits == 0x7f7fffff ? 0x1p128 : f32_value(bits + 1);
        const double midpoint = low + (high - low) / 2;
        tally_near(&t, VJP_F32, bits, midpoint);
        char text[256];
        write_near(text, sizeof text, midpoint, 1);
        const float witness = strtof(text, NULL);
        uint32_t want;
        memcpy(&want, &witness, sizeof want);
        tally_text(&t, VJP_F32, text, want);
    }
    tally_near(&t, VJP_F32, 0, 0x1p-150);
    tally_near(&t, VJP_F32, 0x7f7fffff, 0x1p128 - 0x1p103);
    tally_assert(&t, 30000);
}

Test(dtype_text, decimals_of_every_size_round_as_mpfr_rounds)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int exponent = -420; exponent <= 420; exponent++) {
        for (int i = 0; i < 12; i++) {
            /* Marsaglia's xorshift64: any full-period stream will do. */
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            /* 3 to 19 digits: few make exact and nearly tied values likelier. */
            const uint64_t digits = i % 2 ? state : state % 1000;
            char text[64];
            snprintf(text, sizeof text, "%s%" PRIu64 "e%d", i % 3 ? "" : "-", digits,
                     i % 4 ? exponent / 8 : exponent);
            for (int d = 0; d < VJP_DTYPE_COUNT; d++)
                tally_text(&t, (enum vjp_dtype)d, text, mpfr_bits((enum vjp_dtype)d, text));
        }
    }
    tally_assert(&t, 40000);
}

Test(dtype_text, known_texts_have_known_patterns)
{
    static const struct {
        const char *text;
        enum vjp_dtype dtype;
        uint64_t want;
    } known[] = {
        {"0", VJP_F16, 0},
        {"-0", VJP_F16, 0x8000},
        {"-0.0e5", VJP_F64, UINT64_C(0x8000000000000000)},
        {"1", VJP_BF16, 0x3f80},
        {"+1.", VJP_F16, 0x3c00},
        {".5", VJP_F32, 0x3f000000},
        {"1e400", VJP_F64, UINT64_C(0x7ff0000000000000)},
        {"-1e400", VJP_F32, 0xff800000},
        {"1e-400", VJP_F64, 0},
        {"-1e-400", VJP_F32, 0x80000000},
        {"1e-400", VJP_BF16, 0},
        {"5e-324", VJP_F64, 1},
        {"2.4703282292062327e-324", VJP_F64, 0}, /* just below half of the smallest */
        {"2.4703282292062328e-324", VJP_F64, 1}, /* just above */
        {"1.7976931348623158e308", VJP_F64, UINT64_C(0x7fefffffffffffff)},
        {"1.7976931348623159e308", VJP_F64, UINT64_C(0x7ff0000000000000)},
        {"65504", VJP_F16, 0x7bff},
        {"65519.999999999999999999", VJP_F16, 0x7bff},
        {"65520", VJP_F16, 0x7c00},
        {"-65520", VJP_F16, 0xfc00},
        {"3.3895313892515354759e38", VJP_BF16, 0x7f7f}, /* (2 - 2^-7) 2^127, rounded */
        {"3.3961775292304595e38", VJP_BF16, 0x7f7f},    /* below (2 - 2^-8) 2^127 */
        {"3.3961775292304605e38", VJP_BF16, 0x7f80},    /* above */
        {"340282366920938463463374607431768211456", VJP_F32, 0x7f800000}, /* 2^128 */
        {"0x1p-24", VJP_F16, 1},
        {"0x1p-25", VJP_F16, 0},
        {"0x1.000000000000000000001p-25", VJP_F16, 1},
        {"-0x1.8p1", VJP_F32, 0xc0400000},
        {"0X1.FFFFFFP0", VJP_F32, 0x40000000},
        {"0x1.fffffefffffffffffffp0", VJP_F32, 0x3fffffff},
        {"inf", VJP_F16, 0x7c00},
        {"-inf", VJP_BF16, 0xff80},
        {"+Infinity", VJP_F64, UINT64_C(0x7ff0000000000000)},
        {"nan", VJP_F32, 0x7fc00000},
        {"nan", VJP_F16, 0x7e00},
        {"NaN", VJP_BF16, 0x7fc0},
        {"-nan", VJP_F16, 0xfe00},
    };
    struct tally t = {0};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        tally_text(&t, known[i].dtype, known[i].text, known[i].want);
    tally_assert(&t, 30);
}

Test(dtype_text, long_texts_are_read_to_their_last_digit)
{
    /* 1, written with 1,000 zeros and e-1000; and just above the tie 1 + 2^-11 of f16 by a digit
     * 1,000 places behind the point. */
    char zeros[1001];
    memset(zeros, '0', sizeof zeros - 1);
    zeros[sizeof zeros - 1] = '\0';
    char text[1100];
    struct tally t = {0};
    snprintf(text, sizeof text, "1%se-1000", zeros);
    tally_text(&t, VJP_F16, text, 0x3c00);
    snprintf(text, sizeof text, "1.00048828125%s", zeros);
    tally_text(&t, VJP_F16, text, 0x3c00);
    snprintf(text, sizeof text, "1.00048828125%s1", zeros);
    tally_text(&t, VJP_F16, text, 0x3c01);
    tally_assert(&t, 3);
}

Test(dtype_text, a_number_ends_where_it_stops_being_one)
{
    static const struct {
        const char *text;
        int length;
    } known[] = {{"1,2", 1}, {"1.5]", 3},  {"1e", 1},    {"1e+x", 1}, {"0x", 1},
                 {"2 3", 1}, {"1.2.3", 3}, {"-infx", 4}, {"7f", 1}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
            const char *end = NULL;
            uint64_t bits;
            cr_expect(vjp_bits_from_text((enum vjp_dtype)d, known[i].text, &end, &bits));
            cr_expect_eq(end - known[i].text, known[i].length, "%s", known[i].text);
        }
    }
}

Test(dtype_text, no_number_is_refused_and_nothing_set)
{
    static const char *const texts[] = {"",  " 1",  "\t1", "\n", "x",  "-", "+", "e5",
                                        ".", "-+1", "--1", "i",  "na", "]", ",1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
            const char *const before = "before";
            const char *end = before;
            uint64_t bits = 42;
            cr_expect(!vjp_bits_from_text((enum vjp_dtype)d, texts[i], &end, &bits), "\"%s\"",
                      texts[i]);
            cr_expect(end == before && bits == 42, "\"%s\"", texts[i]);
        }
    }
}

Test(dtype_text, the_callers_rounding_mode_is_neither_used_nor_changed)
{
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    static const char *const texts[] = {"0.1",   "-0.1",  "1e-400", "-1e-400",
                                        "65519", "-1e39", "1e400"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
            const uint64_t want = mpfr_bits((enum vjp_dtype)d, texts[i]);
            for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
                const char *end;
                uint64_t got = ~want;
                fesetround(modes[m]);
                const bool ok = vjp_bits_from_text((enum vjp_dtype)d, texts[i], &end, &got);
                const int after = fegetround();
                fesetround(FE_TONEAREST);
                cr_expect(ok && got == want, "%s as %s in mode %#x: got %#" PRIx64, texts[i],
                          vjp_format((enum vjp_dtype)d)->name, (unsigned)modes[m], got);
                cr_expect_eq(after, modes[m]);
            }
        }
    }
}
