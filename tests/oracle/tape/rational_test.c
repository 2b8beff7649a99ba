/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/rational.h"

#include <criterion/criterion.h>

static struct vjp_tape *tape;

static void start(void)
{
    tape = vjp_tape_create(256, (struct vjp_kinks){VJP_POINT_ANY, VJP_TIE_SPLIT});
    cr_assert_not_null(tape);
}

static void end(void)
{
    vjp_tape_destroy(tape);
}

TestSuite(rational, .init = start, .fini = end);

static int64_t leaf(double x)
{
    return vjp_tape_leaf(tape, VJP_F64, vjp_bits_from_double(VJP_F64, x));
}

/* Whether the node becomes a point, and then of what value. */
static bool settles(int64_t node, double *value)
{
    struct vjp_error error = {""};
    struct vjp_real r;
    cr_assert_eq(vjp_tape_status(tape, &error), VJP_OK, "%s", error.text);
    vjp_real_init(&r, 256);
    vjp_real_set(&r, vjp_tape_value(tape, node));
    cr_assert_not(r.point, "an enclosure to begin with");
    cr_assert_eq(vjp_rational_settle(tape, &node, 1, &r, &error), VJP_OK, "%s", error.text);
    const bool point = r.point;
    *value = mpfr_get_d(vjp_real_low(&r), MPFR_RNDN);
    cr_expect(!point || mpfr_cmp_d(vjp_real_low(&r), *value) == 0);
    vjp_real_clear(&r);
    return point;
}

static void expect_point(int64_t node, double want, const char *what)
{
    double value;
    cr_expect(settles(node, &value), "%s is no point", what);
    cr_expect_eq(value, want, "%s is %a, not %a", what, value, want);
}

static void expect_open(int64_t node, const char *what)
{
    double value;
    cr_expect_not(settles(node, &value), "%s is a point", what);
}

/* x / 3 for an x that is not three times a double. */
static int64_t third(double x)
{
    return vjp_tape_div(tape, leaf(x), vjp_tape_constant(tape, 3));
}

static int64_t sum(int64_t a, int64_t b, int64_t c)
{
    const int64_t open = vjp_tape_open(tape);
    vjp_tape_push(tape, a);
    vjp_tape_push(tape, b);
    vjp_tape_push(tape, c);
    return vjp_tape_close_sum(tape, open);
}

/* Each operation, with arguments that are thirds, fifths or sevenths and results that are not. The constants
 * stand on either side. */
Test(rational, operations)
{
    const int64_t ratio = vjp_tape_ratio(tape, 5, 7);
    const int64_t one = vjp_tape_constant(tape, 1), two = vjp_tape_constant(tape, 2);
    expect_point(vjp_tape_add(tape, third(1), third(5)), 2, "1/3 + 5/3");
    expect_point(vjp_tape_sub(tape, third(1), third(7)), -2, "1/3 - 7/3");
    expect_point(sum(third(1), third(4), third(2.5)), 2.5, "(1 + 4 + 2.5) / 3");
    expect_point(vjp_tape_mul(tape, third(1), vjp_tape_constant(tape, 3)), 1, "1/3 3");
    expect_point(vjp_tape_mul(tape, ratio, leaf(0x7.0p-9)), 0x5.0p-9, "5/7 7");
    expect_point(vjp_tape_add(tape, one, vjp_tape_add(tape, third(1), third(-4))), 0,
                 "1 + (1/3 - 4/3)");
    expect_point(vjp_tape_sub(tape, two, vjp_tape_add(tape, third(1), third(2))), 1, "2 - 1");
    expect_point(vjp_tape_sub(tape, vjp_tape_add(tape, third(1), third(2)), two), -1, "1 - 2");
    expect_point(vjp_tape_div(tape, two, third(1)), 6, "2 / (1/3)");
    expect_point(vjp_tape_div(tape, third(2), third(4)), 0.5, "2/3 / (4/3)");
    expect_point(vjp_tape_mul(tape, third(-6.5), vjp_tape_neg(tape, leaf(3))), 6.5, "-6.5/3 -3");
    expect_point(vjp_tape_relu(tape, vjp_tape_add(tape, third(1), third(5))), 2, "relu");
    expect_point(vjp_tape_abs(tape, vjp_tape_add(tape, third(1), third(-7))), 2, "abs");
    expect_point(vjp_tape_sub(tape, third(1), third(1)), 0, "x - x");
}

