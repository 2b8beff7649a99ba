/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/tape.h"

#include "oracle/tape/running.h"
#include "tests/oracle/tape/random_tape.h"

#define PRECISION 192

/* y = 3 * 5 exp(-l) with l = 0: a given y brings its own rounding to the derivative by l; one that is
 * computed nothing, not even what an underflow may lose. */
Test(shortcut, carries_the_rounding_of_what_is_given)
{
    struct vjp_running given = {
        .u = 0x1p-24L, .slack = 1, .ulps = 4, .underflow = 0x1p-150L, .tiny = 0x1p-126L};
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    struct vjp_real d;
    long double e[64];
    uint8_t mark[64] = {0};
    const int64_t l = leaf(tape, 0), dy = leaf(tape, -7);
    const int64_t power = vjp_tape_exp(tape, vjp_tape_neg(tape, l));
    const int64_t computed =
        vjp_tape_mul(tape, power, vjp_tape_mul(tape, leaf(tape, 3), leaf(tape, 5)));
    const int64_t y = vjp_tape_shortcut(tape, computed, l);
    const struct vjp_edge *edge;
    vjp_real_init(&d, PRECISION);
    cr_expect(is_number(vjp_tape_value(tape, y), 15));
    cr_expect(derivative(tape, y, l, &d) && is_number(&d, -15));
    cr_assert_eq(vjp_tape_edges(tape, y, &edge), 2);
    const int64_t term = vjp_tape_mul(tape, dy, edge[1].partial);
    cr_assert_lt(vjp_tape_count(tape), 64);
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    mark[y] = 2;
    given.mark = mark;
    given.given[1] = (struct vjp_given){.u = 0x1p-11L, .least = 0x1p-25L};
    vjp_running_errors(tape, &(struct vjp_landscape){.value = land.value}, &given, e);
    cr_expect(e[computed] > 0 && e[y] == e[computed]);
    cr_expect_eq(e[term], 7 * e[y]);
    given.marks = 2;
    vjp_running_errors(tape, &(struct vjp_landscape){.value = land.value}, &given, e);
    cr_expect(e[term] == 7 * 15 * 0x1p-11L);
    cr_expect(e[y] == 15 * 0x1p-11L);
    vjp_landscape_clear(&land);
    vjp_real_clear(&d);
    vjp_tape_destroy(tape);
}
