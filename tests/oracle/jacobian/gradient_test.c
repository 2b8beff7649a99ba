/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/gradient.h"

#include "tests/oracle/support.h"

#include <string.h>

#define PRECISION 128

static void init(struct vjp_gradient *g, int64_t count)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_gradient_init(g, count, PRECISION, &error), VJP_OK, "%s", error.text);
}

static void add(struct vjp_gradient *g, int64_t j, double term)
{
    uint64_t bits;
    struct vjp_real r;
    vjp_real_init(&r, PRECISION);
    memcpy(&bits, &term, sizeof bits);
    vjp_real_set_bits(&r, VJP_F64, bits);
    vjp_gradient_add(g, j, &r);
    vjp_real_clear(&r);
}

/* value, S, k and the exponent of the last bit of any term. */
static void expect(const struct vjp_gradient *g, int64_t j, double value, double scale,
                   int64_t terms, int64_t lowest)
{
    cr_expect_eq(mpfr_cmp_d(vjp_real_low(&g->value[j]), value), 0, "value of %d", (int)j);
    cr_expect(g->value[j].point && g->value[j].kind == VJP_REAL_FINITE);
    cr_expect_eq(mpfr_cmp_d(&g->scale[j], scale), 0, "S of %d", (int)j);
    cr_expect_eq(g->terms[j], terms, "k of %d is %" PRId64, (int)j, g->terms[j]);
    cr_expect_eq(g->lowest[j], lowest, "lowest of %d is %" PRId64, (int)j, g->lowest[j]);
}

Test(gradient, begins_as_empty_sums)
{
    struct vjp_gradient g;
    init(&g, 2);
    expect(&g, 0, 0, 0, 0, INT64_MAX);
    expect(&g, 1, 0, 0, 0, INT64_MAX);
    vjp_gradient_clear(&g);
    cr_expect_null(g.value);
    vjp_gradient_clear(&g);
    init(&g, 0);
    cr_expect_eq(g.count, 0);
    vjp_gradient_clear(&g);
}

/* 6 - 20 + 0.75 = -13.25; 6 = 3 2^1, 20 = 5 2^2, 0.75 = 3 2^-2. The other element is not touched. */
Test(gradient, sums_terms_and_magnitudes)
{
    struct vjp_gradient g;
    init(&g, 2);
    add(&g, 1, 6);
    expect(&g, 1, 6, 6, 1, 1);
    add(&g, 1, -20);
    expect(&g, 1, -14, 26, 2, 1);
    add(&g, 1, 0.75);
    expect(&g, 1, -13.25, 26.75, 3, -2);
    expect(&g, 0, 0, 0, 0, INT64_MAX);
    vjp_gradient_clear(&g);
}

/* Neither zero is a term; terms that cancel are. */
Test(gradient, zeros_are_no_terms)
{
    struct vjp_gradient g;
    init(&g, 1);
    add(&g, 0, 0.0);
    add(&g, 0, -0.0);
    expect(&g, 0, 0, 0, 0, INT64_MAX);
    add(&g, 0, 5);
    add(&g, 0, -5);
    expect(&g, 0, 0, 10, 2, 0);
    vjp_gradient_clear(&g);
}

Test(gradient, the_lowest_bit_is_found_over_the_whole_range)
{
    for (int e = -1074; e <= 1023; e += 3) {
        struct vjp_gradient g;
        const double power = ldexp(1, e);
        init(&g, 1);
        add(&g, 0, -power);
        expect(&g, 0, -power, power, 1, e);
        vjp_gradient_clear(&g);
    }
    struct vjp_gradient g;
    init(&g, 1);
    add(&g, 0, 0x1.0000000000001p10);
    expect(&g, 0, 0x1.0000000000001p10, 0x1.0000000000001p10, 1, 10 - 52);
    add(&g, 0, 0x1p900);
    cr_expect_eq(g.lowest[0], 10 - 52);
    vjp_gradient_clear(&g);
}

/* S has 64 bits: 1 + 2^-80 becomes the next number above 1, and S stays above. */
Test(gradient, magnitudes_are_rounded_up)
{
    struct vjp_gradient g;
    mpfr_t next;
    init(&g, 1);
    add(&g, 0, -1);
    add(&g, 0, 0x1p-80);
    mpfr_init2(next, VJP_SCALE_PRECISION);
    mpfr_set_ui(next, 1, MPFR_RNDN);
    mpfr_nextabove(next);
    cr_expect(mpfr_equal_p(&g.scale[0], next));
    add(&g, 0, -0x1p-80);
    mpfr_nextabove(next);
    cr_expect(mpfr_equal_p(&g.scale[0], next));
    mpfr_clear(next);
    vjp_gradient_clear(&g);
}

/* Random terms: S is at least the exact sum of magnitudes, and above it by at most a unit of 2^-63 per
 * addition. */
