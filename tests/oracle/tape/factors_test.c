/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How far an underflow may be carried: by hand, and against every order of multiplication in float. */
#include "oracle/tape/factors.h"

#include "oracle/tape/running.h"
#include "tests/oracle/tally.h"
#include "tests/oracle/tape/record.h"

#include <math.h>

static long double reach_of(const struct vjp_tape *tape, int64_t node)
{
    long double reach[64];
    struct vjp_landscape land;
    cr_assert_lt(vjp_tape_count(tape), 64);
    cr_assert(vjp_landscape_init(tape, &land));
    cr_assert(vjp_factors_reach(tape, land.value, reach));
    vjp_landscape_clear(&land);
    return reach[node];
}

Test(factors, by_hand)
{
    struct vjp_tape *tape = vjp_tape_create(128, ANY_SIDE);
    const int64_t a = leaf(tape, 8), b = leaf(tape, -0.25), c = leaf(tape, -2),
                  three = leaf(tape, 3);
    const int64_t ab = vjp_tape_mul(tape, a, b), abc = vjp_tape_mul(tape, ab, c);
    const int64_t sum = vjp_tape_sub(tape, abc, vjp_tape_add(tape, a, b));
    const struct {
        int64_t node;
        long double reach;
    } table[] = {
        {a, 1},
        {ab, 1},
        {abc, 8}, /* (b c) a */
        {vjp_tape_neg(tape, abc), 8},
        {vjp_tape_mul(tape, abc, three), 8 * 3}, /* (b c) a 3 */
        /* The terms' factors: 16 in all for abc, 7.75 for a + b; 1 and 2 are the smallest. */
        {vjp_tape_mul(tape, sum, three), (16 + 7.75L) * 3 / 2},
        {vjp_tape_mul(tape, vjp_tape_mul(tape, sum, three), c), (16 + 7.75L) * 3 * 2 / 2},
        {sum, 16}, /* all but the factor of 1 */
        {vjp_tape_mul(tape, sum, sum), (16 + 7.75L) * 3.75L / 2},
        {vjp_tape_div(tape, abc, b), 16 * 4 / 2}, /* by way of 1 / b */
        {vjp_tape_div(tape, vjp_tape_constant(tape, 3), b), 1},
        {vjp_tape_exp(tape, abc), 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const long double reach = reach_of(tape, table[i].node);
        cr_expect(fabsl(reach - table[i].reach) <= 1e-15L * table[i].reach, "row %zu: %Lg", i,
                  reach);
    }
    vjp_tape_destroy(tape);
}

/* The product of four numbers, with those of the permutation p first. */
static float product(const float x[4], const int p[4], bool in_pairs)
{
    const volatile float first = x[p[0]] * x[p[1]];
    const volatile float second = in_pairs ? x[p[2]] * x[p[3]] : first * x[p[2]];
    return in_pairs ? first * second : second * x[p[3]];
}

/* Numbers of very different size, whose product is one of f32 in the middle of the range: the running error of
 * ((a b) c) d, with one order recorded, holds for every order in which no part overflows. Twice of it, since
 * another order rounds as often but elsewhere: three roundings, and u underflows. */
Test(factors, every_order_of_four_factors)
{
    static const float x[][4] = {
        {0x1.8p-100f, 0x1.4p-40f, 0x1.2p90f, 0x1.6p20f},
        {0x1.8p-80f, 0x1.4p-60f, 0x1.2p60f, 0x1.6p60f},
        {0x1.8p-70f, 0x1.4p-75f, 0x1.2p1f, 0x1.6p100f},
        {0x1.8p-149f, 0x1.4p-3f, 0x1.2p9f, 0x1.6p100f},
        {0x1.8p100f, 0x1.4p20f, 0x1.2p-90f, 0x1.6p-45f},
    };
    const struct vjp_running binary32 = {
        .u = 0x1p-24L, .slack = 1, .ulps = 4, .underflow = 0x1p-150L, .tiny = 0x1p-126L};
    struct tally t = {0};
    int lost = 0;
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        long double reach[16], error[16];
        struct vjp_tape *tape = vjp_tape_create(128, ANY_SIDE);
        int64_t node = leaf(tape, (double)x[i][0]);
        for (int k = 1; k < 4; k++)
            node = vjp_tape_mul(tape, node, leaf(tape, (double)x[i][k]));
        struct vjp_landscape all;
        cr_assert(vjp_landscape_init(tape, &all));
        const struct vjp_landscape land = {.value = all.value, .reach = reach};
        cr_assert(vjp_factors_reach(tape, land.value, reach));
        vjp_running_errors(tape, &land, &binary32, error);
        const long double exact = land.value[node];
        for (int code = 0; code < 256; code++) {
            const int p[4] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6};
            if ((1 << p[0] | 1 << p[1] | 1 << p[2] | 1 << p[3]) != 15)
                continue;
            for (int in_pairs = 0; in_pairs < 2; in_pairs++) {
                const float got = product(x[i], p, in_pairs);
                const long double off = fabsl(got - exact);
                if (!isfinite(got))
                    continue;
                lost += off > 0x1p-20L * fabsl(exact);
                check(&t, off <= 2 * error[node], "row %zu, order %d: off by %Lg, bound %Lg", i,
                      code, off, error[node]);
            }
        }
        vjp_landscape_clear(&all);
        vjp_tape_destroy(tape);
    }
    tally_assert(&t, 100);
    cr_expect_gt(lost, 10, "some orders lose digits by underflow: %d", lost);
}
