/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/real.h"

#include "tests/oracle/num/operands.h"

#include <limits.h>
#include <string.h>

static const double kinds[] = {0.0, 2.0, -3.0, INFINITY, -INFINITY, NAN};
enum { KINDS = sizeof kinds / sizeof *kinds };

Test(real, begins_as_the_point_zero)
{
    struct vjp_real r;
    vjp_real_init(&r, FEW);
    cr_expect(is_double(&r, 0.0));
    cr_expect(vjp_real_is_zero(&r));
    vjp_real_set_si(&r, -7);
    cr_expect(is_double(&r, -7.0));
    cr_expect_not(vjp_real_is_zero(&r));
    set_interval(&r, 0.0, 0.5);
    cr_expect_not(vjp_real_is_zero(&r));
    vjp_real_clear(&r);
    struct vjp_limbs limbs = {0};
    struct vjp_real *none = vjp_reals_create(0, FEW, &limbs);
    cr_expect_not_null(none);
    free(none);
    struct vjp_real *some = vjp_reals_create(3, FEW, &limbs);
    cr_expect(is_double(&some[0], 0.0) && is_double(&some[2], 0.0));
    cr_expect_eq(mpfr_get_prec(vjp_real_low(&some[2])), FEW);
    free(some);
    memset(&r, 0xff, sizeof r);
    cr_assert(vjp_real_init_in(&r, FEW, &limbs));
    cr_expect(is_double(&r, 0.0), "whatever was there before");
    vjp_limbs_clear(&limbs);
}

Test(real, set_into_fewer_bits_encloses)
{
    struct vjp_real wide, few;
    vjp_real_init(&wide, 100);
    vjp_real_init(&few, FEW);
    set_double(&wide, 0x1.0000000000001p0);
    vjp_real_set(&few, &wide);
    cr_expect(!few.point && few.kind == VJP_REAL_FINITE);
    cr_expect_eq(mpfr_cmp_d(vjp_real_low(&few), 1.0), 0);
    cr_expect_eq(mpfr_cmp_d(vjp_real_high(&few), 1.0 + 0x1p-19), 0);
    set_double(&wide, -0x1.0000000000001p0);
    vjp_real_set(&few, &wide);
    cr_expect(!few.point);
    cr_expect_eq(mpfr_cmp_d(vjp_real_low(&few), -1.0 - 0x1p-19), 0);
    cr_expect_eq(mpfr_cmp_d(vjp_real_high(&few), -1.0), 0);
    set_double(&wide, 0x1.8p7);
    vjp_real_set(&few, &wide);
    cr_expect(is_double(&few, 0x1.8p7), "an exact copy of a point is a point");
    set_interval(&wide, 0x1.0000000000001p0, 0x1.0000000000002p0);
    vjp_real_set(&few, &wide);
    cr_expect(!few.point);
    cr_expect_eq(mpfr_cmp_d(vjp_real_low(&few), 1.0), 0);
    cr_expect_eq(mpfr_cmp_d(vjp_real_high(&few), 1.0 + 0x1p-19), 0);
    vjp_real_set(&few, &few);
    cr_expect_eq(mpfr_cmp_d(vjp_real_high(&few), 1.0 + 0x1p-19), 0, "onto itself");
    for (int i = 3; i < KINDS; i++) {
        set_double(&wide, kinds[i]);
        vjp_real_set(&few, &wide);
        cr_expect(is_double(&few, kinds[i]));
    }
    vjp_real_clear(&wide);
    vjp_real_clear(&few);
}

Test(real, identity_and_overlap)
{
    static const struct {
        double a[2], b[2];
        bool identical, overlaps;
    } table[] = {
        {{1, 2}, {1, 2}, true, true},     {{1, 2}, {1, 3}, false, true},
        {{1, 2}, {0, 2}, false, true},    {{1, 2}, {2, 3}, false, true},
        {{2, 3}, {1, 2}, false, true},    {{1, 2}, {2.5, 3}, false, false},
        {{2.5, 3}, {1, 2}, false, false}, {{1, 4}, {2, 3}, false, true},
        {{2, 3}, {1, 4}, false, true},    {{-1, -0.5}, {0.5, 1}, false, false},
    };
    struct tally t = {0};
    struct vjp_real a, b;
    vjp_real_init(&a, 53);
    vjp_real_init(&b, 53);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        set_interval(&a, table[i].a[0], table[i].a[1]);
        set_interval(&b, table[i].b[0], table[i].b[1]);
        check(&t, vjp_real_is_identical(&a, &b) == table[i].identical, "row %zu: identical", i);
        check(&t, vjp_real_overlaps(&a, &b) == table[i].overlaps, "row %zu: overlaps", i);
    }
    for (int i = 0; i < KINDS; i++) {
        for (int j = 0; j < KINDS; j++) {
            set_double(&a, kinds[i]);
            set_double(&b, kinds[j]);
            check(&t, vjp_real_is_identical(&a, &b) == (i == j), "%g is %g", kinds[i], kinds[j]);
            check(&t, vjp_real_overlaps(&a, &b) == (i == j), "%g meets %g", kinds[i], kinds[j]);
        }
    }
    set_double(&a, 2.0);
    set_interval(&b, 1.0, 3.0);
    check(&t, vjp_real_overlaps(&a, &b) && vjp_real_overlaps(&b, &a), "a point inside");
    check(&t, !vjp_real_is_identical(&a, &b), "a point is no interval");
    set_double(&a, 3.5);
    check(&t, !vjp_real_overlaps(&a, &b) && !vjp_real_overlaps(&b, &a), "a point outside");
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    tally_assert(&t, 20 + 2 * KINDS * KINDS + 3);
}

