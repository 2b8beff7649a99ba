/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/dtype.h"

#include "tests/cases/base/witness.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void tally_double(struct tally *t, enum vjp_dtype dtype, double value, uint64_t want)
{
    char what[64];
    snprintf(what, sizeof what, "%a", value);
    tally_bits(t, dtype, what, vjp_bits_from_double(dtype, value), want);
}

static uint64_t double_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double bits_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float bits_float(uint64_t bits)
{
    const uint32_t b = (uint32_t)bits;
    float value;
    memcpy(&value, &b, sizeof value);
    return value;
}

/* Marsaglia's xorshift64: any full-period stream will do. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

Test(dtype, formats_are_the_compilers_and_ieee_754s)
{
    const struct vjp_format *f32 = vjp_format(VJP_F32);
    cr_expect_eq(f32->bytes, (int)sizeof(float));
    cr_expect_eq(f32->precision, FLT_MANT_DIG);
    cr_expect_eq(f32->emin, FLT_MIN_EXP - 1);
    cr_expect_eq(f32->emax, FLT_MAX_EXP - 1);
    const struct vjp_format *f64 = vjp_format(VJP_F64);
    cr_expect_eq(f64->bytes, (int)sizeof(double));
    cr_expect_eq(f64->precision, DBL_MANT_DIG);
    cr_expect_eq(f64->emin, DBL_MIN_EXP - 1);
    cr_expect_eq(f64->emax, DBL_MAX_EXP - 1);
    const struct vjp_format *f16 = vjp_format(VJP_F16);
    cr_expect(f16->bytes == 2 && f16->precision == 11 && f16->emin == -14 && f16->emax == 15);
    const struct vjp_format *bf16 = vjp_format(VJP_BF16);
    cr_expect(bf16->bytes == 2 && bf16->precision == 8 && bf16->emin == -126 && bf16->emax == 127);
}

Test(dtype, names_parse_and_others_do_not)
{
    static const struct {
        const char *name;
        enum vjp_dtype dtype;
    } names[] = {{"bf16", VJP_BF16}, {"f16", VJP_F16}, {"f32", VJP_F32}, {"f64", VJP_F64}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        enum vjp_dtype got;
        cr_expect(vjp_dtype_parse(names[i].name, &got) && got == names[i].dtype);
        cr_expect_str_eq(vjp_format(names[i].dtype)->name, names[i].name);
    }
    static const char *const others[] = {"", "f", "f8", "F32", "f32 ", "f321", "float"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        enum vjp_dtype got = VJP_F16;
        cr_expect(!vjp_dtype_parse(others[i], &got), "%s", others[i]);
        cr_expect_eq(got, VJP_F16);
    }
}

/* bf16 has more exponents than f16 and fewer bits: neither holds the other. */
Test(dtype, what_lacks_bits_or_exponents_is_narrower)
{
    static const bool narrower[VJP_DTYPE_COUNT][VJP_DTYPE_COUNT] = {
        [VJP_BF16] = {[VJP_F16] = true, [VJP_F32] = true, [VJP_F64] = true},
        [VJP_F16] = {[VJP_BF16] = true, [VJP_F32] = true, [VJP_F64] = true},
        [VJP_F32] = {[VJP_F64] = true},
    };
    for (int a = 0; a < VJP_DTYPE_COUNT; a++) {
        for (int b = 0; b < VJP_DTYPE_COUNT; b++)
            cr_expect_eq(vjp_dtype_is_narrower((enum vjp_dtype)a, (enum vjp_dtype)b),
                         narrower[a][b], "%d beside %d", a, b);
    }
}

Test(dtype, every_16_bit_pattern_has_its_value_and_comes_back)
{
    struct tally t = {0};
    for (int k = 0; k < 2; k++) {
        for (struct walk at = walk_start(half_dtypes[k]); walk_is_finite(&at); walk_next(&at)) {
            const double plus = vjp_bits_to_double(at.dtype, at.bits);
            const double minus = vjp_bits_to_double(at.dtype, at.bits | half_sign);
            tally_bits(&t, at.dtype, "value", double_bits(plus), double_bits(at.value));
            tally_bits(&t, at.dtype, "value", double_bits(minus), double_bits(-at.value));
            tally_double(&t, at.dtype, at.value, at.bits);
            tally_double(&t, at.dtype, -at.value, at.bits | half_sign);
        }
    }
    tally_assert(&t, 4 * (0x7c00 + 0x7f80));
}

