/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Special values, aliasing and sets; the enclosures themselves: arithmetic_enclosure_test.c. */
#include "oracle/num/real.h"

#include "tests/oracle/num/operands.h"

typedef void binary_operation(struct vjp_real *, const struct vjp_real *, const struct vjp_real *);
typedef void unary_operation(struct vjp_real *, const struct vjp_real *);

enum { ADD, SUB, MUL, DIV, MAX, BINARY };
static binary_operation *const binary[] = {vjp_real_add, vjp_real_sub, vjp_real_mul, vjp_real_div,
                                           vjp_real_max};
static const char *const binary_name[] = {"add", "sub", "mul", "div", "max"};

/* Quotients of these are exact. */
static const double kinds[] = {0.0, 2.0, -4.0, INFINITY, -INFINITY, NAN};
enum { KINDS = sizeof kinds / sizeof *kinds };

static double in_doubles(int operation, double a, double b)
{
    switch (operation) {
    case ADD:
        return a + b;
    case SUB:
        return a - b;
    case MUL:
        return a * b;
    case DIV:
        return a / b;
    default: /* maximum, which a NaN spreads through; fmax would drop it */
        return isnan(a) || isnan(b) ? (double)NAN : fmax(a, b);
    }
}

Test(arithmetic, points_have_ieee_754s_tables)
{
    struct tally t = {0};
    struct vjp_real a, b, out;
    vjp_real_init(&a, 53);
    vjp_real_init(&b, 53);
    vjp_real_init(&out, 53);
    for (int i = 0; i < KINDS; i++) {
        set_double(&a, kinds[i]);
        for (int j = 0; j < KINDS; j++) {
            set_double(&b, kinds[j]);
            for (int f = 0; f < BINARY; f++) {
                vjp_real_set_range(&out, 0, 1); /* overwritten, flag and all */
                binary[f](&out, &a, &b);
                check(&t, is_double(&out, in_doubles(f, kinds[i], kinds[j])), "%s %g %g",
                      binary_name[f], kinds[i], kinds[j]);
            }
        }
        vjp_real_set_range(&out, 0, 1);
        vjp_real_neg(&out, &a);
        check(&t, is_double(&out, -kinds[i]), "-(%g)", kinds[i]);
        vjp_real_set_range(&out, 0, 1);
        vjp_real_abs(&out, &a);
        check(&t, is_double(&out, fabs(kinds[i])), "|%g|", kinds[i]);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    tally_assert(&t, BINARY * KINDS * KINDS + 2 * KINDS);
}

/* What an enclosure gives with a special value: [2, 3] and [-3, -2] have a sign, [-1, 1], [0, 1] and
 * [-1, 0] may be zero, and zero times infinity is not what a number times infinity is. A column a
 * binary operation, in the order of its name: p infinity, n minus infinity, q NaN, u unknown, 0 the
 * point zero, = the enclosure itself. */
Test(arithmetic, enclosures_meet_special_values)
{
    static const struct {
        double low, high, other;
        const char *enclosure_first, *other_first;
    } table[] = {
        {2, 3, INFINITY, "pnp0p", "ppppp"},    {2, 3, -INFINITY, "npn0=", "nnnn="},
        {2, 3, NAN, "qqqqq", "qqqqq"},         {-3, -2, INFINITY, "pnn0p", "ppnnp"},
        {-3, -2, -INFINITY, "npp0=", "nnpp="}, {-1, 1, INFINITY, "pnu0p", "ppuup"},
        {-1, 1, -INFINITY, "npu0=", "nnuu="},  {-1, 1, NAN, "qqqqq", "qqqqq"},
        {0, 1, INFINITY, "pnu0p", "ppuup"},    {0, 1, -INFINITY, "npu0=", "nnuu="},
        {-1, 0, INFINITY, "pnu0p", "ppuup"},   {-1, 0, NAN, "qqqqq", "qqqqq"},
    };
    struct tally t = {0};
    struct vjp_real a, b, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&b, 53);
    vjp_real_init(&out, FEW);
    for (size_t i = 0; i < 2 * (sizeof table / sizeof *table); i++) {
        const bool swapped = i % 2;
        const char *want = swapped ? table[i / 2].other_first : table[i / 2].enclosure_first;
        set_interval(&a, table[i / 2].low, table[i / 2].high);
        set_double(&b, table[i / 2].other);
        for (int f = 0; f < BINARY; f++) {
            binary[f](&out, swapped ? &b : &a, swapped ? &a : &b);
            const bool holds = want[f] == 'p'   ? is_double(&out, INFINITY)
                               : want[f] == 'n' ? is_double(&out, -INFINITY)
                               : want[f] == 'q' ? is_double(&out, NAN)
                               : want[f] == '0' ? vjp_real_is_zero(&out)
                               : want[f] == '=' ? vjp_real_is_identical(&out, &a)
                                                : out.kind == VJP_REAL_UNKNOWN;
            check(&t, holds, "row %zu, %s: kind %d", i, binary_name[f], (int)out.kind);
        }
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    tally_assert(&t, 120);
}

/* A divisor that may be zero: only the point zero and a dividend of one sign settle anything. */
Test(arithmetic, division_by_what_may_be_zero)
{
    static const struct {
        double a[2], b[2];
        enum vjp_real_kind kind;
    } table[] = {
        {{1, 1}, {-1, 1}, VJP_REAL_UNKNOWN},  {{1, 1}, {0, 1}, VJP_REAL_UNKNOWN},
        {{1, 1}, {-1, 0}, VJP_REAL_UNKNOWN},  {{0, 0}, {-1, 1}, VJP_REAL_UNKNOWN},
        {{0, 0}, {0, 1}, VJP_REAL_UNKNOWN},   {{2, 3}, {0, 0}, VJP_REAL_POS_INF},
        {{-3, -2}, {0, 0}, VJP_REAL_NEG_INF}, {{-1, 1}, {0, 0}, VJP_REAL_UNKNOWN},
        {{0, 1}, {0, 0}, VJP_REAL_UNKNOWN},   {{0, 0}, {0, 0}, VJP_REAL_NAN},
        {{0, 0}, {2, 3}, VJP_REAL_FINITE},    {{-1, 1}, {-3, -2}, VJP_REAL_FINITE},
    };
    struct tally t = {0};
    struct vjp_real a, b, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&b, FEW);
    vjp_real_init(&out, FEW);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        set_interval(&a, table[i].a[0], table[i].a[1]);
        set_interval(&b, table[i].b[0], table[i].b[1]);
        a.point = table[i].a[0] == table[i].a[1];
        b.point = table[i].b[0] == table[i].b[1];
        vjp_real_div(&out, &a, &b);
        check(&t, out.kind == table[i].kind, "row %zu: kind %d", i, (int)out.kind);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    tally_assert(&t, 12);
}

