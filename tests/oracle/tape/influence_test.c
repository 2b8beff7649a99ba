/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How far a node reaches: against what happens where a leaf is moved, and against the derivatives that
 * sweep.c encloses; the local errors against kernels in float. */
#include "oracle/tape/influence.h"

#include "oracle/tape/adjoint.h"
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
        struct vjp_influence *influence = vjp_influence_create(tape);
        const int last = RANDOM_LEAVES + RANDOM_STEPS - 1;
        vjp_influence_sweep(influence, &node[last], 1);
        for (int l = 0; l < RANDOM_LEAVES; l++) {
            const long double got = vjp_influence_of(influence, 0, node[l]);
            const long double want = fabsl(moved(&f, l, last));
            check(&t, fabsl(got - want) <= 1e-6L * (1 + want), "run %d, leaf %d: %Lg, moved %Lg",
                  run, l, got, want);
        }
        vjp_influence_destroy(influence);
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
    struct vjp_influence *influence = vjp_influence_create(tape);
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
    struct vjp_influence *influence = vjp_influence_create(tape);
    vjp_influence_sweep(influence, &f, 1);
    cr_expect_eq(vjp_influence_of(influence, 0, a), 5);
    cr_expect_eq(vjp_influence_of(influence, 0, b), 3);
    vjp_influence_sweep(influence, &g, 1);
    cr_expect_eq(vjp_influence_of(influence, 0, a), 2);
    cr_expect_eq(vjp_influence_of(influence, 0, b), 0);
    cr_expect_eq(vjp_influence_of(influence, 0, f), 0);
    cr_expect_eq(vjp_influence_size(influence, b), 5);
    const int64_t *nodes;
    cr_expect_eq(vjp_influence_reached(influence, &nodes), 2);
    vjp_influence_destroy(influence);
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
        struct vjp_influence *together = vjp_influence_create(tape);
        struct vjp_influence *alone = vjp_influence_create(tape);
        struct vjp_influence_sums sums[VJP_LANES], one[VJP_LANES];
        int64_t start[VJP_LANES];
        const int n = 1 + run % VJP_LANES;
        for (int l = 0; l < VJP_LANES; l++)
            start[l] = node[random_between(&state, 0, RANDOM_LEAVES + RANDOM_STEPS - 1)];
        vjp_influence_sweep(together, start, VJP_LANES);
        vjp_influence_sweep(together, start, n);
        vjp_influence_sum(together, sums);
        for (int l = 0; l < n; l++) {
            vjp_influence_sweep(alone, &start[l], 1);
            vjp_influence_sum(alone, one);
            for (int64_t v = 0; v < vjp_tape_count(tape); v++) {
                const long double got = vjp_influence_of(together, l, v);
                const long double want = vjp_influence_of(alone, 0, v);
                check(&t, is_same(got, want), "run %d, lane %d, node %" PRId64 ": %Lg, alone %Lg",
                      run, l, v, got, want);
                check(&t,
                      (vjp_influence_lanes(together, v) >> l & 1) == vjp_influence_lanes(alone, v),
                      "run %d, lane %d, node %" PRId64 ": reached", run, l, v);
            }
            check(&t, is_same(sums[l].basic, one[0].basic), "run %d: %Lg, alone %Lg", run,
                  sums[l].basic, one[0].basic);
            check(&t, is_same(sums[l].operands, one[0].operands), "run %d: %Lg, alone %Lg", run,
                  sums[l].operands, one[0].operands);
        }
        vjp_influence_destroy(alone);
        vjp_influence_destroy(together);
        vjp_tape_destroy(tape);
    }
    tally_assert(&t, 20 * 100);
}

/* f = exp(a b + a): |df/da| = (b + 1) e, |df/db| = a e; the product and the sum are rounded with the factor
 * e, the exponential by itself. */
Test(influence, sums_by_hand)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 0.5), b = leaf(tape, 3);
    const int64_t product = vjp_tape_mul(tape, a, b), sum = vjp_tape_add(tape, product, a);
    const int64_t power = vjp_tape_exp(tape, sum), start[] = {sum, power};
    const long double e = expl(2);
    struct vjp_influence_sums sums[VJP_LANES];
    struct vjp_influence *influence = vjp_influence_create(tape);
    vjp_influence_sweep(influence, start, 2);
    vjp_influence_sum(influence, sums);
    cr_expect_eq(sums[0].basic, 1.5L + 2);
    cr_expect_eq(sums[0].elementary, 0);
    cr_expect_eq(sums[0].operands, 0.5L * 4 + 3 * 0.5L);
    cr_expect(is_close(sums[0].probable, sqrtl(1.5L * 1.5L + 4)));
    cr_expect(is_close(sums[1].basic, 3.5L * e));
    cr_expect(is_close(sums[1].elementary, e));
    cr_expect(is_close(sums[1].operands, 3.5L * e));
    cr_expect(is_close(sums[1].probable, sqrtl(1.5L * 1.5L + 4 + 1) * e));
    vjp_influence_destroy(influence);
    vjp_tape_destroy(tape);
}

/* The largest number and the operands that are no numbers, of what a node depends on and of nothing else. */
Test(influence, peak_and_special_are_of_the_way_to_a_node)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, -100), b = leaf(tape, 2), up = leaf(tape, (double)INFINITY);
    const int64_t difference =
        vjp_tape_add(tape, vjp_tape_mul(tape, a, b), vjp_tape_constant(tape, 201));
    const int64_t power = vjp_tape_exp(tape, vjp_tape_sub(tape, b, up));
    struct vjp_influence *influence = vjp_influence_create(tape);
    cr_expect_eq(vjp_influence_peak(influence, b), 2);
    cr_expect_eq(vjp_influence_peak(influence, difference), 200);
    cr_expect_eq(vjp_influence_peak(influence, power), INFINITY);
    cr_expect_eq(vjp_influence_special(influence, up), VJP_SPECIAL_OPEN);
    cr_expect_eq(vjp_influence_special(influence, power), VJP_SPECIAL_OPEN,
                 "exp(-inf) is 0, and yet");
    cr_expect_eq(vjp_influence_special(influence, difference), VJP_SPECIAL_NONE);
    vjp_influence_destroy(influence);
    vjp_tape_destroy(tape);
}