/* exp(t - log of the sum of n exp(t)) = 1/n: as it is recorded, and shifted by the largest. */
Test(rational, equal_logits)
{
    const double t = 0.3;
    int64_t x[4], whole;
    for (int i = 0; i < 4; i++)
        x[i] = leaf(t);
    int64_t open = vjp_tape_open(tape);
    for (int i = 0; i < 4; i++)
        vjp_tape_push(tape, x[i]);
    const int64_t lse = vjp_tape_close_logsumexp(tape, open);
    expect_point(vjp_tape_exp(tape, vjp_tape_sub(tape, x[1], lse)), 0.25, "softmax");
    open = vjp_tape_open(tape);
    for (int i = 0; i < 4; i++)
        vjp_tape_push(tape, x[i]);
    const int64_t largest = vjp_tape_close_largest(tape, open);
    open = vjp_tape_open(tape);
    int64_t shifted[4];
    for (int i = 0; i < 4; i++) {
        shifted[i] = vjp_tape_sub(tape, x[i], largest);
        vjp_tape_push(tape, shifted[i]);
    }
    const int64_t l = vjp_tape_close_logsumexp_shifted(tape, open, largest, &whole);
    const int64_t y = vjp_tape_exp(tape, vjp_tape_sub(tape, shifted[2], l));
    expect_point(y, 0.25, "shifted");
    expect_point(vjp_tape_sub(tape, vjp_tape_log(tape, y), vjp_tape_log(tape, y)), 0, "log - log");
    expect_point(vjp_tape_exp(tape, vjp_tape_log(tape, third(0.75))), 0.25, "exp log");
}

/* What is no number of the precision, or no fraction that is known, stays an enclosure. */
Test(rational, what_is_not_known_stays_open)
{
    expect_open(third(1), "1/3");
    expect_open(vjp_tape_log(tape, vjp_tape_exp(tape, leaf(0.5))), "log exp");
    expect_open(vjp_tape_sub(tape, vjp_tape_exp(tape, leaf(1)), vjp_tape_exp(tape, leaf(1))),
                "e - e");
    expect_open(vjp_tape_mul(tape, vjp_tape_log(tape, leaf(3)), third(1)), "log 3 / 3");
    expect_open(vjp_tape_mul(tape, vjp_tape_pi(tape), third(1)), "pi / 3");
    int64_t open = vjp_tape_open(tape);
    vjp_tape_push(tape, leaf(1));
    vjp_tape_push(tape, leaf(2));
    const int64_t lse = vjp_tape_close_logsumexp(tape, open);
    expect_open(vjp_tape_exp(tape, vjp_tape_sub(tape, leaf(1), lse)), "unequal logits");
    /* 2^200 / 3 times 3 (1 + 2^-200): 401 bits. */
    const int64_t wide = vjp_tape_add(tape, leaf(1), leaf(0x1p-200));
    expect_open(vjp_tape_mul(tape, vjp_tape_mul(tape, third(1), vjp_tape_mul(tape, wide, wide)),
                             vjp_tape_constant(tape, 3)),
                "more bits than there are");
}

/* A share of a tie in three, and elements without a node. */
Test(rational, shares_and_nothing)
{
    struct vjp_error error = {""};
    const struct vjp_edge *edge;
    const int64_t open = vjp_tape_open(tape);
    for (int i = 0; i < 3; i++)
        vjp_tape_push(tape, leaf(2));
    const int64_t max = vjp_tape_close_max(tape, open);
    cr_assert_eq(vjp_tape_edges(tape, max, &edge), 3);
    expect_point(vjp_tape_mul(tape, leaf(1.5), edge[0].partial), 0.5, "1.5 / 3");
    const int64_t none = VJP_NO_NODE;
    struct vjp_real r;
    vjp_real_init(&r, 256);
    cr_expect_eq(vjp_rational_settle(tape, &none, 1, &r, &error), VJP_OK);
    cr_expect(vjp_real_is_zero(&r));
    vjp_real_clear(&r);
}
