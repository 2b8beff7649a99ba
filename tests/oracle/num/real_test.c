/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/real.h"

#include "tests/oracle/num/operands.h"

#include <string.h>

/* Whether r is what IEEE 754 calls value (the sign of a zero apart), known exactly. */
static bool is_double(const struct vjp_real *r, double value)
{
    if (isnan(value))
        return r->kind == VJP_REAL_NAN;
    if (isinf(value))
        return r->kind == (value > 0 ? VJP_REAL_POS_INF : VJP_REAL_NEG_INF);
    return r->kind == VJP_REAL_FINITE && r->point && mpfr_cmp_d(vjp_real_low(r), value) == 0 &&
           mpfr_cmp_d(vjp_real_high(r), value) == 0;
}

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
    vjp_limbs_clear(&limbs);
}

Test(real, add_and_mul_have_ieee_754s_tables)
{
    struct tally t = {0};
    struct vjp_real a, b, out;
    vjp_real_init(&a, 53);
    vjp_real_init(&b, 53);
    vjp_real_init(&out, 53);
    for (int i = 0; i < KINDS; i++) {
        for (int j = 0; j < KINDS; j++) {
            set_double(&a, kinds[i]);
            set_double(&b, kinds[j]);
            vjp_real_add(&out, &a, &b);
            check(&t, is_double(&out, kinds[i] + kinds[j]), "%g + %g", kinds[i], kinds[j]);
            vjp_real_mul(&out, &a, &b);
            check(&t, is_double(&out, kinds[i] * kinds[j]), "%g * %g", kinds[i], kinds[j]);
        }
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    tally_assert(&t, 2 * KINDS * KINDS);
}

/* What an enclosure gives with a special value: [2, 3] and [-3, -2] have a sign, [-1, 1], [0, 1] and
 * [-1, 0] may be zero, and zero times infinity is not what a number times infinity is. */
Test(real, enclosures_meet_special_values)
{
    static const struct {
        double low, high, other;
        enum vjp_real_kind sum, product;
    } table[] = {
        {2, 3, INFINITY, VJP_REAL_POS_INF, VJP_REAL_POS_INF},
        {2, 3, -INFINITY, VJP_REAL_NEG_INF, VJP_REAL_NEG_INF},
        {2, 3, NAN, VJP_REAL_NAN, VJP_REAL_NAN},
        {-3, -2, INFINITY, VJP_REAL_POS_INF, VJP_REAL_NEG_INF},
        {-3, -2, -INFINITY, VJP_REAL_NEG_INF, VJP_REAL_POS_INF},
        {-1, 1, INFINITY, VJP_REAL_POS_INF, VJP_REAL_UNKNOWN},
        {-1, 1, -INFINITY, VJP_REAL_NEG_INF, VJP_REAL_UNKNOWN},
        {-1, 1, NAN, VJP_REAL_NAN, VJP_REAL_NAN},
        {0, 1, INFINITY, VJP_REAL_POS_INF, VJP_REAL_UNKNOWN},
        {0, 1, -INFINITY, VJP_REAL_NEG_INF, VJP_REAL_UNKNOWN},
        {-1, 0, INFINITY, VJP_REAL_POS_INF, VJP_REAL_UNKNOWN},
        {-1, 0, NAN, VJP_REAL_NAN, VJP_REAL_NAN},
    };
    struct tally t = {0};
    struct vjp_real a, b, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&b, 53);
    vjp_real_init(&out, FEW);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        set_interval(&a, table[i].low, table[i].high);
        set_double(&b, table[i].other);
        vjp_real_add(&out, &a, &b);
        check(&t, out.kind == table[i].sum, "row %zu: a + b is %d", i, (int)out.kind);
        vjp_real_add(&out, &b, &a);
        check(&t, out.kind == table[i].sum, "row %zu: b + a is %d", i, (int)out.kind);
        vjp_real_mul(&out, &a, &b);
        check(&t, out.kind == table[i].product, "row %zu: a b is %d", i, (int)out.kind);
        vjp_real_mul(&out, &b, &a);
        check(&t, out.kind == table[i].product, "row %zu: b a is %d", i, (int)out.kind);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    tally_assert(&t, 48);
}

