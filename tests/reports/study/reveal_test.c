/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/reveal.h"

#include "reports/study/probe.h"
#include "reports/study/replay.h"
#include "reports/study/tree_name.h"
#include "tests/reports/study/sums.h"

#include <criterion/criterion.h>
#include <fenv.h>
#include <stdlib.h>

static struct vjp_error error;
static const struct vjp_reveal_scale scale = {0x1p120, 1, 1 << 24};

static struct vjp_revelation reveal(const struct vjp_sum *sum)
{
    struct vjp_revelation r;
    cr_assert_eq(vjp_reveal(sum, &scale, &r, &error), VJP_OK, "%s", error.text);
    return r;
}

static void expect_tree(const struct vjp_sum *sum, const char *text, const char *name)
{
    struct vjp_text printed = {0};
    struct vjp_text named = {0};
    struct vjp_revelation r = reveal(sum);
    cr_assert_eq(r.outcome, VJP_REVEALED, "%s", r.reason);
    cr_assert_eq(vjp_tree_print(&r.tree, &printed, &error), VJP_OK);
    cr_assert_eq(vjp_tree_name(&r.tree, &named, &error), VJP_OK);
    cr_expect_str_eq(printed.data, text);
    cr_expect_str_eq(named.data, name);
    cr_expect_gt(r.checked, 0);
    vjp_text_clear(&printed);
    vjp_text_clear(&named);
    vjp_revelation_clear(&r);
}

Test(reveal, sums_of_known_order)
{
    KNOWN(sequential, 33);
    KNOWN(reversed, 33);
    KNOWN(lanes, 27);
    KNOWN(blocks, 40);
    KNOWN(pairwise, 8);
    KNOWN(fused4, 10);
    KNOWN(kahan, 9);
    expect_tree(&sequential, "[0..32]", "sequential");
    expect_tree(&reversed, "[32..0]", "sequential, reversed");
    expect_tree(
        &lanes,
        "[((([0..16:8] [4..20:8]) ([2..18:8] [6..22:8])) (([1..17:8] [5..21:8]) "
        "([3..19:8] [7..23:8]))),24..26]",
        "a start and then 3 terms one by one; the start 8-way interleaved, joined pairwise");
    expect_tree(&blocks, "(([0..15] [16..31]) [32..39])",
                "3 blocks of 16 (the last of 8), added in turn; each sequential");
    expect_tree(&pairwise, "(((0 1) (2 3)) ((4 5) (6 7)))", "pairwise");
    expect_tree(&fused4, "(((0 1 2 3) 4 5 6 7) 8 9)",
                "tensor-core-like: 3 fused additions of up to 5, height 3");
    expect_tree(&kahan, "[0..8]", "sequential");
}

static const int directions[] = {FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD};

/* -M + 1 is no longer -M toward zero, nor M + 1 the M upward; a sum has its tree in any direction. */
Test(reveal, sums_that_are_not_rounded_to_nearest)
{
    KNOWN(sequential, 33);
    KNOWN(reversed, 33);
    KNOWN(lanes, 27);
    KNOWN(blocks, 40);
    KNOWN(pairwise, 8);
    KNOWN(wide, 9);
    for (size_t i = 0; i < 3; i++) {
        const int mode = directions[i];
        sequential_context.mode = reversed_context.mode = lanes_context.mode = mode;
        blocks_context.mode = pairwise_context.mode = wide_context.mode = mode;
        expect_tree(&sequential, "[0..32]", "sequential");
        expect_tree(&reversed, "[32..0]", "sequential, reversed");
        expect_tree(
            &lanes,
            "[((([0..16:8] [4..20:8]) ([2..18:8] [6..22:8])) (([1..17:8] [5..21:8]) "
            "([3..19:8] [7..23:8]))),24..26]",
            "a start and then 3 terms one by one; the start 8-way interleaved, joined pairwise");
        expect_tree(&blocks, "(([0..15] [16..31]) [32..39])",
                    "3 blocks of 16 (the last of 8), added in turn; each sequential");
        expect_tree(&pairwise, "(((0 1) (2 3)) ((4 5) (6 7)))", "pairwise");
        expect_tree(&wide, "[0..8]", "sequential");
    }
    KNOWN(by_turns, 20);
    expect_tree(&by_turns, "[0..19]", "sequential");
}

