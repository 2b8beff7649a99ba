/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/tape/sweep.h"

#include "tests/oracle/support.h"

#include <stdlib.h>
#include <string.h>

static int64_t leaf(struct vjp_tape *tape, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return vjp_tape_leaf(tape, VJP_F64, bits);
}

static bool is_integer(const struct vjp_real *r, int64_t value)
{
    return r && r->kind == VJP_REAL_FINITE && r->point && mpfr_cmp_si(vjp_real_low(r), value) == 0;
}

static void reverse(struct vjp_sweep *sweep, int64_t node)
{
    struct vjp_error error;
    cr_assert_eq(vjp_sweep_reverse(sweep, node, &error), VJP_OK);
}

static void forward(struct vjp_sweep *sweep, int64_t node)
{
    struct vjp_error error;
    cr_assert_eq(vjp_sweep_forward(sweep, node, &error), VJP_OK);
}

/* f = (a + b) (a b) + a a with a = 3, b = 5: df/da = 2 a b + b^2 + 2 a, df/db = a^2 + 2 a b. The
 * product of the shared nodes is a diamond, a a a node that uses another twice. */
Test(sweep, derives_a_polynomial_with_shared_parts)
{
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    const int64_t a = leaf(tape, 3), b = leaf(tape, 5), unused = leaf(tape, 7);
    const int64_t sum = vjp_tape_add(tape, a, b);
    const int64_t product = vjp_tape_mul(tape, a, b);
    const int64_t square = vjp_tape_mul(tape, a, a);
    const int64_t f = vjp_tape_add(tape, vjp_tape_mul(tape, sum, product), square);
    const int64_t doubled = vjp_tape_add(tape, f, f);
    struct vjp_sweep *sweep = vjp_sweep_create(tape);
    reverse(sweep, f);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, a), 30 + 25 + 6));
    cr_expect(is_integer(vjp_sweep_derivative(sweep, b), 9 + 30));
    cr_expect(is_integer(vjp_sweep_derivative(sweep, sum), 15));
    cr_expect(is_integer(vjp_sweep_derivative(sweep, f), 1));
    cr_expect_null(vjp_sweep_derivative(sweep, unused));
    cr_expect_null(vjp_sweep_derivative(sweep, doubled), "a reverse sweep does not look up");
    reverse(sweep, doubled);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, f), 2));
    cr_expect(is_integer(vjp_sweep_derivative(sweep, a), 122));
    forward(sweep, a);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, f), 61));
    cr_expect(is_integer(vjp_sweep_derivative(sweep, doubled), 122));
    cr_expect(is_integer(vjp_sweep_derivative(sweep, product), 5));
    cr_expect(is_integer(vjp_sweep_derivative(sweep, square), 6));
    cr_expect_null(vjp_sweep_derivative(sweep, b));
    forward(sweep, b);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, f), 39));
    cr_expect_null(vjp_sweep_derivative(sweep, square));
    vjp_sweep_destroy(sweep);
    vjp_tape_destroy(tape);
    vjp_sweep_destroy(NULL);
}

/* Not reached is not the same as a derivative that happens to be zero. */
Test(sweep, a_zero_derivative_is_reached)
{
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    const int64_t a = leaf(tape, 3), zero = leaf(tape, 0), other = leaf(tape, 1);
    const int64_t f = vjp_tape_mul(tape, a, zero);
    struct vjp_sweep *sweep = vjp_sweep_create(tape);
    reverse(sweep, f);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, a), 0));
    cr_expect(is_integer(vjp_sweep_derivative(sweep, zero), 3));
    cr_expect_null(vjp_sweep_derivative(sweep, other));
    const int64_t *nodes;
    cr_expect_eq(vjp_sweep_reached(sweep, &nodes), 3);
    vjp_sweep_destroy(sweep);
    vjp_tape_destroy(tape);
}

/* A random formula over integers, with its derivatives by every leaf: the witness carries all of them
 * forward in machine integers. Growth is kept in check by multiplying small numbers only. */
#define LEAVES 4
#define NODES  40
#define SMALL  100000

struct formula {
    struct vjp_tape *tape;
    int64_t value[NODES];
    int64_t derivative[NODES][LEAVES];
    bool depends[NODES][LEAVES];
};

