/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/special.h"

#include "tests/oracle/tape/record.h"

#define PRECISION 128

/* A tape with a NaN, an infinity, a 2 and a 0 as operands. */
struct scene {
    struct vjp_tape *tape;
    int64_t nan, inf, two, zero;
};

static void start(struct scene *s)
{
    s->tape = vjp_tape_create(PRECISION, ANY_SIDE);
    s->nan = leaf(s->tape, NAN);
    s->inf = leaf(s->tape, INFINITY);
    s->two = leaf(s->tape, 2);
    s->zero = leaf(s->tape, 0);
}

static enum vjp_special of(const struct scene *s, int64_t node)
{
    enum vjp_special special[128];
    cr_assert_leq(vjp_tape_count(s->tape), 128);
    cr_assert_geq(node, 0);
    vjp_special_find(s->tape, special);
    return special[node];
}

#define EXPECT(wanted, node) cr_expect_eq(of(&s, node), wanted, "%s: %d", #node, of(&s, node))

Test(special, operands_and_constants)
{
    struct scene s;
    start(&s);
    EXPECT(VJP_SPECIAL_NAN, s.nan);
    EXPECT(VJP_SPECIAL_OPEN, s.inf);
    EXPECT(VJP_SPECIAL_NONE, s.two);
    EXPECT(VJP_SPECIAL_NONE, vjp_tape_constant(s.tape, 3));
    EXPECT(VJP_SPECIAL_NONE, vjp_tape_exp(s.tape, vjp_tape_add(s.tape, s.two, s.zero)));
    vjp_tape_destroy(s.tape);
}

/* What no kernel gets round. */
Test(special, arithmetic_hands_nan_on)
{
    struct scene s;
    start(&s);
    struct vjp_tape *t = s.tape;
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_add(t, s.nan, s.two));
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_sub(t, s.inf, s.nan));
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_mul(t, s.nan, s.two));
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_div(t, s.nan, s.two));
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_div(t, s.two, s.nan));
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_div(t, vjp_tape_constant(t, 1), s.nan));
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_neg(t, s.nan));
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_tanh(t, vjp_tape_rsqrt(t, s.nan)));
    const int64_t sum = vjp_tape_open(t);
    vjp_tape_push(t, s.two);
    vjp_tape_push(t, s.nan);
    vjp_tape_push(t, s.inf);
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_close_sum(t, sum));
    vjp_tape_destroy(s.tape);
}

/* What some kernels leave out, or compare. */
Test(special, products_with_zero_and_selections_are_open)
{
    struct scene s;
    start(&s);
    struct vjp_tape *t = s.tape;
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_mul(t, s.nan, s.zero));
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_mul(t, s.zero, s.nan));
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_mul(t, s.nan, s.inf));
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_div(t, s.zero, s.nan));
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_gate(t, s.nan, false));
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_gate(t, s.nan, true));
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_relu(t, s.nan));
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_abs(t, s.nan));
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_exp(t, vjp_tape_add(t, s.inf, s.two)));
    const int64_t terms = vjp_tape_open(t);
    vjp_tape_push(t, s.two);
    vjp_tape_push(t, s.nan);
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_close_max(t, terms));
    vjp_tape_destroy(s.tape);
}

/* What a mask leaves out may be multiplied by 0, forwards and back; what it keeps is as without it. */
Test(special, masked_terms_are_open)
{
    struct scene s;
    start(&s);
    struct vjp_tape *t = s.tape;
    const int64_t masked[][2] = {
        {s.two, s.nan}, {VJP_NO_NODE, s.nan}, {s.nan, s.two}, {s.two, s.zero}};
    static const enum vjp_special want[] = {VJP_SPECIAL_OPEN, VJP_SPECIAL_OPEN, VJP_SPECIAL_NAN,
                                            VJP_SPECIAL_NONE};
    for (int i = 0; i < 4; i++) {
        const int64_t terms = vjp_tape_open(t);
        vjp_tape_push(t, masked[i][1]);
        const int64_t node = vjp_tape_close_masked(t, terms, masked[i][0]);
        EXPECT(want[i], node);
        EXPECT(want[i], vjp_tape_mul(t, node, s.two));
        const struct vjp_edge *edge;
        cr_assert_eq(vjp_tape_edges(t, node, &edge), 2);
        const int64_t zero = edge[1].partial;
        EXPECT(VJP_SPECIAL_OPEN, vjp_tape_mul(t, s.nan, zero));
        EXPECT(VJP_SPECIAL_NONE, vjp_tape_mul(t, s.two, zero));
    }
    vjp_tape_destroy(s.tape);
}

/* The slope that a NaN has at a kink is not known, nor is a product with it. */
Test(special, a_slope_at_nan_is_open)
{
    struct scene s;
    start(&s);
    const struct vjp_edge *edge;
    const int64_t relu = vjp_tape_relu(s.tape, s.nan);
    cr_assert_eq(vjp_tape_edges(s.tape, relu, &edge), 1);
    const int64_t slope = edge[0].partial;
    EXPECT(VJP_SPECIAL_OPEN, slope);
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_mul(s.tape, s.two, slope));
    EXPECT(VJP_SPECIAL_OPEN, vjp_tape_mul(s.tape, s.nan, slope));
    vjp_tape_destroy(s.tape);
}

/* z = x - max, l = log of the sum of exp(z), y = exp(z - l): the NaN of one x is in every y, though a
 * z without it says only that the maximum is not known. */
Test(special, a_softmax_is_nan_throughout)
{
    struct scene s;
    start(&s);
    struct vjp_tape *t = s.tape;
    const int64_t largest = vjp_tape_open(t);
    vjp_tape_push(t, s.two);
    vjp_tape_push(t, s.nan);
    const int64_t m = vjp_tape_close_largest(t, largest);
    const int64_t z[] = {vjp_tape_sub(t, s.two, m), vjp_tape_sub(t, s.nan, m)};
    EXPECT(VJP_SPECIAL_OPEN, z[0]);
    EXPECT(VJP_SPECIAL_NAN, z[1]);
    const int64_t terms = vjp_tape_open(t);
    vjp_tape_push(t, z[0]);
    vjp_tape_push(t, z[1]);
    const int64_t l = vjp_tape_close_logsumexp(t, terms);
    EXPECT(VJP_SPECIAL_NAN, l);
    EXPECT(VJP_SPECIAL_NAN, vjp_tape_exp(t, vjp_tape_sub(t, z[0], l)));
    vjp_tape_destroy(s.tape);
}