/* The bits of the sums that were moved; the ones are counted in parts then, of as many as the result can tell apart. */
Test(reveal, what_moved_an_m_is_known)
{
    KNOWN(pairwise, 16);
    KNOWN(wide, 16);
    struct vjp_revelation r = reveal(&pairwise);
    cr_expect_eq(r.precision, 0);
    vjp_revelation_clear(&r);
    for (size_t i = 0; i < 2; i++) {
        pairwise_context.mode = wide_context.mode = directions[i];
        r = reveal(&pairwise);
        cr_expect_eq(r.precision, 24);
        const int64_t calls = r.calls;
        vjp_revelation_clear(&r);
        const struct vjp_reveal_scale coarse = {0x1p120, 1, 16};
        cr_assert_eq(vjp_reveal(&pairwise, &coarse, &r, &error), VJP_OK);
        cr_expect_eq(r.outcome, VJP_REVEALED);
        cr_expect_gt(r.calls, calls);
        vjp_revelation_clear(&r);
        r = reveal(&wide);
        cr_expect(r.precision == 0 || r.precision == 53, "%d", r.precision);
        vjp_revelation_clear(&r);
    }
}

/* 7 ones in a call, of 2^-3 of the distance below M, are all that 8 bits tell apart when each may move M by two such. */
Test(reveal, in_a_format_of_few_bits)
{
    static const struct vjp_reveal_scale narrow = {0x1p120, 1, 1 << 8};
    KNOWN(bf16, 40);
    for (size_t i = 0; i < 2; i++) {
        struct vjp_revelation r;
        struct vjp_text text = {0};
        bf16_context.mode = directions[i];
        cr_assert_eq(vjp_reveal(&bf16, &narrow, &r, &error), VJP_OK);
        cr_assert_eq(r.outcome, VJP_REVEALED, "%zu: %s", i, r.reason);
        cr_expect_eq(r.precision, 8);
        cr_assert_eq(vjp_tree_print(&r.tree, &text, &error), VJP_OK);
        cr_expect_str_eq(text.data, "[0..39]");
        vjp_text_clear(&text);
        vjp_revelation_clear(&r);
    }
}

/* M would have to be 2^(24 + 11) ones, and cannot be. */
Test(reveal, terms_that_have_no_room_for_it)
{
    KNOWN(pairwise, 16);
    struct vjp_revelation r;
    const struct vjp_reveal_scale narrow = {0x1p30, 1, 1 << 24};
    pairwise_context.mode = FE_TOWARDZERO;
    cr_assert_eq(vjp_reveal(&pairwise, &narrow, &r, &error), VJP_OK);
    cr_expect_eq(r.outcome, VJP_REVEAL_INCONSISTENT);
    cr_expect_neq(r.reason[0], '\0');
    vjp_revelation_clear(&r);
}

Test(reveal, calls)
{
    KNOWN(sequential, 64);
    KNOWN(reversed, 64);
    struct vjp_revelation r = reveal(&sequential);
    cr_expect_eq(r.calls, 63 + r.checked, "n - 1, and the checks");
    vjp_revelation_clear(&r);
    r = reveal(&reversed);
    cr_expect_leq(r.calls, 2 * 64 + r.checked, "from the other end");
    cr_expect_eq(r.calls, reversed_context.calls);
    vjp_revelation_clear(&r);
}

/* In a format that counts to 8 only, ones are summed 8 at a time. */
Test(reveal, counts_in_parts)
{
    KNOWN(lanes, 26);
    struct vjp_revelation whole = reveal(&lanes);
    struct vjp_revelation parts;
    const struct vjp_reveal_scale coarse = {0x1p120, 1, 8};
    cr_assert_eq(vjp_reveal(&lanes, &coarse, &parts, &error), VJP_OK);
    cr_expect_eq(parts.outcome, VJP_REVEALED);
    cr_expect(vjp_tree_is_equal(&whole.tree, &parts.tree));
    cr_expect_gt(parts.calls, 3 * (whole.calls - 1));
    vjp_revelation_clear(&whole);
    vjp_revelation_clear(&parts);
}

Test(reveal, what_is_no_tree_is_not_guessed)
{
    KNOWN(neumaier, 20);
    KNOWN(by_data, 16);
    struct vjp_revelation r = reveal(&neumaier);
    cr_expect_eq(r.outcome, VJP_REVEAL_NO_SWAMPING);
    vjp_revelation_clear(&r);
    r = reveal(&by_data);
    cr_expect_eq(r.outcome, VJP_REVEAL_INCONSISTENT);
    cr_expect_neq(r.reason[0], '\0');
    vjp_revelation_clear(&r);
    /* M does not swamp a double. */
    KNOWN(wide, 12);
    const struct vjp_reveal_scale low = {0x1p30, 1, 1 << 24};
    cr_assert_eq(vjp_reveal(&wide, &low, &r, &error), VJP_OK);
    cr_expect_eq(r.outcome, VJP_REVEAL_NO_SWAMPING);
    vjp_revelation_clear(&r);
}
