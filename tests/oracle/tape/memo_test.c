/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/memo.h"

#include "tests/oracle/tally.h"

Test(memo, finds_what_was_entered_and_nothing_else)
{
    struct vjp_memo memo = {0};
    cr_expect_eq(vjp_memo_find(&memo, 1, 2, 3), -1, "an empty one has nothing");
    cr_assert(vjp_memo_enter(&memo, 1, 2, 3, 10));
    cr_expect_eq(vjp_memo_find(&memo, 1, 2, 3), 10);
    cr_expect_eq(vjp_memo_find(&memo, 2, 2, 3), -1);
    cr_expect_eq(vjp_memo_find(&memo, 1, 3, 2), -1);
    cr_expect_eq(vjp_memo_find(&memo, 1, 2, -1), -1);
    cr_assert(vjp_memo_enter(&memo, 1, 2, 3, 11));
    cr_expect_eq(vjp_memo_find(&memo, 1, 2, 3), 11, "the last one counts");
    cr_expect_eq(memo.used, 1);
    vjp_memo_clear(&memo);
    cr_expect_eq(vjp_memo_find(&memo, 1, 2, 3), -1);
    vjp_memo_clear(&memo);
}

/* Against a table: 13 operations on pairs of 20 numbers, -1 among them, so that many meet in a place. */
#define ARGUMENTS 20
#define KINDS     13

Test(memo, grows_and_keeps_everything)
{
    struct tally t = {0};
    uint64_t state = 1;
    struct vjp_memo memo = {0};
    static int64_t table[KINDS][ARGUMENTS][ARGUMENTS];
    for (int64_t i = 0; i < 4000; i++) {
        const int k = (int)random_between(&state, 0, KINDS - 1);
        const int64_t a = random_between(&state, 0, ARGUMENTS - 1),
                      b = random_between(&state, 0, ARGUMENTS - 1);
        check(&t, vjp_memo_enter(&memo, k + 1, a - 1, b - 1, i), "memory");
        table[k][a][b] = i + 1;
        if (i % 400 != 399)
            continue;
        for (int q = 0; q < KINDS * ARGUMENTS * ARGUMENTS; q++) {
            const int64_t u = q / ARGUMENTS % ARGUMENTS, v = q % ARGUMENTS;
            const int kind = q / ARGUMENTS / ARGUMENTS;
            check(&t, vjp_memo_find(&memo, kind + 1, u - 1, v - 1) == table[kind][u][v] - 1,
                  "after %d: operation %d of %d and %d", (int)i, kind, (int)u, (int)v);
        }
    }
    vjp_memo_clear(&memo);
    tally_assert(&t, 10 * KINDS * ARGUMENTS * ARGUMENTS);
}
