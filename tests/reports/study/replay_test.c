/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/replay.h"

#include "cases/base/stream.h"
#include "reports/study/reveal.h"
#include "tests/reports/study/sums.h"

#include <criterion/criterion.h>

static struct vjp_error error;

enum { N = 67, ROUNDS = 20 };

/* In how many of ROUNDS random sums the replay has the bits of the sum, as the processor makes it in a mode. */
static int count_equal_in(int mode, const struct vjp_replay *replay,
                          float (*add)(const float *, float, int))
{
    int equal = 0;
    double value[2 * N];
    for (int round = 0; round < ROUNDS; round++) {
        double a[N], b[N];
        float x[N];
        const float y = (float)(1 + round) / 7;
        for (int i = 0; i < N; i++) {
            const uint64_t bits = vjp_mix64((uint64_t)(round * N + i));
            x[i] = (float)((double)bits * 0x1p-63 - 1);
            a[i] = x[i];
            b[i] = y;
        }
        const float want = add_in_mode(mode, add, x, y, N);
        const uint64_t got = vjp_replay_sum(replay, a, b, value);
        equal += vjp_bits_from_double(VJP_F32, want) == got;
    }
    return equal;
}

static int count_equal(const struct vjp_replay *replay, float (*add)(const float *, float, int))
{
    return count_equal_in(FE_TONEAREST, replay, add);
}