/* The value of a 16-bit pattern with the given exponent width, by the definition of the format. */
static double decode(uint64_t bits, int fraction_bits, int bias)
{
    const double sign = bits >> 15 ? -1 : 1;
    const int exponent = (int)(bits >> fraction_bits) & ((1 << (15 - fraction_bits)) - 1);
    const double fraction = (double)(bits & ((UINT64_C(1) << fraction_bits) - 1));
    if (exponent == (1 << (15 - fraction_bits)) - 1)
        return fraction != 0 ? (double)NAN : sign * (double)INFINITY;
    const int scale = exponent > 0 ? exponent : 1;
    return sign * ldexp(fraction + (exponent > 0 ? ldexp(1, fraction_bits) : 0),
                        scale - bias - fraction_bits);
}

Test(real, bits_are_read_exactly)
{
    struct tally t = {0};
    uint64_t state = 4;
    struct vjp_real r;
    vjp_real_init(&r, 53);
    for (uint64_t bits = 0; bits <= 0xffff; bits++) {
        vjp_real_set_bits(&r, VJP_F16, bits);
        check(&t, is_double(&r, decode(bits, 10, 15)), "f16 %#" PRIx64, bits);
        vjp_real_set_bits(&r, VJP_BF16, bits);
        check(&t, is_double(&r, decode(bits, 7, 127)), "bf16 %#" PRIx64, bits);
    }
    for (int i = 0; i < 20000; i++) {
        const uint64_t bits = next_random(&state);
        const uint32_t half = (uint32_t)bits;
        double wide;
        float narrow;
        memcpy(&wide, &bits, sizeof wide);
        memcpy(&narrow, &half, sizeof narrow);
        vjp_real_set_bits(&r, VJP_F64, bits);
        check(&t, is_double(&r, wide), "f64 %a", wide);
        vjp_real_set_bits(&r, VJP_F32, half);
        check(&t, is_double(&r, (double)narrow), "f32 %a", (double)narrow);
    }
    vjp_real_set_bits(&r, VJP_F64, 1);
    check(&t, is_double(&r, 0x1p-1074), "the smallest subnormal double");
    vjp_real_set_bits(&r, VJP_F64, UINT64_C(1) << 63);
    check(&t, vjp_real_is_zero(&r), "-0");
    vjp_real_clear(&r);
    tally_assert(&t, 2 * 65536 + 40002);
}

Test(real, a_copy_is_a_set_where_the_original_is)
{
    struct vjp_real a, out;
    vjp_real_init(&a, 53);
    vjp_real_init(&out, FEW);
    vjp_real_set_range(&a, -1, 2);
    vjp_real_set(&out, &a);
    cr_expect(is_interval(&out, -1, 2, true));
    vjp_real_set(&out, &out);
    cr_expect(is_interval(&out, -1, 2, true), "onto itself");
    set_interval(&a, -1, 2);
    cr_expect_not(vjp_real_is_identical(&a, &out), "an enclosure is no set");
    cr_expect(vjp_real_overlaps(&a, &out) && vjp_real_overlaps(&out, &a));
    vjp_real_set(&out, &a);
    cr_expect(is_interval(&out, -1, 2, false));
    vjp_real_set_range(&out, -1, 2);
    set_double(&a, NAN);
    vjp_real_set(&out, &a);
    cr_expect(is_double(&out, NAN), "NaN is no set");
    vjp_real_set_range(&out, -1, 2);
    set_double(&out, INFINITY);
    cr_expect(is_double(&out, INFINITY), "infinity is no set");
    vjp_real_set_range(&out, -1, 2);
    vjp_real_set_si(&out, 5);
    cr_expect(is_double(&out, 5), "nor is what is set over one");
    vjp_real_clear(&a);
    vjp_real_clear(&out);
}