static bool is_small(const struct formula *f, int node)
{
    int64_t largest = llabs(f->value[node]);
    for (int l = 0; l < LEAVES; l++) {
        const int64_t d = llabs(f->derivative[node][l]);
        largest = d > largest ? d : largest;
    }
    return largest < SMALL;
}

static void record_node(struct formula *f, int node, uint64_t *state)
{
    const int a = (int)random_between(state, 0, node - 1);
    const int b = (int)random_between(state, 0, node - 1);
    const bool product = next_random(state) % 2 && is_small(f, a) && is_small(f, b);
    const int64_t id = (product ? vjp_tape_mul : vjp_tape_add)(f->tape, a, b);
    cr_assert_eq(id, node);
    f->value[node] = product ? f->value[a] * f->value[b] : f->value[a] + f->value[b];
    for (int l = 0; l < LEAVES; l++) {
        const int64_t da = f->derivative[a][l], db = f->derivative[b][l];
        f->derivative[node][l] = product ? da * f->value[b] + f->value[a] * db : da + db;
        f->depends[node][l] = f->depends[a][l] || f->depends[b][l];
    }
}

static void record_formula(struct formula *f, uint64_t *state)
{
    *f = (struct formula){.tape = vjp_tape_create(256, ANY_SIDE)};
    for (int l = 0; l < LEAVES; l++) {
        f->value[l] = random_between(state, -3, 3);
        f->derivative[l][l] = 1;
        f->depends[l][l] = true;
        cr_assert_eq(leaf(f->tape, (double)f->value[l]), l);
    }
    f->value[LEAVES] = 2; /* a constant among the arguments */
    cr_assert_eq(vjp_tape_constant(f->tape, 2), LEAVES);
    for (int node = LEAVES + 1; node < NODES; node++)
        record_node(f, node, state);
}

static void check_derivative(struct tally *t, const struct formula *f, int node, int l,
                             const struct vjp_real *got, const char *way)
{
    const bool holds = f->depends[node][l] ? is_integer(got, f->derivative[node][l]) : got == NULL;
    check(t, holds, "%s: d(node %d)/d(leaf %d), want %" PRId64 "%s", way, node, l,
          f->derivative[node][l], f->depends[node][l] ? "" : " by structure");
}

/* The sweeps are interleaved, so that what one leaves behind would show in another. */
Test(sweep, both_ways_agree_with_integers)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int run = 0; run < 60; run++) {
        struct formula f;
        record_formula(&f, &state);
        struct vjp_sweep *sweep = vjp_sweep_create(f.tape);
        for (int i = 0; i < NODES; i++) {
            const int node = (int)random_between(&state, 0, NODES - 1);
            reverse(sweep, node);
            for (int l = 0; l < LEAVES; l++)
                check_derivative(&t, &f, node, l, vjp_sweep_derivative(sweep, l), "reverse");
            const int from = i % LEAVES;
            forward(sweep, from);
            for (int n = 0; n < NODES; n++)
                check_derivative(&t, &f, n, from, vjp_sweep_derivative(sweep, n), "forward");
        }
        vjp_sweep_destroy(sweep);
        vjp_tape_destroy(f.tape);
    }
    tally_assert(&t, 60 * NODES * (LEAVES + NODES));
}

/* What is reached is listed once each, by number, and is what has a derivative. */
Test(sweep, lists_what_it_reached)
{
    struct tally t = {0};
    uint64_t state = 2;
    struct formula f;
    record_formula(&f, &state);
    struct vjp_sweep *sweep = vjp_sweep_create(f.tape);
    for (int node = 0; node < 2 * NODES; node++) {
        bool listed[NODES] = {false};
        const int64_t *nodes;
        if (node < NODES)
            reverse(sweep, node);
        else
            forward(sweep, node - NODES);
        const int64_t n = vjp_sweep_reached(sweep, &nodes);
        for (int64_t i = 0; i < n; i++) {
            check(&t, !listed[nodes[i]], "node %" PRId64 " is listed twice", nodes[i]);
            check(&t, i == 0 || (nodes[i] > nodes[i - 1]) == (node >= NODES),
                  "node %" PRId64 " is listed behind %" PRId64, nodes[i], nodes[i > 0 ? i - 1 : 0]);
            listed[nodes[i]] = true;
        }
        for (int v = 0; v < NODES; v++)
            check(&t, listed[v] == (vjp_sweep_derivative(sweep, v) != NULL), "node %d", v);
    }
    vjp_sweep_destroy(sweep);
    vjp_tape_destroy(f.tape);
    tally_assert(&t, 2 * NODES * NODES);
}

