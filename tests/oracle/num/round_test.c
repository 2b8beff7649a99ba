/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/round.h"

#include "tests/oracle/support.h"

#include <string.h>

__extension__ typedef unsigned __int128 u128;

/* A number m 2^e, m below 2^127. */
struct dyadic {
    bool negative;
    u128 m;
    int e;
};

static void set_dyadic(mpfr_t out, const struct dyadic *x)
{
    mpfr_t low;
    mpfr_init2(low, 64);
    mpfr_set_uj(out, (uint64_t)(x->m >> 64), MPFR_RNDN);
    mpfr_mul_2ui(out, out, 64, MPFR_RNDN);
    mpfr_set_uj(low, (uint64_t)x->m, MPFR_RNDN);
    mpfr_add(out, out, low, MPFR_RNDN);
    mpfr_mul_2si(out, out, x->e, MPFR_RNDN);
    if (x->negative)
        mpfr_neg(out, out, MPFR_RNDN);
    mpfr_clear(low);
}

/* The witness, in integers: x is n quanta and a rest, the quantum being that of x's binade or of the
 * subnormal numbers; n is rounded to even by the rest and put together with its exponent. */
static uint64_t round_dyadic(const struct dyadic *x, enum vjp_dtype dtype)
{
    const struct vjp_format *f = vjp_format(dtype);
    const int p = f->precision;
    const uint64_t sign = (uint64_t)x->negative << (8 * f->bytes - 1);
    const uint64_t infinity = (uint64_t)(f->emax - f->emin + 2) << (p - 1);
    if (x->m == 0)
        return sign;
    int top = 0;
    while (x->m >> top > 1)
        top++;
    const int binade = top + x->e > f->emin ? top + x->e : f->emin;
    if (binade > f->emax)
        return sign | infinity;
    int quantum = binade - p + 1;
    const int shift = quantum - x->e;
    u128 n = shift <= 0 ? x->m << -shift : shift < 128 ? x->m >> shift : 0;
    if (shift > 0 && shift <= 128) {
        const u128 rest = shift < 128 ? x->m - (n << shift) : x->m;
        const u128 half = (u128)1 << (shift - 1);
        if (rest > half || (rest == half && n % 2 == 1))
            n++;
    }
    if (n >> p) { /* rounded up to the next binade */
        n >>= 1;
        quantum++;
    }
    if (n >> (p - 1) == 0)
        return sign | (uint64_t)n;
    const int exponent = quantum + p - 1;
    if (exponent > f->emax)
        return sign | infinity;
    return sign | (uint64_t)(exponent - f->emin + 1) << (p - 1) |
           ((uint64_t)n - (UINT64_C(1) << (p - 1)));
}

static struct dyadic random_dyadic(uint64_t *state, int emin, int emax)
{
    const int bits = (int)random_between(state, 1, 126);
    u128 m = (u128)next_random(state) << 64 | next_random(state);
    m = m >> (128 - bits) | (u128)1 << (bits - 1);
    return (struct dyadic){next_random(state) % 2, m,
                           (int)random_between(state, emin, emax) - bits};
}

static void compare(struct tally *t, const char *what, enum vjp_dtype dtype, mpfr_srcptr x,
                    uint64_t want)
{
    const uint64_t got = vjp_round_to_bits(x, dtype);
    char text[80];
    mpfr_snprintf(text, sizeof text, "%Ra", x);
    check(t, got == want, "%s %s %s: got %#" PRIx64 ", want %#" PRIx64, what,
          vjp_format(dtype)->name, text, got, want);
}

static uint64_t bits_of_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t bits_of_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Over the whole exponent range of each format and past it at both ends. */
Test(round, agrees_with_integers_everywhere)
{
    struct tally t = {0};
    uint64_t state = 1;
    mpfr_t x;
    mpfr_init2(x, 128);
    for (int i = 0; i < 120000; i++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)(i % 4);
        const struct vjp_format *f = vjp_format(dtype);
        const struct dyadic d = random_dyadic(&state, f->emin - f->precision - 4, f->emax + 4);
        set_dyadic(x, &d);
        compare(&t, "random", dtype, x, round_dyadic(&d, dtype));
    }
    mpfr_clear(x);
    tally_assert(&t, 120000);
}