Test(real, ranges)
{
    struct vjp_real r;
    vjp_real_init(&r, FEW);
    vjp_real_set_range(&r, 0, 1);
    cr_expect(is_interval(&r, 0, 1, true));
    vjp_real_set_range(&r, 3, 3);
    cr_expect(is_double(&r, 3), "a set of one number is a number");
    vjp_real_set_range(&r, -0x100001, 0x100001); /* 21 bits */
    cr_expect(is_interval(&r, -0x100002, 0x100002, true), "rounded outward");
    vjp_real_set_range(&r, 0x100001, 0x100001);
    cr_expect(is_interval(&r, 0x100000, 0x100002, false), "one number, enclosed");
    vjp_real_clear(&r);
}

/* a / b lies in [low, high] if a lies between low b and high b, which long multiplication decides. */
Test(real, ratios_are_exact_or_enclosed_by_neighbours)
{
    struct tally t = {0};
    uint64_t state = 5;
    struct vjp_real r;
    mpfr_t product, next;
    vjp_real_init(&r, FEW);
    mpfr_init2(product, 200);
    mpfr_init2(next, FEW);
    for (int i = 0; i < 20000; i++) {
        const int shift = (int)random_between(&state, 0, 63);
        const long a = (long)next_random(&state) >> shift;
        const long b = i % 7 == 0 ? LONG_MIN : ((long)next_random(&state) >> shift) | 1;
        vjp_real_set_ratio(&r, a, b);
        mpfr_mul_si(product, vjp_real_low(&r), b, MPFR_RNDN);
        const int low = mpfr_cmp_si(product, a);
        mpfr_mul_si(product, vjp_real_high(&r), b, MPFR_RNDN);
        const int high = mpfr_cmp_si(product, a);
        check(&t, r.kind == VJP_REAL_FINITE && !r.set, "kind of %ld / %ld", a, b);
        if (r.point) {
            check(&t, low == 0, "%ld / %ld is no point", a, b);
            continue;
        }
        check(&t, b > 0 ? low < 0 && high > 0 : low > 0 && high < 0, "%ld / %ld", a, b);
        mpfr_set(next, vjp_real_low(&r), MPFR_RNDN);
        mpfr_nextabove(next);
        check(&t, mpfr_equal_p(next, vjp_real_high(&r)) != 0, "%ld / %ld is wide", a, b);
    }
    vjp_real_set_ratio(&r, -6, 4);
    check(&t, is_double(&r, -1.5), "-6 / 4");
    vjp_real_set_ratio(&r, 0, -4);
    check(&t, vjp_real_is_zero(&r), "0 / -4");
    struct vjp_real wide;
    vjp_real_init(&wide, 64);
    vjp_real_set_ratio(&wide, LONG_MAX, -1);
    check(&t, wide.point && mpfr_cmp_si(vjp_real_low(&wide), -LONG_MAX) == 0, "LONG_MAX / -1");
    vjp_real_clear(&wide);
    vjp_real_clear(&r);
    mpfr_clears(product, next, (mpfr_ptr)0);
    tally_assert(&t, 40000);
}

Test(real, the_middle_as_a_long_double)
{
    struct vjp_real r;
    vjp_real_init(&r, 256);
    set_double(&r, 0x1.8p-3);
    cr_expect(vjp_real_get_ld(&r) == 0x1.8p-3L);
    set_interval(&r, -0x1p1023, 0x1.8p1023);
    cr_expect(vjp_real_get_ld(&r) == 0x1p1021L);
    set_interval(&r, -1, 1);
    cr_expect(vjp_real_get_ld(&r) == 0);
    vjp_real_set_range(&r, 0, 1);
    cr_expect(vjp_real_get_ld(&r) == 0.5L, "of a set: of its hull");
    set_double(&r, -0x1p-1074);
    vjp_real_mul(&r, &r, &r);
    cr_expect(vjp_real_get_ld(&r) == 0x1p-2148L, "products of doubles fit");
    mpfr_set_ui_2exp(&r.ends->left, 1, 20000, MPFR_RNDN);
    cr_expect(vjp_real_get_ld(&r) == (long double)INFINITY);
    set_double(&r, INFINITY);
    cr_expect(vjp_real_get_ld(&r) == (long double)INFINITY);
    set_double(&r, -INFINITY);
    cr_expect(vjp_real_get_ld(&r) == -(long double)INFINITY);
    set_double(&r, NAN);
    cr_expect(isnan(vjp_real_get_ld(&r)));
    r.kind = VJP_REAL_UNKNOWN;
    cr_expect(isnan(vjp_real_get_ld(&r)));
    vjp_real_clear(&r);
}