/* s -> s c + a with c = -1 or 1, 50,000 times, is 100,000 nodes deep, which no recursion would
 * survive on a small stack. ds/da is the integer that the same recurrence gives. */
Test(sweep, follows_chains_of_100000_nodes)
{
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    const int64_t a = leaf(tape, 1);
    const int64_t plus = vjp_tape_constant(tape, 1), minus = vjp_tape_constant(tape, -1);
    int64_t s = a;
    int64_t derivative = 1;
    uint64_t state = 3;
    for (int i = 0; i < 50000; i++) {
        const bool flip = next_random(&state) % 64 == 0;
        s = vjp_tape_add(tape, vjp_tape_mul(tape, s, flip ? minus : plus), a);
        derivative = (flip ? -derivative : derivative) + 1;
    }
    struct vjp_sweep *sweep = vjp_sweep_create(tape);
    reverse(sweep, s);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, a), derivative));
    forward(sweep, a);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, s), derivative));
    reverse(sweep, s);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, a), derivative), "the second time");
    vjp_sweep_destroy(sweep);
    vjp_tape_destroy(tape);
}

/* d(x x x)/dx at 64 bits for x of 53: an enclosure of 3 x^2 that is not a point. */
Test(sweep, derivatives_are_enclosures)
{
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    const int64_t x = leaf(tape, 0x1.0000000000001p0);
    const int64_t cube = vjp_tape_mul(tape, vjp_tape_mul(tape, x, x), x);
    struct vjp_sweep *sweep = vjp_sweep_create(tape);
    mpfr_t exact;
    mpfr_init2(exact, 200);
    mpfr_set_d(exact, 0x1.0000000000001p0, MPFR_RNDN);
    mpfr_sqr(exact, exact, MPFR_RNDN);
    mpfr_mul_ui(exact, exact, 3, MPFR_RNDN);
    for (int way = 0; way < 2; way++) {
        if (way == 0)
            reverse(sweep, cube);
        else
            forward(sweep, x);
        const struct vjp_real *d = vjp_sweep_derivative(sweep, way == 0 ? x : cube);
        cr_expect_not(d->point);
        cr_expect(mpfr_less_p(vjp_real_low(d), exact) && mpfr_less_p(exact, vjp_real_high(d)));
        mpfr_t width;
        mpfr_init2(width, 64);
        mpfr_sub(width, vjp_real_high(d), vjp_real_low(d), MPFR_RNDU);
        cr_expect_lt(mpfr_cmp_d(width, 0x1p-59), 0);
        mpfr_clear(width);
    }
    mpfr_clear(exact);
    vjp_sweep_destroy(sweep);
    vjp_tape_destroy(tape);
}

/* An infinite factor makes a term NaN only where there is a term. */
Test(sweep, special_values_follow_the_edges)
{
    struct vjp_tape *tape = vjp_tape_create(64, ANY_SIDE);
    const int64_t a = leaf(tape, 2), b = leaf(tape, (double)INFINITY), zero = leaf(tape, 0);
    const int64_t f = vjp_tape_mul(tape, vjp_tape_mul(tape, a, zero), b);
    struct vjp_sweep *sweep = vjp_sweep_create(tape);
    reverse(sweep, f);
    cr_expect_eq(vjp_sweep_derivative(sweep, a)->kind, VJP_REAL_NAN);
    cr_expect_eq(vjp_sweep_derivative(sweep, zero)->kind, VJP_REAL_POS_INF);
    cr_expect(is_integer(vjp_sweep_derivative(sweep, b), 0));
    vjp_sweep_destroy(sweep);
    vjp_tape_destroy(tape);
}