/* An open kink counts as what it can be at most. */
Test(influence, of_a_kink_that_is_open)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t zero = leaf(tape, 0);
    const int64_t relu = vjp_tape_relu(tape, zero), size = vjp_tape_abs(tape, zero);
    struct vjp_influence *influence = vjp_influence_create(tape);
    vjp_influence_sweep(influence, &relu, 1);
    cr_expect_eq(vjp_influence_of(influence, 0, zero), 1);
    vjp_influence_sweep(influence, &size, 1);
    cr_expect_eq(vjp_influence_of(influence, 0, zero), 1);
    vjp_influence_destroy(influence);
    vjp_tape_destroy(tape);
}

static const struct vjp_local_error *local(struct vjp_influence *influence, int64_t node)
{
    return vjp_influence_local(influence, node);
}

/* By hand, from the comments in tape.h. The numbers have too many bits for a short format. */
Test(influence, local_errors)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const double x = 0x1.00001p1, y = -0x1.00001p3;
    const int64_t a = leaf(tape, x), b = leaf(tape, y), zero = leaf(tape, 0);
    const int64_t product = vjp_tape_mul(tape, a, b), power = vjp_tape_exp(tape, zero);
    const int64_t negative = vjp_tape_neg(tape, a);
    const int64_t scaled = vjp_tape_mul(tape, a, vjp_tape_ratio(tape, 1, 4));
    const int64_t pi = vjp_tape_pi(tape);
    const int64_t open = vjp_tape_open(tape);
    const int64_t terms[] = {a, b, zero, a};
    for (int i = 0; i < 4; i++)
        vjp_tape_push(tape, terms[i]);
    const int64_t sum = vjp_tape_close_sum(tape, open);
    const long double size = 2 * x - y;
    struct vjp_influence *influence = vjp_influence_create(tape);
    cr_expect_eq(local(influence, a)->basic, 0);
    cr_expect_eq(local(influence, product)->basic, -x * y);
    cr_expect_eq(vjp_influence_peak(influence, product), -x * y);
    cr_expect_eq(local(influence, power)->elementary, 1);
    cr_expect_eq(local(influence, power)->basic, 0);
    cr_expect(is_close(local(influence, pi)->basic, acosl(-1)), "pi is rounded");
    cr_expect_eq(local(influence, negative)->basic, 0);
    cr_expect_eq(local(influence, scaled)->basic, 0);
    cr_expect_eq(local(influence, sum)->basic, 2 * size, "three terms that are not 0");
    cr_expect(is_close(local(influence, sum)->probable, sqrtl(2) * size));
    cr_expect_eq(vjp_influence_peak(influence, sum), size);
    vjp_influence_destroy(influence);
    vjp_tape_destroy(tape);
}

/* What every format computes exactly: sums and products of short numbers. Not what would underflow in one
 * of them, nor a sum whose terms lie too far apart, nor what comes of an operation that rounds. */
Test(influence, exact_data)
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
    struct vjp_influence *influence = vjp_influence_create(tape);
    const bool *is_exact = vjp_influence_exact(influence);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cr_expect_eq(is_exact[table[i].node], table[i].exact, "row %zu", i);
    }
    cr_expect(is_exact[exact]);
    cr_expect_not(is_exact[sum]);
    vjp_influence_destroy(influence);
    vjp_tape_destroy(tape);
}

/* l = m + log(sum of exp(t - m)) in float, terms in any order, stays inside the local error; and the
 * error is not much larger than need be. The functions of <math.h> are good for 1 ulp, two u. */
Test(influence, local_error_of_logsumexp)
{
    struct tally t = {0};
    uint64_t state = 3;
    long double largest = 0;
    for (int run = 0; run < 3000; run++) {
        struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
        const int n = (int)random_between(&state, 1, 12);
        const int spread = (int)random_between(&state, -4, 7);
        const float shift = run % 3 ? (float)random_number(&state, 24, 6) : 0;
        float x[12], m = -INFINITY, sum = 0;
        const int64_t open = vjp_tape_open(tape);
        for (int i = 0; i < n; i++) {
            x[i] = (float)random_number(&state, 24, spread) + shift;
            m = fmaxf(m, x[i]);
            vjp_tape_push(tape, leaf(tape, x[i]));
        }
        const int64_t l = vjp_tape_close_logsumexp(tape, open);
        for (int i = 0; i < n; i++)
            sum += expf(x[i] - m);
        const float got = m + logf(sum);
        struct vjp_influence *influence = vjp_influence_create(tape);
        const long double error = fabsl(got - vjp_real_get_ld(vjp_tape_value(tape, l)));
        const struct vjp_local_error *e = local(influence, l);
        const long double bound = (e->basic + 2 * e->elementary) * 0x1p-24L;
        check(&t, error <= bound, "%d terms, %g: error %Lg, bound %Lg", n, (double)m, error, bound);
        if (bound > 0)
            largest = fmaxl(largest, error / bound);
        vjp_influence_destroy(influence);
        vjp_tape_destroy(tape);
    }
    tally_assert(&t, 3000);
    cr_expect(largest > 0.3L, "the largest ratio is %Lg", largest);
}