/* The same against MPFR's own conversions to the machine's two formats. */
Test(round, agrees_with_mpfr_get_flt_and_mpfr_get_d)
{
    struct tally t = {0};
    uint64_t state = 2;
    mpfr_t x;
    mpfr_init2(x, 128);
    for (int i = 0; i < 40000; i++) {
        const struct dyadic narrow = random_dyadic(&state, -155, 132);
        set_dyadic(x, &narrow);
        compare(&t, "flt", VJP_F32, x, bits_of_float(mpfr_get_flt(x, MPFR_RNDN)));
        const struct dyadic wide = random_dyadic(&state, -1080, 1028);
        set_dyadic(x, &wide);
        compare(&t, "dbl", VJP_F64, x, bits_of_double(mpfr_get_d(x, MPFR_RNDN)));
    }
    mpfr_clear(x);
    tally_assert(&t, 80000);
}

/* Between the numbers with the patterns b and b + 1 lies value + step / 2. Past the last finite
 * number comes the pattern of infinity, at the place where the next number would be. */
static void check_midpoint(struct tally *t, enum vjp_dtype dtype, uint64_t b, double value,
                           double step)
{
    const uint64_t even = b % 2 == 0 ? b : b + 1;
    mpfr_t x;
    mpfr_init2(x, 128);
    for (int sign = 1; sign >= -1; sign -= 2) {
        const uint64_t high = sign < 0 ? 0x8000 : 0;
        mpfr_set_d(x, sign * (value + step / 2), MPFR_RNDN);
        compare(t, "midpoint", dtype, x, high | even);
        mpfr_t tiny;
        mpfr_init2(tiny, 2);
        mpfr_set_si_2exp(tiny, 1, mpfr_get_exp(x) - 100, MPFR_RNDN);
        mpfr_add(x, x, tiny, MPFR_RNDN);
        compare(t, "above a midpoint", dtype, x, high | (sign > 0 ? b + 1 : b));
        mpfr_sub(x, x, tiny, MPFR_RNDN);
        mpfr_sub(x, x, tiny, MPFR_RNDN);
        compare(t, "below a midpoint", dtype, x, high | (sign > 0 ? b : b + 1));
        mpfr_set_d(x, sign * value, MPFR_RNDN);
        if (value > 0)
            compare(t, "a number", dtype, x, high | b);
        mpfr_clear(tiny);
    }
    mpfr_clear(x);
}

/* From +0 each next pattern is one step further, and the step doubles with every binade but the
 * first. */
static int64_t walk_midpoints(struct tally *t, enum vjp_dtype dtype, uint64_t infinity,
                              uint64_t binade, double step)
{
    double value = 0;
    for (uint64_t b = 0; b < infinity; b++) {
        if (b % binade == 0 && b > binade)
            step *= 2;
        check_midpoint(t, dtype, b, value, step);
        value += step;
    }
    return t->checked;
}

Test(round, all_midpoints_of_f16)
{
    struct tally t = {0};
    walk_midpoints(&t, VJP_F16, 0x7c00, 1024, 0x1p-24);
    tally_assert(&t, 8 * 0x7c00 - 2);
}

Test(round, all_midpoints_of_bf16)
{
    struct tally t = {0};
    walk_midpoints(&t, VJP_BF16, 0x7f80, 128, 0x1p-133);
    tally_assert(&t, 8 * 0x7f80 - 2);
}

