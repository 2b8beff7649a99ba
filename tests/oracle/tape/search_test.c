/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/search.h"

#include "tests/oracle/tape/record.h"

/* More than two groups of 64 words of 64 nodes. */
#define NODES 9000

/* Every node from the fourth on is the sum of two that are at most reach older. */
static struct vjp_tape *random_sums(uint64_t *state, int64_t reach)
{
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    for (int64_t v = 0; v < NODES; v++) {
        const int64_t oldest = v > reach ? v - reach : 0;
        const int64_t node = v < 3 ? leaf(tape, 1)
                                   : vjp_tape_add(tape, random_between(state, oldest, v - 1),
                                                  random_between(state, oldest, v - 1));
        cr_assert_eq(node, v);
    }
    return tape;
}

/* start and user as vjp_search_users wants them, found by going through all edges for every node of a
 * tape in which a node is used by few. */
struct users {
    int64_t start[NODES + 1], user[2 * NODES];
};

static void find_users(const struct vjp_tape *tape, struct users *out)
{
    static int64_t count[NODES], last[NODES][64];
    memset(count, 0, sizeof count);
    const struct vjp_edge *edge;
    for (int64_t v = 0; v < NODES; v++) {
        const int n = vjp_tape_edges(tape, v, &edge);
        for (int e = 0; e < n; e++) {
            const int64_t a = edge[e].argument;
            cr_assert_lt(count[a], 64);
            last[a][count[a]++] = v;
        }
    }
    int64_t at = 0;
    for (int64_t v = 0; v < NODES; v++) {
        out->start[v] = at;
        for (int64_t i = 0; i < count[v]; i++)
            out->user[at++] = last[v][i];
    }
    out->start[NODES] = at;
}

/* Marks all that depends on a marked node, or all that marked nodes depend on, and counts what is marked. */
static int64_t spread(const struct vjp_tape *tape, bool users, bool mark[NODES])
{
    const struct vjp_edge *edge;
    int64_t marked = 0;
    for (int64_t i = 0; i < NODES; i++) {
        const int64_t v = users ? i : NODES - 1 - i;
        const int n = vjp_tape_edges(tape, v, &edge);
        for (int e = 0; e < n; e++) {
            if (users)
                mark[v] |= mark[edge[e].argument];
            else
                mark[edge[e].argument] |= mark[v];
        }
    }
    for (int64_t v = 0; v < NODES; v++)
        marked += mark[v];
    return marked;
}

/* What was found is what is marked, in falling or rising order. */
static void check_order(struct tally *t, const struct vjp_search *s, const bool mark[NODES],
                        int64_t marked, bool rising, int run)
{
    check(t, s->n == marked, "run %d: %" PRId64 " of %" PRId64 " nodes", run, s->n, marked);
    for (int64_t i = 0; i < s->n; i++) {
        check(t, mark[s->order[i]], "run %d: %" PRId64 " is not asked for", run, s->order[i]);
        check(t, i == 0 || (s->order[i] > s->order[i - 1]) == rising,
              "run %d: %" PRId64 " behind %" PRId64, run, s->order[i], s->order[i > 0 ? i - 1 : 0]);
    }
}

/* One search after another, of tapes where a node depends on most of those before it, or on few. */
Test(search, finds_what_spreading_marks_finds_in_order_of_number)
{
    static struct users users;
    struct tally t = {0};
    uint64_t state = 1;
    for (int64_t reach = 10; reach <= 3000; reach *= 300) {
        struct vjp_tape *tape = random_sums(&state, reach);
        struct vjp_search s;
        cr_assert(vjp_search_init(&s, NODES));
        find_users(tape, &users);
        for (int run = 0; run < 12; run++) {
            static bool mark[NODES];
            int64_t from[3];
            const int n = 1 + run % 3;
            memset(mark, 0, sizeof mark);
            for (int i = 0; i < n; i++) {
                from[i] = random_between(&state, run < 6 ? 0 : NODES - 70, NODES - 1);
                mark[from[i]] = true;
            }
            vjp_search_arguments(&s, tape, NULL, from, n);
            check_order(&t, &s, mark, spread(tape, false, mark), false, run);
            memset(mark, 0, sizeof mark);
            mark[from[0]] = true;
            vjp_search_users(&s, users.start, users.user, from[0]);
            check_order(&t, &s, mark, spread(tape, true, mark), true, run);
        }
        vjp_search_clear(&s);
        vjp_tape_destroy(tape);
    }
    tally_assert(&t, 10000);
}

/* A node twice among the starts, and the first and the last node of a tape. */
Test(search, ends_of_a_tape)
{
    uint64_t state = 2;
    struct vjp_tape *tape = random_sums(&state, 1);
    const int64_t last = NODES - 1, first = 0, twice[] = {5, 5};
    struct vjp_search s;
    cr_assert(vjp_search_init(&s, NODES));
    vjp_search_arguments(&s, tape, NULL, &last, 1);
    cr_expect_eq(s.n, NODES - 2, "all but two of the leaves");
    vjp_search_arguments(&s, tape, NULL, &first, 1);
    cr_expect(s.n == 1 && s.order[0] == 0);
    vjp_search_arguments(&s, tape, NULL, twice, 2);
    cr_expect(s.n == 4 && s.order[0] == 5 && s.order[3] == 2);
    static bool within[NODES];
    for (int64_t v = 0; v < NODES; v++)
        within[v] = v != 2;
    vjp_search_arguments(&s, tape, within, twice, 2);
    cr_expect(s.n == 3 && s.order[0] == 5 && s.order[2] != 2, "all of them but that");
    vjp_search_clear(&s);
    vjp_search_clear(&s);
    vjp_tape_destroy(tape);
}