Test(dtype, every_16_bit_infinity_and_nan_comes_back)
{
    struct tally t = {0};
    for (int k = 0; k < 2; k++) {
        const enum vjp_dtype dtype = half_dtypes[k];
        const uint64_t infinity = dtype == VJP_F16 ? 0x7c00 : 0x7f80;
        const uint64_t quiet = dtype == VJP_F16 ? 0x200 : 0x40;
        for (uint64_t bits = infinity; bits < 0x8000; bits++) {
            for (uint64_t sign = 0; sign <= half_sign; sign += half_sign) {
                const double value = vjp_bits_to_double(dtype, bits | sign);
                const bool right = bits == infinity ? isinf(value) : isnan(value);
                tally_bits(&t, dtype, "class", right, true);
                tally_bits(&t, dtype, "sign", signbit(value) != 0, sign != 0);
                /* A conversion makes a signalling NaN quiet and keeps the payload. */
                tally_double(&t, dtype, value, bits | sign | (bits == infinity ? 0 : quiet));
            }
        }
    }
    tally_assert(&t, 6 * (0x400 + 0x80));
}

Test(dtype, every_16_bit_midpoint_rounds_to_even_and_its_neighbours_to_theirs)
{
    struct tally t = {0};
    for (int k = 0; k < 2; k++) {
        /* The last midpoint is the overflow threshold: the next pattern is infinity. */
        for (struct walk at = walk_start(half_dtypes[k]); walk_is_finite(&at); walk_next(&at)) {
            const double midpoint = at.value + at.step / 2;
            const uint64_t even = at.bits + at.bits % 2;
            tally_double(&t, at.dtype, midpoint, even);
            tally_double(&t, at.dtype, -midpoint, even | half_sign);
            tally_double(&t, at.dtype, nextafter(midpoint, 0), at.bits);
            tally_double(&t, at.dtype, -nextafter(midpoint, 0), at.bits | half_sign);
            tally_double(&t, at.dtype, nextafter(midpoint, INFINITY), at.bits + 1);
            tally_double(&t, at.dtype, -nextafter(midpoint, INFINITY), (at.bits + 1) | half_sign);
        }
    }
    tally_assert(&t, 6 * (0x7c00 + 0x7f80));
}

Test(dtype, doubles_beyond_the_16_bit_ranges_overflow_and_vanish)
{
    struct tally t = {0};
    for (int k = 0; k < 2; k++) {
        const enum vjp_dtype dtype = half_dtypes[k];
        const uint64_t infinity = dtype == VJP_F16 ? 0x7c00 : 0x7f80;
        const int top = dtype == VJP_F16 ? 16 : 128;
        const int bottom = dtype == VJP_F16 ? -26 : -135;
        for (int e = top; e <= 1023; e++)
            tally_double(&t, dtype, -ldexp(1.5, e), infinity | half_sign);
        for (int e = bottom; e >= -1074; e--)
            tally_double(&t, dtype, -ldexp(1.0, e), half_sign);
    }
    tally_assert(&t, 3000);
}

/* The processor's conversion is the witness. */
Test(dtype, doubles_round_to_f32_as_the_processor_rounds)
{
    static const uint64_t fractions[] = {
        0x0000000000000, 0x0000000000001,                  /* a power of two, and one bit more */
        0x000000fffffff, 0x0000010000000, 0x0000010000001, /* about a tie that goes to even, down */
        0x000002fffffff, 0x0000030000000, 0x0000030000001, /* about a tie that goes to even, up */
        0xfffffefffffff, 0xffffff0000000, 0xfffffffffffff, /* the carry into the exponent */
        0x8000000000000, 0x7ffffffffffff, 0x8000000000001, /* ties of subnormals */
    };
    struct tally t = {0};
    for (uint64_t exponent = 0; exponent < 0x7ff; exponent++) {
        for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++) {
            const double value = bits_double(exponent << 52 | fractions[i]);
            tally_double(&t, VJP_F32, value, float_bits((float)value));
            tally_double(&t, VJP_F32, -value, float_bits((float)-value));
        }
    }
    uint64_t state = 1;
    for (int i = 0; i < 100000; i++) {
        /* Exponents -160 to 159: all of f32, its subnormals, and beyond on both sides. */
        const uint64_t r = next_random(&state);
        const double value = copysign(ldexp(1 + (double)(r >> 12) * 0x1p-52, (int)(r % 320) - 160),
                                      (double)(int64_t)r);
        tally_double(&t, VJP_F32, value, float_bits((float)value));
    }
    tally_assert(&t, 150000);
}

Test(dtype, f32_patterns_have_the_processors_value_and_come_back)
{
    struct tally t = {0};
    for (uint64_t bits = 0; bits < UINT64_C(1) << 32; bits += 65537 - bits % 2) {
        const double value = vjp_bits_to_double(VJP_F32, bits);
        if (isnan(bits_float(bits))) {
            tally_bits(&t, VJP_F32, "nan", isnan(value), true);
            tally_double(&t, VJP_F32, value, bits | 0x400000);
            continue;
        }
        tally_bits(&t, VJP_F32, "value", double_bits(value), double_bits((double)bits_float(bits)));
        tally_double(&t, VJP_F32, value, bits);
    }
    tally_assert(&t, 130000);
}