/* Where the formats end, as hexadecimal floats and the patterns that IEEE 754 gives them. */
Test(round, boundaries_of_every_format)
{
    static const struct {
        enum vjp_dtype dtype;
        const char *x;
        uint64_t bits;
    } table[] = {
        {VJP_F16, "0x1.ffcp15", 0x7bff}, /* largest */
        {VJP_F16, "0x1.ffdp15", 0x7bff}, /* below the threshold 0x1.ffep15 */
        {VJP_F16, "0x1.ffdffffffffp15", 0x7bff},
        {VJP_F16, "0x1.ffep15", 0x7c00}, /* the threshold: a tie, and infinity is even */
        {VJP_F16, "-0x1.ffep15", 0xfc00},
        {VJP_F16, "0x1p-14", 0x0400},     /* smallest normal */
        {VJP_F16, "0x1.ff8p-15", 0x03ff}, /* largest subnormal: 1023 2^-24 */
        {VJP_F16, "0x1.ffcp-15", 0x0400}, /* midpoint, to even */
        {VJP_F16, "0x1p-24", 0x0001},     /* smallest */
        {VJP_F16, "0x1p-25", 0x0000},     /* half of it: a tie */
        {VJP_F16, "-0x1p-25", 0x8000},
        {VJP_F16, "0x1.000001p-25", 0x0001},
        {VJP_F16, "0x1.8p-24", 0x0002},
        {VJP_BF16, "0x1.fep127", 0x7f7f},
        {VJP_BF16, "0x1.fefffp127", 0x7f7f},
        {VJP_BF16, "0x1.ffp127", 0x7f80},
        {VJP_BF16, "0x1p-126", 0x0080},
        {VJP_BF16, "0x1p-133", 0x0001},
        {VJP_BF16, "0x1p-134", 0x0000},
        {VJP_BF16, "0x1.01p-134", 0x0001},
        {VJP_F32, "0x1.fffffep127", 0x7f7fffff},
        {VJP_F32, "0x1.fffffefffffp127", 0x7f7fffff},
        {VJP_F32, "0x1.ffffffp127", 0x7f800000},
        {VJP_F32, "-0x1.ffffffp127", 0xff800000},
        {VJP_F32, "0x1p-126", 0x00800000},
        {VJP_F32, "0x1.fffffcp-127", 0x007fffff},
        {VJP_F32, "0x1p-149", 0x00000001},
        {VJP_F32, "0x1p-150", 0x00000000},
        {VJP_F32, "0x1.00000001p-150", 0x00000001},
        {VJP_F32, "-0x1p-9999", 0x80000000},
        {VJP_F32, "0x1p9999", 0x7f800000},
        {VJP_F64, "0x1.fffffffffffffp1023", UINT64_C(0x7fefffffffffffff)},
        {VJP_F64, "0x1.fffffffffffff7fp1023", UINT64_C(0x7fefffffffffffff)},
        {VJP_F64, "0x1.fffffffffffff8p1023", UINT64_C(0x7ff0000000000000)},
        {VJP_F64, "0x1p-1022", UINT64_C(0x0010000000000000)},
        {VJP_F64, "0x1.ffffffffffffep-1023", UINT64_C(0x000fffffffffffff)},
        {VJP_F64, "0x1p-1074", 1},
        {VJP_F64, "0x1p-1075", 0},
        {VJP_F64, "-0x1.000000001p-1075", UINT64_C(0x8000000000000001)},
        {VJP_F64, "0", 0},
    };
    struct tally t = {0};
    mpfr_t x;
    mpfr_init2(x, 128);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        check(&t, mpfr_set_str(x, table[i].x, 0, MPFR_RNDN) == 0, "%s", table[i].x);
        compare(&t, table[i].x, table[i].dtype, x, table[i].bits);
    }
    mpfr_clear(x);
    tally_assert(&t, 2 * (int64_t)(sizeof table / sizeof *table));
}

Test(round, leaves_the_exponent_range_as_it_was)
{
    const mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
    mpfr_t x;
    mpfr_init2(x, 64);
    mpfr_set_d(x, 0x1.23p-140, MPFR_RNDN);
    cr_assert_eq(mpfr_set_emin(-7777), 0);
    cr_assert_eq(mpfr_set_emax(8888), 0);
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++)
        vjp_round_to_bits(x, (enum vjp_dtype)dtype);
    cr_expect_eq(mpfr_get_emin(), -7777);
    cr_expect_eq(mpfr_get_emax(), 8888);
    mpfr_set_emin(emin);
    mpfr_set_emax(emax);
    mpfr_clear(x);
}

static void set_point(struct vjp_real *r, const struct dyadic *d)
{
    set_dyadic(&r->ends->left, d);
    r->kind = VJP_REAL_FINITE;
    r->point = true;
}

/* A number whose rounding is hard for one format: a midpoint of it, at times with a last bit far
 * below the 64 that a round-to-odd value has. */
static struct dyadic near_midpoint(uint64_t *state, enum vjp_dtype dtype)
{
    const struct vjp_format *f = vjp_format(dtype);
    const int p = f->precision;
    const uint64_t n = next_random(state) >> (64 - p) | UINT64_C(1) << (p - 1);
    const int far = 126 - p;
    u128 m = ((u128)n * 2 + 1) << (far - 1);
    m = next_random(state) % 3 == 0 ? m : next_random(state) % 2 ? m + 1 : m - 1;
    const int top = (int)random_between(state, f->emin - p - 2, f->emax + 1);
    return (struct dyadic){next_random(state) % 2, m, top - 125};
}

/* The round-to-odd value rounds to every format as the number behind it does. */
Test(round, odd_first_changes_no_rounding)
{
    struct tally t = {0};
    uint64_t state = 3;
    struct vjp_real r;
    mpfr_t odd;
    vjp_real_init(&r, 128);
    mpfr_init2(odd, VJP_ODD_PRECISION);
    for (int i = 0; i < 20000; i++) {
        const enum vjp_dtype hard = (enum vjp_dtype)(i / 2 % 4);
        const struct dyadic d =
            i % 2 ? near_midpoint(&state, hard) : random_dyadic(&state, -1090, 1030);
        set_point(&r, &d);
        check(&t, vjp_round_to_odd(odd, &r), "a point is not settled");
        for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++)
            compare(&t, "odd", (enum vjp_dtype)dtype, odd, round_dyadic(&d, (enum vjp_dtype)dtype));
    }
    vjp_real_clear(&r);
    mpfr_clear(odd);
    tally_assert(&t, 100000);
}

