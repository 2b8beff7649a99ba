/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sizes and properties of nodes, by hand. */
#include "oracle/tape/landscape.h"

#include "tests/oracle/tape/record.h"

#include <math.h>

#define PRECISION 192

/* The largest number and the operands that are no numbers, of what a node depends on and of nothing else. */
Test(landscape, peak_and_special_are_of_the_way_to_a_node)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, -100), b = leaf(tape, 2), up = leaf(tape, (double)INFINITY);
    const int64_t difference =
        vjp_tape_add(tape, vjp_tape_mul(tape, a, b), vjp_tape_constant(tape, 201));
    const int64_t power = vjp_tape_exp(tape, vjp_tape_sub(tape, b, up));
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    cr_expect_eq(land.peak[b], 2);
    cr_expect_eq(land.peak[difference], 200);
    cr_expect_eq(land.peak[power], INFINITY);
    cr_expect_eq(land.special[up], VJP_SPECIAL_OPEN);
    cr_expect_eq(land.special[power], VJP_SPECIAL_OPEN, "exp(-inf) is 0, and yet");
    cr_expect_eq(land.special[difference], VJP_SPECIAL_NONE);
    vjp_landscape_clear(&land);
    vjp_tape_destroy(tape);
}

/* An open kink counts as what it can be at most. */
Test(landscape, a_kink_that_is_open)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const struct vjp_kink *kinks;
    const int64_t zero = leaf(tape, 0);
    vjp_tape_relu(tape, zero);
    vjp_tape_abs(tape, zero);
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    cr_assert_eq(vjp_tape_kinks(tape, &kinks), 2);
    cr_expect_eq(land.value[kinks[0].partial], 1);
    cr_expect_eq(fabsl(land.value[kinks[1].partial]), 1);
    vjp_landscape_clear(&land);
    vjp_tape_destroy(tape);
}

/* The distance of what is compared, however near, and what is a term of a sum, of one term as well. */
Test(landscape, margins_and_inner_products)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 1), b = leaf(tape, -0x1p-150);
    vjp_tape_relu(tape, b);
    int64_t open = vjp_tape_open(tape);
    vjp_tape_push(tape, a);
    vjp_tape_push(tape, vjp_tape_add(tape, a, b));
    vjp_tape_close_max(tape, open);
    const int64_t term = vjp_tape_mul(tape, a, b), other = vjp_tape_mul(tape, b, b);
    open = vjp_tape_open(tape);
    vjp_tape_push(tape, term);
    vjp_tape_push(tape, a);
    vjp_tape_close_sum(tape, open);
    const int64_t alone = vjp_tape_mul(tape, a, a);
    open = vjp_tape_open(tape);
    vjp_tape_push(tape, alone);
    cr_expect_eq(vjp_tape_close_sum(tape, open), alone);
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    cr_expect(land.term[alone]);
    for (int k = 0; k < 3; k++)
        cr_expect_eq(land.margin[k], 0x1p-150L, "kink %d", k);
    cr_expect(land.term[term] && !land.term[other] && land.term[a] && !land.term[b]);
    vjp_landscape_clear(&land);
    vjp_tape_destroy(tape);
}

/* What every format computes exactly: sums and products of short numbers. Not what would underflow in one
 * of them, nor a sum whose terms lie too far apart, nor what comes of an operation that rounds. */
Test(landscape, exact_data)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t three = leaf(tape, 3), five = leaf(tape, -5), small = leaf(tape, 0x1p-8),
                  large = leaf(tape, 255), many = leaf(tape, 0x1.00001p0),
                  tiny = leaf(tape, 0x1p-80);
    const struct {
        int64_t node;
        bool exact;
    } table[] = {
        {vjp_tape_mul(tape, three, five), true},
        {vjp_tape_add(tape, three, five), true},
        {vjp_tape_mul(tape, vjp_tape_mul(tape, three, five), three), true},
        {vjp_tape_mul(tape, large, three), false},
        {vjp_tape_mul(tape, small, small), false},
        {vjp_tape_mul(tape, tiny, tiny), false},
        {vjp_tape_mul(tape, tiny, vjp_tape_ratio(tape, 1, 2)), false},
        {vjp_tape_add(tape, large, small), false},
        {vjp_tape_mul(tape, many, three), false},
        {vjp_tape_mul(tape, vjp_tape_sub(tape, many, leaf(tape, 0x1p-20)), three), true},
        {vjp_tape_div(tape, leaf(tape, 6), three), false},
        {vjp_tape_mul(tape, vjp_tape_div(tape, leaf(tape, 6), three), five), false},
    };
    const int64_t open = vjp_tape_open(tape);
    vjp_tape_push(tape, three);
    vjp_tape_push(tape, five);
    vjp_tape_push(tape, leaf(tape, 248));
    const int64_t exact = vjp_tape_close_sum(tape, open);
    vjp_tape_push(tape, three);
    vjp_tape_push(tape, five);
    vjp_tape_push(tape, leaf(tape, 249));
    const int64_t sum = vjp_tape_close_sum(tape, open);
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    const bool *is_exact = land.exact;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cr_expect_eq(is_exact[table[i].node], table[i].exact, "row %zu", i);
    }
    cr_expect(is_exact[exact]);
    cr_expect_not(is_exact[sum]);
    vjp_landscape_clear(&land);
    vjp_tape_destroy(tape);
}