Test(dtype, f64_patterns_pass_unchanged)
{
    static const uint64_t patterns[] = {0,
                                        1,
                                        UINT64_C(0x8000000000000000),
                                        UINT64_C(0x3ff0000000000001),
                                        UINT64_C(0x7ff0000000000000),
                                        UINT64_C(0xfff8000000000123),
                                        UINT64_C(0x000fffffffffffff)};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const double value = vjp_bits_to_double(VJP_F64, patterns[i]);
        cr_expect_eq(double_bits(value), patterns[i]);
        cr_expect_eq(vjp_bits_from_double(VJP_F64, value), patterns[i]);
    }
}

Test(dtype, predicates_agree_with_the_values_class)
{
    struct tally t = {0};
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        const int shift = 8 * vjp_format((enum vjp_dtype)dtype)->bytes - 16;
        /* Every sign, exponent and leading fraction bit; and the lowest bit, set or not. */
        for (uint64_t i = 0; i < 0x20000; i++) {
            const enum vjp_dtype d = (enum vjp_dtype)dtype;
            const uint64_t bits = (i >> 1) << shift | (shift ? i & 1 : 0);
            const double value = vjp_bits_to_double(d, bits);
            tally_bits(&t, d, "is_nan", vjp_bits_is_nan(d, bits), isnan(value) != 0);
            tally_bits(&t, d, "is_inf", vjp_bits_is_inf(d, bits), isinf(value) != 0);
            tally_bits(&t, d, "is_zero", vjp_bits_is_zero(d, bits), value == 0);
            tally_bits(&t, d, "is_negative", vjp_bits_is_negative(d, bits), signbit(value) != 0);
        }
    }
    tally_assert(&t, 16 * 0x20000);
}

Test(dtype, special_values_have_their_patterns)
{
    static const struct {
        enum vjp_dtype dtype;
        uint64_t infinity, negative, nan;
    } want[] = {
        {VJP_BF16, 0x7f80, 0xff80, 0x7fc0},
        {VJP_F16, 0x7c00, 0xfc00, 0x7e00},
        {VJP_F32, 0x7f800000, 0xff800000, 0x7fc00000},
        {VJP_F64, UINT64_C(0x7ff0000000000000), UINT64_C(0xfff0000000000000),
         UINT64_C(0x7ff8000000000000)},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        cr_expect_eq(vjp_bits_infinity(want[i].dtype, false), want[i].infinity);
        cr_expect_eq(vjp_bits_infinity(want[i].dtype, true), want[i].negative);
        cr_expect_eq(vjp_bits_quiet_nan(want[i].dtype), want[i].nan);
    }
}

Test(dtype, load_and_store_reach_one_element_and_no_neighbour)
{
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        const enum vjp_dtype d = (enum vjp_dtype)dtype;
        const int bytes = vjp_format(d)->bytes;
        unsigned char memory[48];
        memset(memory, 0x5a, sizeof memory);
        const uint64_t bits = UINT64_C(0x8877665544332211) >> (64 - 8 * bytes);
        vjp_bits_store(d, memory + 1, 2, bits); /* elements need no alignment */
        cr_expect_eq(vjp_bits_load(d, memory + 1, 2), bits);
        cr_expect_eq(memcmp(memory + 1 + 2 * bytes, &bits, (size_t)bytes), 0);
        for (int i = 0; i < (int)sizeof memory; i++) {
            const bool inside = i >= 1 + 2 * bytes && i < 1 + 3 * bytes;
            cr_expect(inside || memory[i] == 0x5a, "byte %d", i);
        }
    }
}

/* Not one of the floating-point formats, but stored and carried in the same way. */
Test(dtype, integers_are_carried_as_twos_complement)
{
    static const struct {
        double value;
        uint64_t bits;
    } rows[] = {{0, 0},
                {1, 1},
                {-1, 0xffffffff},
                {-100, 0xffffff9c},
                {2147483647, 0x7fffffff},
                {-2147483648.0, 0x80000000}};
    enum vjp_dtype parsed;
    cr_expect_str_eq(vjp_format(VJP_I32)->name, "i32");
    cr_expect_eq(vjp_format(VJP_I32)->bytes, 4);
    cr_expect_not(vjp_dtype_parse("i32", &parsed), "a case is of a floating-point format");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t stored[2] = {5, 5};
        cr_expect_eq(vjp_bits_from_double(VJP_I32, rows[i].value), rows[i].bits);
        cr_expect_eq(vjp_bits_to_double(VJP_I32, rows[i].bits), rows[i].value);
        vjp_bits_store(VJP_I32, stored, 1, rows[i].bits);
        cr_expect(stored[0] == 5 && stored[1] == (int32_t)rows[i].value);
        cr_expect_eq(vjp_bits_load(VJP_I32, stored, 1), rows[i].bits);
        cr_expect_not(vjp_bits_is_nan(VJP_I32, rows[i].bits));
        cr_expect_not(vjp_bits_is_inf(VJP_I32, rows[i].bits));
        cr_expect_eq(vjp_bits_is_zero(VJP_I32, rows[i].bits), rows[i].value == 0);
        cr_expect_eq(vjp_bits_is_negative(VJP_I32, rows[i].bits), rows[i].value < 0);
    }
}