static void replay_all(const struct vjp_sum *sum, float (*add)(const float *, float, int),
                       enum vjp_dtype accumulate, int fused_from, int *equal)
{
    const struct vjp_reveal_scale scale = {0x1p120, 1, 1 << 24};
    struct vjp_revelation r;
    enum vjp_product product[N];
    for (int i = 0; i < N; i++)
        product[i] = i >= fused_from ? VJP_PRODUCT_FUSED : VJP_PRODUCT_ROUNDED;
    cr_assert_eq(vjp_reveal(sum, &scale, &r, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(r.outcome, VJP_REVEALED);
    const struct vjp_replay replay = {
        .tree = &r.tree, .accumulate = accumulate, .product = product, .dtype = VJP_F32};
    *equal = count_equal(&replay, add);
    vjp_revelation_clear(&r);
}

Test(replay, has_the_bits_of_the_sum_whose_order_it_is)
{
    int equal;
    KNOWN(sequential, N);
    KNOWN(reversed, N);
    KNOWN(fma, N);
    KNOWN(lanes, N);
    KNOWN(blocks, N);
    KNOWN(wide, N);
    replay_all(&sequential, add_sequential, VJP_F32, N, &equal);
    cr_expect_eq(equal, ROUNDS);
    replay_all(&reversed, add_reversed, VJP_F32, N, &equal);
    cr_expect_eq(equal, ROUNDS);
    replay_all(&fma, add_fma, VJP_F32, 1, &equal);
    cr_expect_eq(equal, ROUNDS);
    replay_all(&lanes, add_lanes, VJP_F32, 8, &equal);
    cr_expect_eq(equal, ROUNDS);
    replay_all(&blocks, add_blocks, VJP_F32, N, &equal);
    cr_expect_eq(equal, ROUNDS);
    replay_all(&wide, add_wide, VJP_F64, N, &equal);
    cr_expect_eq(equal, ROUNDS);
}

/* Another order, another arithmetic, and sums that are more than a tree: each differs somewhere. */
Test(replay, another_order_or_arithmetic_has_other_bits)
{
    int equal;
    KNOWN(sequential, N);
    KNOWN(fma, N);
    KNOWN(kahan, N);
    KNOWN(truncating, N);
    replay_all(&sequential, add_reversed, VJP_F32, N, &equal);
    cr_expect_lt(equal, ROUNDS);
    replay_all(&sequential, add_blocks, VJP_F32, N, &equal);
    cr_expect_lt(equal, ROUNDS);
    replay_all(&fma, add_fma, VJP_F32, N, &equal);
    cr_expect_lt(equal, ROUNDS);
    replay_all(&sequential, add_sequential, VJP_F64, N, &equal);
    cr_expect_lt(equal, ROUNDS);
    replay_all(&kahan, add_kahan, VJP_F32, N, &equal);
    cr_expect_lt(equal, ROUNDS);
    replay_all(&truncating, add_truncating, VJP_F32, N, &equal);
    cr_expect_lt(equal, ROUNDS);
}

/* Sums that a wide accumulator does not keep to the end. */
Test(replay, rounds_on_the_way_where_the_sum_does)
{
    const struct vjp_reveal_scale scale = {0x1p120, 1, 1 << 24};
    struct vjp_revelation r;
    enum vjp_product product[N] = {VJP_PRODUCT_ROUNDED};
    char narrow[2 * N] = {0};
    int64_t calls = 0;
    KNOWN(mixed, N);
    cr_assert_eq(vjp_reveal(&mixed, &scale, &r, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(r.outcome, VJP_REVEALED);
    cr_assert_eq(vjp_probe_widths(&mixed, &r.tree, VJP_F32, narrow, &calls, &error), VJP_OK);
    int rounded = 0;
    for (int i = r.tree.leaves; i < r.tree.count; i++) {
        const int leaves = r.tree.node[i].leaves;
        cr_expect_eq(narrow[i], leaves % 4 == 0, "the sum of %d terms", leaves);
        rounded += narrow[i];
    }
    cr_expect_eq(rounded, N / 4);
    struct vjp_replay replay = {
        .tree = &r.tree, .accumulate = VJP_F64, .product = product, .dtype = VJP_F32};
    cr_expect_lt(count_equal(&replay, add_mixed), ROUNDS);
    replay.narrow = narrow;
    cr_expect_eq(count_equal(&replay, add_mixed), ROUNDS);
    vjp_revelation_clear(&r);
}

static const struct {
    enum vjp_rounding rounding;
    int mode;
} directions[] = {
    {VJP_ROUND_ZERO, FE_TOWARDZERO}, {VJP_ROUND_UP, FE_UPWARD}, {VJP_ROUND_DOWN, FE_DOWNWARD}};

/* The bits in a direction, and that they are not those of another. */
static void replay_directed(const struct vjp_sum *sum, struct known *known,
                            enum vjp_dtype accumulate, int fused_from)
{
    const struct vjp_reveal_scale scale = {0x1p120, 1, 1 << 24};
    enum vjp_product product[N];
    for (int i = 0; i < N; i++)
        product[i] = i >= fused_from ? VJP_PRODUCT_FUSED : VJP_PRODUCT_ROUNDED;
    for (int d = 0; d < 3; d++) {
        struct vjp_revelation r;
        known->mode = directions[d].mode;
        cr_assert_eq(vjp_reveal(sum, &scale, &r, &error), VJP_OK, "%s", error.text);
        cr_assert_eq(r.outcome, VJP_REVEALED, "%s", r.reason);
        for (int other = 0; other < 4; other++) {
            const enum vjp_rounding rounding =
                other < 3 ? directions[other].rounding : VJP_ROUND_NEAREST;
            const struct vjp_replay replay = {.tree = &r.tree,
                                              .accumulate = accumulate,
                                              .rounding = rounding,
                                              .product_rounding = rounding,
                                              .result_rounding = rounding,
                                              .product = product,
                                              .dtype = VJP_F32};
            const int equal = count_equal_in(directions[d].mode, &replay, known->add);
            if (other == d)
                cr_expect_eq(equal, ROUNDS, "%d", d);
            else
                cr_expect_lt(equal, ROUNDS, "%d as %d", d, other);
        }
        vjp_revelation_clear(&r);
    }
}

Test(replay, in_every_direction)
{
    KNOWN(sequential, N);
    KNOWN(fma, N);
    KNOWN(lanes, N);
    KNOWN(blocks, N);
    KNOWN(wide, N);
    replay_directed(&sequential, &sequential_context, VJP_F32, N);
    replay_directed(&fma, &fma_context, VJP_F32, 1);
    replay_directed(&lanes, &lanes_context, VJP_F32, 8);
    replay_directed(&blocks, &blocks_context, VJP_F32, N);
    replay_directed(&wide, &wide_context, VJP_F64, N);
}

/* Truncation that is made of doubles, whose products are exact or truncated before. */
Test(replay, truncation_by_hand)
{
    const struct vjp_reveal_scale scale = {0x1p120, 1, 1 << 24};
    struct vjp_revelation r;
    enum vjp_product product[N] = {VJP_PRODUCT_ROUNDED};
    KNOWN(truncating, N);
    cr_assert_eq(vjp_reveal(&truncating, &scale, &r, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(r.outcome, VJP_REVEALED);
    struct vjp_replay replay = {.tree = &r.tree,
                                .accumulate = VJP_F32,
                                .rounding = VJP_ROUND_ZERO,
                                .product_rounding = VJP_ROUND_ZERO,
                                .product = product,
                                .dtype = VJP_F32};
    cr_expect_eq(count_equal(&replay, add_truncating), ROUNDS);
    replay.product_rounding = VJP_ROUND_NEAREST;
    cr_expect_lt(count_equal(&replay, add_truncating), ROUNDS);
    vjp_revelation_clear(&r);
}