/* What round to odd is: an exact number of 64 bits stays; any other becomes the one of its two
 * neighbours whose 64th bit is set. */
Test(round, odd_is_the_odd_neighbour)
{
    static const struct {
        const char *x, *odd;
    } table[] = {
        {"0", "0"},
        {"1", "1"},
        {"-0x1.0000000000000002p0", "-0x1.0000000000000002p0"}, /* 64 bits */
        {"0x1.00000000000000001p0", "0x1.0000000000000002p0"},
        {"0x1.0000000000000001p0", "0x1.0000000000000002p0"}, /* halfway */
        {"0x1.0000000000000003p0", "0x1.0000000000000002p0"}, /* halfway */
        {"0x1.0000000000000005p0", "0x1.0000000000000006p0"},
        {"-0x1.00000000000000001p0", "-0x1.0000000000000002p0"},
        {"-0x1.0000000000000003p0", "-0x1.0000000000000002p0"},
        {"0x1.ffffffffffffffff8p-9", "0x1.fffffffffffffffep-9"},
        {"0x1.fffffffffffffffcfp-9", "0x1.fffffffffffffffep-9"},
    };
    struct tally t = {0};
    struct vjp_real r;
    mpfr_t odd, want;
    vjp_real_init(&r, 128);
    mpfr_inits2(VJP_ODD_PRECISION, odd, want, (mpfr_ptr)0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        vjp_real_set_si(&r, 0);
        check(&t, mpfr_set_str(&r.ends->left, table[i].x, 0, MPFR_RNDN) == 0, "%s", table[i].x);
        check(&t, mpfr_set_str(want, table[i].odd, 0, MPFR_RNDN) == 0, "%s", table[i].odd);
        check(&t, vjp_round_to_odd(odd, &r), "%s is not settled", table[i].x);
        check(&t, mpfr_equal_p(odd, want) != 0, "%s", table[i].x);
    }
    vjp_real_clear(&r);
    mpfr_clears(odd, want, (mpfr_ptr)0);
    tally_assert(&t, 4 * (int64_t)(sizeof table / sizeof *table));
}

/* Numbers of 64 bits have a last bit of 2^-63 here, 0x0.0000000000000002. */
Test(round, intervals_settle_only_between_representable_numbers)
{
    static const struct {
        const char *low, *high;
        const char *odd; /* NULL: not settled */
    } table[] = {
        {"0x1.00000000000000001p0", "0x1.00000000000000018p0", "0x1.0000000000000002p0"},
        {"-0x1.00000000000000018p0", "-0x1.00000000000000001p0", "-0x1.0000000000000002p0"},
        {"0x1.00000000000000021p0", "0x1.00000000000000038p0", "0x1.0000000000000002p0"},
        {"0x1p0", "0x1.00000000000000018p0", NULL},                  /* low end is a number */
        {"0x1.00000000000000001p0", "0x1.0000000000000002p0", NULL}, /* high end is one */
        {"-0x1.00000000000000018p0", "-0x1p0", NULL},
        {"0x1.0000000000000001p0", "0x1.0000000000000003p0", NULL},   /* one inside */
        {"0x0.ffffffffffffffff8p0", "0x1.00000000000000001p0", NULL}, /* a power of two inside */
        {"1", "2", NULL},
        {"-1", "1", NULL},
        {"0", "0x1p-900", NULL},
        {"-0x1p-900", "0", NULL},
        {"-0x1p-900", "0x1p-900", NULL},
    };
    struct tally t = {0};
    struct vjp_real r;
    mpfr_t odd, want;
    vjp_real_init(&r, 128);
    mpfr_inits2(VJP_ODD_PRECISION, odd, want, (mpfr_ptr)0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        mpfr_set_str(&r.ends->left, table[i].low, 0, MPFR_RNDN);
        mpfr_set_str(&r.ends->right, table[i].high, 0, MPFR_RNDN);
        r.kind = VJP_REAL_FINITE;
        r.point = false;
        const bool settled = vjp_round_to_odd(odd, &r);
        check(&t, settled == (table[i].odd != NULL), "[%s, %s]", table[i].low, table[i].high);
        if (table[i].odd)
            mpfr_set_str(want, table[i].odd, 0, MPFR_RNDN);
        check(&t, !table[i].odd || mpfr_equal_p(odd, want), "[%s, %s]: wrong number", table[i].low,
              table[i].high);
    }
    vjp_real_clear(&r);
    mpfr_clears(odd, want, (mpfr_ptr)0);
    tally_assert(&t, 26);
}
