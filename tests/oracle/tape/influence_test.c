/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How far a node reaches: against what happens where a leaf is moved, and against the derivatives that
 * sweep.c encloses; the local errors against kernels in float. */
#include "oracle/tape/influence.h"

#include "oracle/tape/adjoint.h"
#include "oracle/tape/landscape.h"
#include "tests/oracle/tape/random_tape.h"

#define PRECISION 192

/* A long double carries 64 bits, and a few operations cost it few of them. */
static bool is_close(long double got, long double want)
{
    return fabsl(got - want) <= 1e-14L * (1 + fabsl(want));
}

/* The leaves' values are random numbers of few bits: a step added to them is exact. */
struct formula {
    struct recipe recipe;
    double x[RANDOM_LEAVES];
};

static struct vjp_tape *record(struct formula *f, uint64_t *state, int moved, double by,
                               int64_t node[RANDOM_LEAVES + RANDOM_STEPS])
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    for (int l = 0; l < RANDOM_LEAVES; l++)
        node[l] = leaf(tape, f->x[l] + (l == moved ? by : 0));
    if (state)
        draw_recipe(tape, state, &f->recipe, node);
    else
        follow_recipe(tape, &f->recipe, node);
    return tape;
}

/* (f(x + h) - f(x - h)) / 2h with h = 2^-24: its error is h^2 f''' / 6, below 1e-9 for derivatives of
 * the size that these formulas have. */
static long double moved(struct formula *f, int l, int which)
{
    int64_t node[RANDOM_LEAVES + RANDOM_STEPS];
    struct vjp_real difference;
    vjp_real_init(&difference, PRECISION);
    struct vjp_tape *high = record(f, NULL, l, 0x1p-24, node);
    struct vjp_tape *low = record(f, NULL, l, -0x1p-24, node);
    vjp_real_sub(&difference, vjp_tape_value(high, node[which]), vjp_tape_value(low, node[which]));
    const long double d = vjp_real_get_ld(&difference) * 0x1p23L;
    vjp_real_clear(&difference);
    vjp_tape_destroy(high);
    vjp_tape_destroy(low);
    return d;
}

Test(influence, moves_what_a_moved_leaf_moves)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int run = 0; run < 40; run++) {
        struct formula f;
        int64_t node[RANDOM_LEAVES + RANDOM_STEPS];
        for (int l = 0; l < RANDOM_LEAVES; l++)
            f.x[l] = random_number(&state, 20, (int)random_between(&state, -1, 1));
        struct vjp_tape *tape = record(&f, &state, -1, 0, node);
        struct vjp_landscape land;
        cr_assert(vjp_landscape_init(tape, &land));
        struct vjp_influence *influence = vjp_influence_create(tape, land.value, NULL);
        const int last = RANDOM_LEAVES + RANDOM_STEPS - 1;
        vjp_influence_sweep(influence, &node[last], 1);
        for (int l = 0; l < RANDOM_LEAVES; l++) {
            const long double got = vjp_influence_of(influence, 0, node[l]);
            const long double want = fabsl(moved(&f, l, last));
            check(&t, fabsl(got - want) <= 1e-6L * (1 + want), "run %d, leaf %d: %Lg, moved %Lg",
                  run, l, got, want);
        }
        vjp_influence_destroy(influence);
        vjp_landscape_clear(&land);
        vjp_tape_destroy(tape);
    }
    tally_assert(&t, 40 * RANDOM_LEAVES);
}

/* Over a recorded backward pass, of every node of both passes: |dg/dv|. */
static void check_program(struct tally *t, uint64_t *state, int run)
{
    struct formula f;
    struct vjp_error error;
    int64_t node[RANDOM_LEAVES + RANDOM_STEPS], adjoint[4000];
    bool active[4000] = {false};
    for (int l = 0; l < RANDOM_LEAVES; l++)
        f.x[l] = random_number(state, 20, 0);
    struct vjp_tape *tape = record(&f, state, -1, 0, node);
    const struct vjp_seed seed = {node[RANDOM_LEAVES + RANDOM_STEPS - 1], leaf(tape, 1.25)};
    cr_assert_lt(vjp_tape_count(tape), 4000);
    for (int l = 0; l < RANDOM_LEAVES; l++)
        active[node[l]] = true;
    cr_assert_eq(vjp_adjoint_record(tape, &seed, 1, active, adjoint, &error), VJP_OK);
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    struct vjp_influence *influence = vjp_influence_create(tape, land.value, NULL);
    struct vjp_sweep *sweep = vjp_sweep_create(tape);
    for (int l = 0; l < RANDOM_LEAVES; l++) {
        const int64_t g = adjoint[node[l]];
        if (g == VJP_NO_NODE)
            continue;
        vjp_influence_sweep(influence, &g, 1);
        cr_assert_eq(vjp_sweep_reverse(sweep, g, &error), VJP_OK);
        int64_t reached = 0;
        for (int64_t v = 0; v < vjp_tape_count(tape); v++) {
            const struct vjp_real *d = vjp_sweep_derivative(sweep, v);
            const long double want = d ? fabsl(vjp_real_get_ld(d)) : 0;
            reached += d != NULL;
            check(t, is_close(vjp_influence_of(influence, 0, v), want),
                  "run %d, leaf %d, node %" PRId64 ": %Lg, want %Lg", run, l, v,
                  vjp_influence_of(influence, 0, v), want);
        }
        const int64_t *nodes;
        check(t, vjp_influence_reached(influence, &nodes) == reached, "run %d: reached", run);
    }
    vjp_sweep_destroy(sweep);
    vjp_influence_destroy(influence);
    vjp_landscape_clear(&land);
    vjp_tape_destroy(tape);
}