/* What is not determined stays so, but for a NaN, which it can only be. */
Test(arithmetic, unknown_spreads_but_to_nan)
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
    for (int f = 0; f < BINARY; f++) {
        for (int i = 0; i < KINDS; i++) {
            const enum vjp_real_kind want = isnan(kinds[i]) ? VJP_REAL_NAN : VJP_REAL_UNKNOWN;
            set_double(&b, kinds[i]);
            binary[f](&out, &unknown, &b);
            check(&t, out.kind == want, "%s unknown %g", binary_name[f], kinds[i]);
            binary[f](&out, &b, &unknown);
            check(&t, out.kind == want, "%s %g unknown", binary_name[f], kinds[i]);
        }
        binary[f](&out, &unknown, &unknown);
        check(&t, out.kind == VJP_REAL_UNKNOWN, "%s unknown unknown", binary_name[f]);
    }
    vjp_real_neg(&out, &unknown);
    check(&t, out.kind == VJP_REAL_UNKNOWN, "-unknown");
    vjp_real_abs(&out, &unknown);
    check(&t, out.kind == VJP_REAL_UNKNOWN, "|unknown|");
    vjp_real_clear(&unknown);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    tally_assert(&t, BINARY * (2 * KINDS + 1) + 2);
}

/* Hence a sum has one kind whatever its order; where an unknown is among the terms (index KINDS), one
 * order may leave open what another settles, but they never contradict. */
Test(arithmetic, addition_of_kinds_is_associative)
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