/* What is not determined stays so, but for a NaN, which it can only be. */
Test(real, unknown_spreads_but_to_nan)
{
    struct tally t = {0};
    struct vjp_real unknown, b, out;
    vjp_real_init(&unknown, FEW);
    vjp_real_init(&b, 53);
    vjp_real_init(&out, FEW);
    set_interval(&unknown, -1, 1);
    set_double(&b, INFINITY);
    vjp_real_mul(&unknown, &unknown, &b);
    cr_assert_eq(unknown.kind, VJP_REAL_UNKNOWN);
    for (int i = 0; i < KINDS; i++) {
        const enum vjp_real_kind want = isnan(kinds[i]) ? VJP_REAL_NAN : VJP_REAL_UNKNOWN;
        set_double(&b, kinds[i]);
        vjp_real_add(&out, &unknown, &b);
        check(&t, out.kind == want, "unknown + %g", kinds[i]);
        vjp_real_add(&out, &b, &unknown);
        check(&t, out.kind == want, "%g + unknown", kinds[i]);
        vjp_real_mul(&out, &unknown, &b);
        check(&t, out.kind == want, "unknown * %g", kinds[i]);
        vjp_real_mul(&out, &b, &unknown);
        check(&t, out.kind == want, "%g * unknown", kinds[i]);
    }
    vjp_real_mul(&out, &unknown, &unknown);
    check(&t, out.kind == VJP_REAL_UNKNOWN, "unknown * unknown");
    vjp_real_add(&out, &unknown, &unknown);
    check(&t, out.kind == VJP_REAL_UNKNOWN, "unknown + unknown");
    vjp_real_clear(&unknown);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    tally_assert(&t, 4 * KINDS + 2);
}

/* Hence a sum has one kind whatever its order; where an unknown is among the terms (index KINDS), one
 * order may leave open what another settles, but they never contradict. */
Test(real, addition_of_kinds_is_associative)
{
    struct tally t = {0};
    struct vjp_real term[KINDS + 1], left, right;
    for (int i = 0; i <= KINDS; i++) {
        vjp_real_init(&term[i], 53);
        if (i < KINDS)
            set_double(&term[i], kinds[i]);
        else
            term[i].kind = VJP_REAL_UNKNOWN;
    }
    vjp_real_init(&left, 53);
    vjp_real_init(&right, 53);
    for (int n = 0; n < (KINDS + 1) * (KINDS + 1) * (KINDS + 1); n++) {
        const int i = n % (KINDS + 1), j = n / (KINDS + 1) % (KINDS + 1),
                  k = n / (KINDS + 1) / (KINDS + 1);
        vjp_real_add(&left, &term[i], &term[j]);
        vjp_real_add(&left, &left, &term[k]);
        vjp_real_add(&right, &term[j], &term[k]);
        vjp_real_add(&right, &term[i], &right);
        const bool open = i == KINDS || j == KINDS || k == KINDS;
        const bool unsettled = left.kind == VJP_REAL_UNKNOWN || right.kind == VJP_REAL_UNKNOWN;
        check(&t, left.kind == right.kind || (open && unsettled), "kinds %d %d %d: %d and %d", i, j,
              k, (int)left.kind, (int)right.kind);
    }
    for (int i = 0; i <= KINDS; i++)
        vjp_real_clear(&term[i]);
    vjp_real_clear(&left);
    vjp_real_clear(&right);
    tally_assert(&t, 343);
}

/* Operands of every sort for the aliasing test. */
static void set_sort(struct vjp_real *r, int sort)
{
    static const double special[] = {0, 0x1.8p-3, -0x1.0001p4, INFINITY, -INFINITY, NAN};
    if (sort < 6)
        set_double(r, special[sort]);
    else if (sort == 6)
        set_interval(r, -0x1.1p0, 0x1.7p1);
    else if (sort == 7)
        set_interval(r, 0x1.3p0, 0x1.7p1);
    else
        r->kind = VJP_REAL_UNKNOWN;
}

Test(real, out_may_be_an_operand)
{
    struct tally t = {0};
    struct vjp_real a, b, want, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&b, FEW);
    vjp_real_init(&want, FEW);
    vjp_real_init(&out, FEW);
    for (int n = 0; n < 2 * 81; n++) {
        void (*operation)(struct vjp_real *, const struct vjp_real *, const struct vjp_real *) =
            n % 2 ? vjp_real_add : vjp_real_mul;
        const int i = n / 2 % 9, j = n / 18;
        set_sort(&a, i);
        set_sort(&b, j);
        operation(&want, &a, &b);
        set_sort(&out, i);
        operation(&out, &out, &b);
        check(&t, vjp_real_is_identical(&out, &want), "out is a: %d %d", i, j);
        set_sort(&out, j);
        operation(&out, &a, &out);
        check(&t, vjp_real_is_identical(&out, &want), "out is b: %d %d", i, j);
        set_sort(&a, i);
        set_sort(&b, i);
        operation(&want, &a, &b);
        set_sort(&out, i);
        operation(&out, &out, &out);
        check(&t, vjp_real_is_identical(&out, &want), "out is both: %d", i);
        check(&t, out.kind != VJP_REAL_FINITE || out.point == want.point, "point: %d %d", i, j);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&want);
    vjp_real_clear(&out);
    tally_assert(&t, 4 * 162);
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