Test(gradient, magnitudes_are_rounded_up_by_little)
{
    struct tally t = {0};
    uint64_t state = 1;
    mpfr_t exact, most;
    mpfr_init2(exact, 2000);
    mpfr_init2(most, 2000);
    for (int run = 0; run < 200; run++) {
        struct vjp_gradient g;
        init(&g, 1);
        mpfr_set_zero(exact, 1);
        for (int i = 0; i < 20; i++) {
            const double term = random_number(&state, 53, (int)random_between(&state, -300, 300));
            add(&g, 0, term);
            mpfr_add_d(exact, exact, fabs(term), MPFR_RNDN);
        }
        check(&t, mpfr_lessequal_p(exact, &g.scale[0]) != 0, "run %d: S is too small", run);
        mpfr_set_ui_2exp(most, 20, -62, MPFR_RNDN);
        mpfr_add_ui(most, most, 1, MPFR_RNDN);
        mpfr_mul(most, most, exact, MPFR_RNDN);
        check(&t, mpfr_lessequal_p(&g.scale[0], most) != 0, "run %d: S is too large", run);
        vjp_gradient_clear(&g);
    }
    mpfr_clears(exact, most, (mpfr_ptr)0);
    tally_assert(&t, 400);
}

/* An enclosure counts with its larger end, and its last bit is not known. */
Test(gradient, terms_that_are_enclosures)
{
    struct vjp_real r;
    struct vjp_gradient g;
    vjp_real_init(&r, PRECISION);
    init(&g, 2);
    mpfr_set_d(&r.ends->left, -3, MPFR_RNDN);
    mpfr_set_d(&r.ends->right, 2, MPFR_RNDN);
    r.point = false;
    vjp_gradient_add(&g, 0, &r);
    cr_expect_eq(mpfr_cmp_d(&g.scale[0], 3), 0);
    cr_expect_eq(g.lowest[0], VJP_LOWEST_UNKNOWN);
    cr_expect_eq(g.terms[0], 1);
    add(&g, 0, 1);
    cr_expect_eq(g.lowest[0], VJP_LOWEST_UNKNOWN);
    cr_expect_eq(mpfr_cmp_d(vjp_real_low(&g.value[0]), -2), 0);
    cr_expect_eq(mpfr_cmp_d(vjp_real_high(&g.value[0]), 3), 0);
    mpfr_set_d(&r.ends->left, 0, MPFR_RNDN);
    vjp_gradient_add(&g, 1, &r);
    cr_expect_eq(g.terms[1], 1, "[0, 2] may be nonzero");
    cr_expect_eq(mpfr_cmp_d(&g.scale[1], 2), 0);
    vjp_real_clear(&r);
    vjp_gradient_clear(&g);
}

/* S and the last bit are those of the finite terms; k counts all. */
Test(gradient, special_terms)
{
    static const struct {
        double a, b;
        enum vjp_real_kind kind;
    } table[] = {
        {INFINITY, 3, VJP_REAL_POS_INF},
        {-INFINITY, 3, VJP_REAL_NEG_INF},
        {INFINITY, INFINITY, VJP_REAL_POS_INF},
        {INFINITY, -INFINITY, VJP_REAL_NAN},
        {NAN, 3, VJP_REAL_NAN},
        {-INFINITY, NAN, VJP_REAL_NAN},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_gradient g;
        init(&g, 1);
        add(&g, 0, 0.5);
        add(&g, 0, table[i].a);
        add(&g, 0, table[i].b);
        add(&g, 0, 0);
        cr_expect_eq(g.value[0].kind, table[i].kind, "row %zu", i);
        cr_expect_eq(g.terms[0], 3);
        cr_expect_eq(mpfr_cmp_d(&g.scale[0], isfinite(table[i].b) ? 3.5 : 0.5), 0);
        cr_expect_eq(g.lowest[0], -1);
        vjp_gradient_clear(&g);
    }
}

/* Every way has a number of its own, from 0 on. */
Test(gradient, ways_are_numbered_one_after_another)
{
    for (int dtype = VJP_BF16; dtype <= VJP_F64; dtype++) {
        for (int n_saved = 0; n_saved <= VJP_MAX_SAVED; n_saved++) {
            const struct vjp_gradient g = {.dtype = (enum vjp_dtype)dtype, .n_saved = n_saved};
            bool taken[4 * 8 << VJP_MAX_SAVED] = {false};
            const int ways = (VJP_F64 - dtype + 1) * 8 << n_saved;
            for (int i = 0; i < ways; i++) {
                const struct vjp_way way = {(enum vjp_dtype)(dtype + (i >> (n_saved + 3))),
                                            i >> n_saved & 4, i >> n_saved & 2, i >> n_saved & 1,
                                            (uint32_t)i & ((1u << n_saved) - 1)};
                const int number = vjp_gradient_way(&g, &way);
                cr_assert(number >= 0 && number < ways, "%d of %d", number, ways);
                const bool alike = way.accumulate == g.dtype && way.narrow_operands;
                cr_assert_eq(taken[number], alike, "%d of %d", number, ways);
                taken[number] = true;
            }
            cr_expect_eq(
                vjp_gradient_way(&g, &(struct vjp_way){VJP_F64, true, true, true, UINT32_MAX}),
                dtype == VJP_F64 ? ways - 1 - (4 << n_saved) : ways - 1);
        }
    }
}
