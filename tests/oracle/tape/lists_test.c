/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Operations on many terms, against MPFR at three times the precision and by hand. */
#include "oracle/tape/tape.h"

#include "tests/oracle/tape/record.h"

#define PRECISION 128
#define WITNESS   (3 * PRECISION)
#define TERMS     6

static int64_t list(struct vjp_tape *tape, const int64_t *term, int n,
                    int64_t (*close)(struct vjp_tape *, int64_t))
{
    const int64_t open = vjp_tape_open(tape);
    for (int i = 0; i < n; i++)
        vjp_tape_push(tape, term[i]);
    return close(tape, open);
}

/* A tape with n leaves, numbered from 0. */
static struct vjp_tape *leaves(const double *value, int n, struct vjp_kinks kinks, int64_t *node)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, kinks);
    for (int i = 0; i < n; i++)
        node[i] = leaf(tape, value[i]);
    return tape;
}

Test(lists, a_sum_of_any_number_of_terms)
{
    static const double value[] = {3, -4, 0.5, 7, 0x1p60};
    int64_t x[5];
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    struct vjp_tape *tape = leaves(value, 5, ANY_SIDE, x);
    const int64_t all = list(tape, x, 5, vjp_tape_close_sum);
    const int64_t none = list(tape, x, 0, vjp_tape_close_sum);
    cr_expect_eq(list(tape, x, 1, vjp_tape_close_sum), x[0], "one term is the sum");
    cr_expect(is_number(vjp_tape_value(tape, none), 0));
    cr_expect_eq(vjp_tape_rounding(tape, all), VJP_ROUNDING_SUM);
    mpfr_t want;
    mpfr_init2(want, PRECISION);
    mpfr_set_d(want, 0x1p60, MPFR_RNDN);
    mpfr_add_d(want, want, 6.5, MPFR_RNDN); /* exact */
    cr_expect(mpfr_equal_p(vjp_real_low(vjp_tape_value(tape, all)), want));
    mpfr_clear(want);
    for (int i = 0; i < 5; i++)
        cr_expect(derivative(tape, all, x[i], &d) && is_number(&d, 1), "term %d", i);
    const int64_t twice[] = {x[0], x[1], x[0]};
    const int64_t sum = list(tape, twice, 3, vjp_tape_close_sum);
    cr_expect(is_number(vjp_tape_value(tape, sum), 2));
    cr_expect(derivative(tape, sum, x[0], &d) && is_number(&d, 2), "a term that comes twice");
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

/* A list inside another, and operations between. */
/* What a mask leaves out has no part in the value or the derivatives, and none of it is rounded. */
Test(lists, masked_terms_are_nothing)
{
    static const double value[] = {3, -4, 7};
    int64_t x[3];
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    struct vjp_tape *tape = leaves(value, 3, ANY_SIDE, x);
    for (int with = 0; with < 2; with++) {
        const int64_t open = vjp_tape_open(tape);
        vjp_tape_push(tape, x[1]);
        vjp_tape_push(tape, x[2]);
        const int64_t node = vjp_tape_close_masked(tape, open, with ? x[0] : VJP_NO_NODE);
        cr_expect(is_number(vjp_tape_value(tape, node), with ? 3 : 0));
        cr_expect_eq(vjp_tape_rounding(tape, node), VJP_ROUNDING_NONE);
        cr_expect_eq(derivative(tape, node, x[0], &d), with);
        cr_expect(!with || is_number(&d, 1));
        cr_expect_not(derivative(tape, node, x[1], &d));
        cr_expect_not(derivative(tape, node, x[2], &d));
    }
    cr_expect_eq(vjp_tape_close_masked(tape, vjp_tape_open(tape), x[0]), x[0],
                 "nothing is left out");
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

Test(lists, may_be_nested)
{
    static const double value[] = {2, 3, 5};
    int64_t x[3];
    struct vjp_tape *tape = leaves(value, 3, ANY_SIDE, x);
    const int64_t outer = vjp_tape_open(tape);
    vjp_tape_push(tape, x[0]);
    const int64_t inner = vjp_tape_open(tape);
    vjp_tape_push(tape, x[1]);
    vjp_tape_push(tape, vjp_tape_mul(tape, x[1], x[2]));
    const int64_t sum = vjp_tape_close_sum(tape, inner); /* 3 + 15 */
    vjp_tape_push(tape, sum);
    vjp_tape_push(tape, x[2]);
    const int64_t largest = vjp_tape_close_max(tape, outer);
    cr_expect(is_number(vjp_tape_value(tape, sum), 18));
    cr_expect(is_number(vjp_tape_value(tape, largest), 18));
    vjp_tape_destroy(tape);
}

/* Constants count as terms of what is added, too: a kernel rounds 1 + x. */
Test(lists, a_sum_with_a_constant_has_two_terms)
{
    static const double value[] = {0x1p-30};
    int64_t x[2];
    struct vjp_tape *tape = leaves(value, 1, ANY_SIDE, x);
    const struct vjp_edge *edge;
    x[1] = vjp_tape_constant(tape, 1);
    cr_expect_eq(vjp_tape_edges(tape, list(tape, x, 2, vjp_tape_close_sum), &edge), 2);
    vjp_tape_destroy(tape);
}

/* [3 7 -2 7 7 1]: what each of the terms gets of the derivative. */
Test(lists, ties_of_a_maximum_under_every_convention)
{
    static const double value[TERMS] = {3, 7, -2, 7, 7, 1};
    static const struct {
        enum vjp_tie_kink tie;
        double share[3];
    } table[] = {{VJP_TIE_FIRST, {1, 0, 0}}, {VJP_TIE_LAST, {0, 0, 1}}};
    static const int largest[] = {1, 3, 4};
    int64_t x[TERMS];
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    for (int row = 0; row < 4; row++) {
        const enum vjp_tie_kink tie = row < 2    ? table[row].tie
                                      : row == 2 ? VJP_TIE_SPLIT
                                                 : VJP_TIE_ANY;
        struct vjp_tape *tape = leaves(value, TERMS, (struct vjp_kinks){.tie = tie}, x);
        const int64_t max = list(tape, x, TERMS, vjp_tape_close_max);
        cr_expect(is_number(vjp_tape_value(tape, max), 7));
        cr_expect(vjp_tape_on_kink(tape));
        for (int i = 0; i < TERMS; i++) {
            cr_assert(derivative(tape, max, x[i], &d));
            int place = -1;
            for (int k = 0; k < 3; k++)
                place = largest[k] == i ? k : place;
            if (place < 0)
                cr_expect(is_number(&d, 0), "convention %d, term %d", (int)tie, i);
            else if (row < 2)
                cr_expect(is_number(&d, table[row].share[place]), "convention %d, term %d",
                          (int)tie, i);
            else if (tie == VJP_TIE_ANY)
                cr_expect(is_set(&d, 0, 1), "term %d", i);
            else /* 1/3 has no end in binary */
                cr_expect(!d.set && mpfr_cmp_d(vjp_real_low(&d), 0x1.5555555555554p-2) > 0 &&
                              mpfr_cmp_d(vjp_real_high(&d), 0x1.5555555555556p-2) < 0 && !d.point,
                          "term %d", i);
        }
        vjp_tape_destroy(tape);
    }
    vjp_real_clear(&d);
}

Test(lists, a_maximum_without_a_tie)
{
    static const double value[] = {3, -8, 9, 1};
    int64_t x[4];
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    struct vjp_tape *tape = leaves(value, 4, ANY_SIDE, x);
    const int64_t max = list(tape, x, 4, vjp_tape_close_max);
    cr_expect(is_number(vjp_tape_value(tape, max), 9));
    cr_expect_not(vjp_tape_on_kink(tape));
    for (int i = 0; i < 4; i++)
        cr_expect(derivative(tape, max, x[i], &d) && is_number(&d, i == 2), "term %d", i);
    cr_expect(vjp_tape_is_plain(tape, max), "a selection that is certain");
    cr_expect_eq(list(tape, x, 1, vjp_tape_close_max), x[0]);
    const struct vjp_kink *kinks;
    cr_assert_eq(vjp_tape_kinks(tape, &kinks), 4);
    for (int i = 0; i < 4; i++)
        cr_expect(kinks[i].margin == x[i] && kinks[i].other == (i == 2 ? x[0] : x[2]),
                  "term %d is compared with the largest, that with the second", i);
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

/* Shares of a power of two are selections; a third is a number that a kernel rounds. */
Test(lists, a_split_maximum_is_plain_where_its_shares_are_short)
{
    static const double value[] = {5, 5, 5};
    int64_t x[3];
    for (int n = 2; n <= 3; n++) {
        struct vjp_tape *tape = leaves(value, 3, (struct vjp_kinks){.tie = VJP_TIE_SPLIT}, x);
        cr_expect_eq(vjp_tape_is_plain(tape, list(tape, x, n, vjp_tape_close_max)), n == 2, "%d",
                     n);
        vjp_tape_destroy(tape);
    }
}

/* exp(1) and exp(1) from two leaves are equal, but not known to be: a share may be anything, and is no
 * set of right answers. */
Test(lists, a_tie_that_is_not_decided)
{
    static const double value[] = {1, 1, -3};
    int64_t x[3], y[3];
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    struct vjp_tape *tape = leaves(value, 3, (struct vjp_kinks){.tie = VJP_TIE_FIRST}, x);
    for (int i = 0; i < 3; i++)
        y[i] = vjp_tape_exp(tape, x[i]);
    const int64_t max = list(tape, y, 3, vjp_tape_close_max);
    for (int i = 0; i < 3; i++) {
        cr_assert(derivative(tape, max, y[i], &d));
        if (i == 2)
            cr_expect(is_number(&d, 0));
        else
            cr_expect(!d.set && mpfr_zero_p(vjp_real_low(&d)) &&
                      mpfr_cmp_ui(vjp_real_high(&d), 1) == 0);
    }
    cr_expect_not(vjp_tape_on_kink(tape));
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

Test(lists, special_values_in_a_maximum)
{
    static const double value[] = {1, INFINITY, NAN, -INFINITY};
    int64_t x[4];
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    struct vjp_tape *tape = leaves(value, 4, ANY_SIDE, x);
    const int64_t up = list(tape, x, 2, vjp_tape_close_max);
    cr_expect_eq(vjp_tape_value(tape, up)->kind, VJP_REAL_POS_INF);
    cr_expect(derivative(tape, up, x[1], &d) && is_number(&d, 1));
    cr_expect(derivative(tape, up, x[0], &d) && is_number(&d, 0));
    const int64_t nan = list(tape, x, 3, vjp_tape_close_max);
    cr_expect_eq(vjp_tape_value(tape, nan)->kind, VJP_REAL_NAN);
    cr_expect(derivative(tape, nan, x[0], &d) && d.kind == VJP_REAL_UNKNOWN);
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

/* The largest as a constant: nothing depends on it. */
Test(lists, the_largest_term_as_a_number)
{
    static const double value[] = {3, -8, 9, 1};
    int64_t x[4];
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    struct vjp_tape *tape = leaves(value, 4, ANY_SIDE, x);
    const int64_t largest = list(tape, x, 4, vjp_tape_close_largest);
    cr_expect(is_number(vjp_tape_value(tape, largest), 9));
    cr_expect_not(vjp_tape_is_leaf(tape, largest));
    const int64_t shifted = vjp_tape_sub(tape, x[0], largest);
    cr_expect(derivative(tape, shifted, x[0], &d) && is_number(&d, 1));
    cr_expect_not(derivative(tape, shifted, x[2], &d), "the largest is no argument");
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}

Test(lists, nothing_but_a_sum_is_made_of_no_terms)
{
    for (int which = 0; which < 3; which++) {
        struct vjp_error error = {""};
        struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
        int64_t (*const close[])(struct vjp_tape *, int64_t) = {
            vjp_tape_close_max, vjp_tape_close_largest, vjp_tape_close_logsumexp};
        cr_expect_eq(list(tape, NULL, 0, close[which]), VJP_NO_NODE);
        cr_expect_neq(vjp_tape_status(tape, &error), VJP_OK);
        cr_expect_eq(vjp_tape_constant(tape, 1), VJP_NO_NODE, "a tape that failed stays so");
        vjp_tape_destroy(tape);
    }
}

/* The witness: log of the sum of exp(t), by the definition, with so many bits that exp(2000) and
 * exp(-2000) are added exactly enough. */
static void logsumexp(mpfr_t out, const double *t, int n)
{
    mpfr_t power;
    mpfr_inits2(8192, power, (mpfr_ptr)0);
    mpfr_set_zero(out, 1);
    for (int i = 0; i < n; i++) {
        mpfr_set_d(power, t[i], MPFR_RNDN);
        mpfr_exp(power, power, MPFR_RNDN);
        mpfr_add(out, out, power, MPFR_RNDN);
    }
    mpfr_log(out, out, MPFR_RNDN);
    mpfr_clear(power);
}

static void check_logsumexp(struct tally *tally, const double *value, int n)
{
    int64_t x[TERMS];
    mpfr_t want, share, tolerance;
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    mpfr_inits2(8192, want, share, (mpfr_ptr)0);
    mpfr_init2(tolerance, 64);
    struct vjp_tape *tape = leaves(value, n, ANY_SIDE, x);
    const int64_t l = list(tape, x, n, vjp_tape_close_logsumexp);
    logsumexp(want, value, n);
    mpfr_abs(tolerance, want, MPFR_RNDU);
    mpfr_mul_2si(tolerance, tolerance, -110, MPFR_RNDU);
    mpfr_add_d(tolerance, tolerance, 0x1p-120, MPFR_RNDU);
    check(tally, holds(vjp_tape_value(tape, l), want, tolerance), "the value, from %g on",
          value[0]);
    for (int i = 0; i < n; i++) {
        mpfr_d_sub(share, value[i], want, MPFR_RNDN);
        mpfr_exp(share, share, MPFR_RNDN);
        mpfr_mul_2si(tolerance, share, -100, MPFR_RNDU);
        check(tally, derivative(tape, l, x[i], &d) && holds(&d, share, tolerance),
              "the share of %g, from %g on", value[i], value[0]);
    }
    vjp_tape_destroy(tape);
    mpfr_clears(want, share, tolerance, (mpfr_ptr)0);
    vjp_real_clear(&d);
}

Test(lists, logsumexp_of_small_and_huge_terms)
{
    struct tally t = {0};
    uint64_t state = 1;
    static const double huge[][3] = {
        {2000, 1999, -2000}, {-2000, -2001, -2003}, {1000, 1000, 1000}, {0, 0, 0}, {-700, 0, 700}};
    for (size_t i = 0; i < sizeof huge / sizeof *huge; i++)
        check_logsumexp(&t, huge[i], 3);
    for (int run = 0; run < 20; run++) {
        double value[TERMS];
        const int n = 1 + run % TERMS;
        for (int i = 0; i < n; i++)
            value[i] = random_number(&state, 53, (int)random_between(&state, -4, 6));
        check_logsumexp(&t, value, n);
    }
    tally_assert(&t, 5 * 4 + 20 * 2);
}

/* exp(1e6) is far beyond every format: the enclosure knows l all the same. */
Test(lists, logsumexp_of_a_million)
{
    static const double value[] = {1e6, 1e6};
    int64_t x[2];
    mpfr_t want, tolerance;
    mpfr_inits2(WITNESS, want, tolerance, (mpfr_ptr)0);
    mpfr_set_ui(want, 2, MPFR_RNDN);
    mpfr_log(want, want, MPFR_RNDN);
    mpfr_add_d(want, want, 1e6, MPFR_RNDN);
    mpfr_set_d(tolerance, 0x1p-90, MPFR_RNDN);
    struct vjp_tape *tape = leaves(value, 2, ANY_SIDE, x);
    const int64_t l = list(tape, x, 2, vjp_tape_close_logsumexp);
    cr_expect(holds(vjp_tape_value(tape, l), want, tolerance));
    mpfr_clears(want, tolerance, (mpfr_ptr)0);
    vjp_tape_destroy(tape);
}

/* The share exp(t - l) is the node that a softmax records for itself. */
Test(lists, the_shares_of_logsumexp_are_the_softmax)
{
    static const double value[] = {1, 2, 3};
    int64_t x[3];
    struct vjp_tape *tape = leaves(value, 3, ANY_SIDE, x);
    const int64_t l = list(tape, x, 3, vjp_tape_close_logsumexp);
    const struct vjp_edge *edge;
    cr_assert_eq(vjp_tape_edges(tape, l, &edge), 3);
    for (int i = 0; i < 3; i++) {
        const int64_t share = edge[i].partial;
        cr_expect_eq(vjp_tape_exp(tape, vjp_tape_sub(tape, x[i], l)), share);
        vjp_tape_edges(tape, l, &edge);
    }
    vjp_tape_destroy(tape);
}

/* log(exp(0) + exp(-1000)) = log1p(exp(-1000)), about 2^-1442.7: not lost beside the 1. */
Test(lists, logsumexp_keeps_what_the_smaller_terms_add)
{
    struct vjp_tape *tape = vjp_tape_create(128, (struct vjp_kinks){VJP_POINT_ANY, VJP_TIE_ANY});
    const int64_t open = vjp_tape_open(tape);
    vjp_tape_push(tape, vjp_tape_leaf(tape, VJP_F64, vjp_bits_from_double(VJP_F64, -1000)));
    vjp_tape_push(tape, vjp_tape_leaf(tape, VJP_F64, vjp_bits_from_double(VJP_F64, 0)));
    const struct vjp_real *l = vjp_tape_value(tape, vjp_tape_close_logsumexp(tape, open));
    cr_assert_eq(l->kind, VJP_REAL_FINITE);
    cr_expect_eq(mpfr_get_exp(vjp_real_low(l)), -1442);
    cr_expect_eq(mpfr_get_exp(vjp_real_high(l)), -1442);
    vjp_tape_destroy(tape);
}

/* A share of 1/3 is rounded, and the product with it; one of 1/2 is not. */
Test(lists, shares_of_a_split_that_are_not_short_are_rounded)
{
    for (int n = 2; n <= 3; n++) {
        struct vjp_tape *tape =
            vjp_tape_create(128, (struct vjp_kinks){VJP_POINT_ANY, VJP_TIE_SPLIT});
        const int64_t open = vjp_tape_open(tape);
        for (int i = 0; i < n; i++)
            vjp_tape_push(tape, vjp_tape_leaf(tape, VJP_F64, vjp_bits_from_double(VJP_F64, 3)));
        const int64_t y = vjp_tape_close_max(tape, open);
        const int64_t dy = vjp_tape_leaf(tape, VJP_F64, vjp_bits_from_double(VJP_F64, 5));
        const struct vjp_edge *edge;
        cr_assert_eq(vjp_tape_edges(tape, y, &edge), n);
        const int64_t share = edge[0].partial;
        cr_expect_eq(vjp_tape_rounding(tape, share),
                     n == 3 ? VJP_ROUNDING_BASIC : VJP_ROUNDING_NONE);
        cr_expect_eq(vjp_tape_rounding(tape, vjp_tape_mul(tape, dy, share)),
                     n == 3 ? VJP_ROUNDING_BASIC : VJP_ROUNDING_SCALE);
        vjp_tape_destroy(tape);
    }
}