/* Every operation on every sort of operands gives the same where out is one of them, or both. */
Test(arithmetic, out_may_be_an_operand)
{
    struct tally t = {0};
    struct vjp_real a, b, want, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&b, FEW);
    vjp_real_init(&want, FEW);
    vjp_real_init(&out, FEW);
    for (int n = 0; n < BINARY * SORTS * SORTS; n++) {
        const int f = n % BINARY, i = n / BINARY % SORTS, j = n / BINARY / SORTS;
        set_sort(&a, i);
        set_sort(&b, j);
        binary[f](&want, &a, &b);
        set_sort(&out, i);
        binary[f](&out, &out, &b);
        check(&t, vjp_real_is_identical(&out, &want), "%s, out is a: %d %d", binary_name[f], i, j);
        check(&t, out.kind != VJP_REAL_FINITE || out.point == want.point, "point: %d %d", i, j);
        set_sort(&out, j);
        binary[f](&out, &a, &out);
        check(&t, vjp_real_is_identical(&out, &want), "%s, out is b: %d %d", binary_name[f], i, j);
        set_sort(&a, i);
        set_sort(&b, i);
        binary[f](&want, &a, &b);
        set_sort(&out, i);
        binary[f](&out, &out, &out);
        check(&t, vjp_real_is_identical(&out, &want), "%s, out is both: %d", binary_name[f], i);
    }
    static unary_operation *const unary[] = {vjp_real_neg, vjp_real_abs, vjp_real_set};
    for (int n = 0; n < 3 * SORTS; n++) {
        set_sort(&a, n / 3);
        unary[n % 3](&want, &a);
        unary[n % 3](&a, &a);
        check(&t, vjp_real_is_identical(&a, &want), "unary %d, out is a: %d", n % 3, n / 3);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&want);
    vjp_real_clear(&out);
    tally_assert(&t, 4 * BINARY * SORTS * SORTS + 3 * SORTS);
}

/* A set times 0 is the number 0, wherever the 0 stands; another factor scales the hull. */
Test(arithmetic, sets_are_known_for_what_they_are)
{
    struct vjp_real range, number, out;
    vjp_real_init(&range, 53);
    vjp_real_init(&number, 53);
    vjp_real_init(&out, 53);
    vjp_real_set_range(&range, 0, 1);
    vjp_real_set_si(&number, 0);
    vjp_real_mul(&out, &range, &number);
    cr_expect(is_double(&out, 0));
    vjp_real_mul(&out, &number, &range);
    cr_expect(is_double(&out, 0));
    vjp_real_add(&out, &number, &range);
    cr_expect(is_interval(&out, 0, 1, true), "0 + a set");
    set_double(&number, -2.5);
    vjp_real_mul(&out, &range, &number);
    cr_expect(is_interval(&out, -2.5, 0, true));
    vjp_real_sub(&out, &number, &range);
    cr_expect(is_interval(&out, -3.5, -2.5, true));
    vjp_real_div(&out, &range, &number);
    cr_expect_eq(out.set, true);
    vjp_real_neg(&out, &range);
    cr_expect(is_interval(&out, -1, 0, true));
    vjp_real_abs(&out, &out);
    cr_expect(is_interval(&out, 0, 1, true));
    vjp_real_max(&out, &range, &number);
    cr_expect(is_interval(&out, 0, 1, true), "every element is larger");
    set_double(&number, 0.5);
    vjp_real_max(&out, &number, &range);
    cr_expect(is_interval(&out, 0.5, 1, true));
    set_double(&number, 1);
    vjp_real_max(&out, &range, &number);
    cr_expect(is_double(&out, 1), "no element is larger");
    set_double(&number, INFINITY);
    vjp_real_add(&out, &range, &number);
    cr_expect(is_double(&out, INFINITY));
    vjp_real_mul(&out, &range, &number);
    cr_expect(out.kind == VJP_REAL_UNKNOWN && !out.set);
    vjp_real_div(&out, &range, &number);
    cr_expect(is_double(&out, 0), "a set over infinity");
    vjp_real_clear(&range);
    vjp_real_clear(&number);
    vjp_real_clear(&out);
}