Test(influence, of_every_node_of_a_backward_pass)
{
    struct tally t = {0};
    uint64_t state = 2;
    for (int run = 0; run < 20; run++)
        check_program(&t, &state, run);
    tally_assert(&t, 20 * 100);
}

/* What a sweep leaves behind does not show in the next. */
Test(influence, one_sweep_after_another)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 3), b = leaf(tape, -5);
    const int64_t f = vjp_tape_mul(tape, a, b), g = vjp_tape_add(tape, a, a);
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    struct vjp_influence *influence = vjp_influence_create(tape, land.value, NULL);
    vjp_influence_sweep(influence, &f, 1);
    cr_expect_eq(vjp_influence_of(influence, 0, a), 5);
    cr_expect_eq(vjp_influence_of(influence, 0, b), 3);
    vjp_influence_sweep(influence, &g, 1);
    cr_expect_eq(vjp_influence_of(influence, 0, a), 2);
    cr_expect_eq(vjp_influence_of(influence, 0, b), 0);
    cr_expect_eq(vjp_influence_of(influence, 0, f), 0);
    const int64_t *nodes;
    cr_expect_eq(vjp_influence_reached(influence, &nodes), 2);
    vjp_influence_destroy(influence);
    vjp_landscape_clear(&land);
    vjp_influence_destroy(NULL);
    vjp_tape_destroy(tape);
}

static bool is_same(long double a, long double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* What several lanes find at once is what each finds alone, to the last bit. */
Test(influence, lanes_do_not_see_each_other)
{
    struct tally t = {0};
    uint64_t state = 3;
    for (int run = 0; run < 20; run++) {
        struct formula f;
        int64_t node[RANDOM_LEAVES + RANDOM_STEPS];
        for (int l = 0; l < RANDOM_LEAVES; l++)
            f.x[l] = l == 0 && run % 4 == 0 ? (double)INFINITY : random_number(&state, 20, 0);
        struct vjp_tape *tape = record(&f, &state, -1, 0, node);
        struct vjp_landscape land;
        cr_assert(vjp_landscape_init(tape, &land));
        struct vjp_influence *together = vjp_influence_create(tape, land.value, NULL);
        struct vjp_influence *alone = vjp_influence_create(tape, land.value, NULL);
        int64_t start[VJP_LANES];
        const int n = 1 + run % VJP_LANES;
        for (int l = 0; l < VJP_LANES; l++)
            start[l] = node[random_between(&state, 0, RANDOM_LEAVES + RANDOM_STEPS - 1)];
        vjp_influence_sweep(together, start, VJP_LANES);
        vjp_influence_sweep(together, start, n);
        for (int l = 0; l < n; l++) {
            vjp_influence_sweep(alone, &start[l], 1);
            for (int64_t v = 0; v < vjp_tape_count(tape); v++) {
                const long double got = vjp_influence_of(together, l, v);
                const long double want = vjp_influence_of(alone, 0, v);
                check(&t, is_same(got, want), "run %d, lane %d, node %" PRId64 ": %Lg, alone %Lg",
                      run, l, v, got, want);
                check(&t,
                      (vjp_influence_lanes(together, v) >> l & 1) == vjp_influence_lanes(alone, v),
                      "run %d, lane %d, node %" PRId64 ": reached", run, l, v);
            }
        }
        vjp_influence_destroy(alone);
        vjp_influence_destroy(together);
        vjp_landscape_clear(&land);
        vjp_tape_destroy(tape);
    }
    tally_assert(&t, 20 * 100);
}

/* A sweep that goes through some nodes only finds what goes through them: x y + x by way of the product. */
Test(influence, within_some_nodes)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t x = leaf(tape, 3), y = leaf(tape, 5);
    const int64_t product = vjp_tape_mul(tape, x, y), other = vjp_tape_exp(tape, x);
    const int64_t sum = vjp_tape_add(tape, product, other), *nodes;
    bool within[16] = {false};
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    cr_assert_leq(vjp_tape_count(tape), 16);
    within[x] = within[product] = within[sum] = true;
    struct vjp_influence *influence = vjp_influence_create(tape, land.value, within);
    vjp_influence_sweep(influence, &sum, 1);
    cr_expect_eq(vjp_influence_of(influence, 0, x), 5);
    cr_expect_eq(vjp_influence_of(influence, 0, y), 0);
    cr_expect_eq(vjp_influence_lanes(influence, other), 0);
    cr_expect_eq(vjp_influence_reached(influence, &nodes), 3);
    vjp_influence_destroy(influence);
    vjp_landscape_clear(&land);
    vjp_tape_destroy(tape);
}