/* A set's hull has the ends of an enclosure that lies as it does, and only the mark is different. */
Test(arithmetic, hulls_have_the_ends_that_enclosures_have)
{
    struct tally t = {0};
    uint64_t state = 6;
    struct vjp_real a, b, want, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&b, FEW);
    vjp_real_init(&want, FEW);
    vjp_real_init(&out, FEW);
    for (int i = 0; i < 20000; i++) {
        double u[2], v[2];
        random_ends(&state, u);
        random_ends(&state, v);
        set_interval(&a, u[0], u[1]);
        set_interval(&b, v[0], v[1]);
        binary[i % BINARY](&want, &a, &b);
        a.set = i & 1;
        b.set = i & 2;
        binary[i % BINARY](&out, &a, &b);
        const bool from_a = i % BINARY == MAX && u[0] >= v[1];
        const bool from_b = i % BINARY == MAX && v[0] >= u[1];
        check(&t,
              out.kind != VJP_REAL_FINITE || out.set == ((!from_b && a.set) || (!from_a && b.set)),
              "%s [%a, %a] [%a, %a]: a set or not", binary_name[i % BINARY], u[0], u[1], v[0],
              v[1]);
        check(&t, out.kind == VJP_REAL_FINITE || !out.set, "UNKNOWN is no set");
        out.set = false;
        check(&t, vjp_real_is_identical(&out, &want), "%s [%a, %a] [%a, %a]: ends",
              binary_name[i % BINARY], u[0], u[1], v[0], v[1]);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&want);
    vjp_real_clear(&out);
    tally_assert(&t, 60000);
}

/* What leaves MPFR's exponents is not determined; what falls below them is enclosed. */
Test(arithmetic, the_ends_of_the_exponent_range)
{
    struct vjp_real large, tiny, out;
    vjp_real_init(&large, FEW);
    vjp_real_init(&tiny, FEW);
    vjp_real_init(&out, FEW);
    mpfr_set_ui_2exp(&large.ends->left, 1, mpfr_get_emax() - 1, MPFR_RNDN);
    mpfr_set_ui_2exp(&tiny.ends->left, 1, mpfr_get_emin() - 1, MPFR_RNDN);
    cr_assert(mpfr_number_p(&large.ends->left) && !mpfr_zero_p(&tiny.ends->left));
    vjp_real_add(&out, &large, &large);
    cr_expect_eq(out.kind, VJP_REAL_UNKNOWN);
    vjp_real_neg(&large, &large);
    vjp_real_add(&out, &large, &large);
    cr_expect_eq(out.kind, VJP_REAL_UNKNOWN);
    vjp_real_mul(&out, &large, &large);
    cr_expect_eq(out.kind, VJP_REAL_UNKNOWN);
    vjp_real_div(&out, &large, &tiny);
    cr_expect_eq(out.kind, VJP_REAL_UNKNOWN);
    vjp_real_mul(&out, &tiny, &tiny);
    cr_expect(out.kind == VJP_REAL_FINITE && !out.point);
    cr_expect(mpfr_zero_p(vjp_real_low(&out)) &&
              mpfr_equal_p(vjp_real_high(&out), vjp_real_low(&tiny)));
    vjp_real_div(&out, &tiny, &large);
    cr_expect(out.kind == VJP_REAL_FINITE && !out.point);
    cr_expect(mpfr_cmpabs(vjp_real_low(&out), vjp_real_low(&tiny)) == 0 &&
              mpfr_sgn(vjp_real_low(&out)) < 0);
    cr_expect(mpfr_zero_p(vjp_real_high(&out)));
    vjp_real_clear(&large);
    vjp_real_clear(&tiny);
    vjp_real_clear(&out);
}

/* Above the precision of scratch on the stack the heap serves. */
Test(arithmetic, more_bits_than_the_stack_holds)
{
    struct vjp_real a, out;
    vjp_real_init(&a, 20000);
    vjp_real_init(&out, 20000);
    set_interval(&a, -1, 2);
    vjp_real_mul(&out, &a, &a);
    cr_expect(is_interval(&out, -2, 4, false));
    set_interval(&a, 1, 2);
    vjp_real_sub(&a, &a, &a);
    cr_expect(is_interval(&a, -1, 1, false));
    vjp_real_clear(&a);
    vjp_real_clear(&out);
}
