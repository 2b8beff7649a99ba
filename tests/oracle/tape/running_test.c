/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Running errors against formulas computed in float, and by hand. */
#include "oracle/tape/running.h"

#include "tests/oracle/tape/random_tape.h"

#define PRECISION 192

static const struct vjp_running binary32 = {
    .u = 0x1p-24L, .slack = 1, .ulps = 4, .underflow = 0x1p-150L, .tiny = 0x1p-126L};

static void run(const struct vjp_tape *tape, const struct vjp_running *running, long double *error)
{
    struct vjp_landscape land;
    cr_assert(vjp_landscape_init(tape, &land));
    vjp_running_errors(tape, &(struct vjp_landscape){.value = land.value}, running, error);
    vjp_landscape_clear(&land);
}

static bool is_close(long double got, long double want)
{
    return fabsl(got - want) <= 1e-15L * fabsl(want);
}

/* (x + d)(y + e), quotients, sums: by hand, with a u so large that products of errors count. */
Test(running, by_hand)
{
    const long double u = 0.125L;
    const struct vjp_running coarse = {
        .u = u, .slack = 1, .ulps = 2, .underflow = 0x1p-20L, .tiny = 0x1p-10L};
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    long double e[64];
    const int64_t a = leaf(tape, 3), b = leaf(tape, -5);
    const int64_t sum = vjp_tape_add(tape, a, b), product = vjp_tape_mul(tape, a, b);
    const int64_t both = vjp_tape_mul(tape, sum, product), square = vjp_tape_mul(tape, sum, sum);
    const int64_t quotient = vjp_tape_div(tape, product, sum),
                  by_a = vjp_tape_div(tape, product, a);
    const int64_t one_by = vjp_tape_div(tape, vjp_tape_constant(tape, 1), sum);
    const int64_t half = vjp_tape_mul(tape, sum, vjp_tape_ratio(tape, 1, 2));
    const int64_t minus = vjp_tape_neg(tape, sum), power = vjp_tape_exp(tape, sum);
    const int64_t relu = vjp_tape_relu(tape, sum);
    const int64_t open = vjp_tape_open(tape);
    vjp_tape_push(tape, sum);
    vjp_tape_push(tape, product);
    vjp_tape_push(tape, a);
    const int64_t three = vjp_tape_close_sum(tape, open);
    cr_assert_lt(vjp_tape_count(tape), 64);
    run(tape, &coarse, e);
    const long double es = 2 * u, ep = 15 * u + 0x1p-20L;
    cr_expect(is_close(e[a], 0) && is_close(e[sum], es) && is_close(e[product], ep));
    long double carried = 2 * ep + 15 * es + es * ep;
    cr_expect(is_close(e[both], carried + u * (30 + carried) + 0x1p-20L));
    carried = 2 * 2 * es + es * es;
    cr_expect(is_close(e[square], carried + u * (4 + carried) + 0x1p-20L));
    carried = (ep + 7.5L * es) / (2 - es);
    cr_expect(is_close(e[quotient], carried + u * (7.5L + carried) + 0x1p-20L));
    carried = ep / 3;
    cr_expect(is_close(e[by_a], carried + u * (5 + carried) + 0x1p-20L));
    carried = .5L * es / (2 - es);
    cr_expect(is_close(e[one_by], carried + u * (.5L + carried) + 0x1p-20L));
    cr_expect(is_close(e[half], es / 2 + 0x1p-20L));
    cr_expect(is_close(e[minus], es) && is_close(e[relu], es));
    carried = expl(-2) * expm1l(es);
    cr_expect(is_close(e[power], carried + 2 * u * (expl(-2) + carried) + 0x1p-10L));
    carried = es + ep;
    cr_expect(is_close(e[three], carried + 2 * u * (2 + 15 + 3 + carried)));
    vjp_tape_destroy(tape);
}

/* Where an error may carry a number out of an operation's domain nothing is known; a factor that is
 * exactly 0 makes it known again. */
Test(running, unknown)
{
    const struct vjp_running coarse = {.u = 0.25L, .slack = 1, .ulps = 1};
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    long double e[64];
    const int64_t small =
        vjp_tape_sub(tape, vjp_tape_mul(tape, leaf(tape, 3), leaf(tape, 5)), leaf(tape, 14));
    const int64_t unknown[] = {vjp_tape_div(tape, leaf(tape, 1), small), vjp_tape_log(tape, small),
                               vjp_tape_sqrt(tape, small), vjp_tape_rsqrt(tape, small)};
    const int64_t zero = vjp_tape_mul(tape, unknown[0], leaf(tape, 0));
    const int64_t nan = vjp_tape_add(tape, leaf(tape, (double)NAN), small);
    cr_assert_lt(vjp_tape_count(tape), 64);
    run(tape, &coarse, e);
    for (int i = 0; i < 4; i++)
        cr_expect_eq(e[unknown[i]], INFINITY, "row %d", i);
    cr_expect_eq(e[zero], 0);
    cr_expect_eq(e[nan], INFINITY);
    vjp_tape_destroy(tape);
}

/* What is given is off by its rounding, whatever it is computed from. */
Test(running, given_values)
{
    struct vjp_running given = binary32;
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    long double e[16];
    uint8_t mark[16] = {0};
    const int64_t a = leaf(tape, 3), product = vjp_tape_mul(tape, a, a);
    const int64_t zero = vjp_tape_sub(tape, product, product);
    mark[product] = 1;
    mark[zero] = 2;
    given.mark = mark;
    given.given[0] = given.given[1] = (struct vjp_given){.u = 0x1p-8L, .least = 0x1p-3L};
    given.marks = 3;
    run(tape, &given, e);
    cr_expect(is_close(e[product], 0x1p-3L), "the larger of 9/256 and 1/8");
    cr_expect_eq(e[zero], 0, "0 is 0 in every format");
    given.given[0].least = 0;
    run(tape, &given, e);
    cr_expect(is_close(e[product], 9 * 0x1p-8L));
    mark[product] = 3;
    run(tape, &given, e);
    cr_expect(is_close(e[product], 0x1p-3L), "the larger of two");
    mark[product] = 1;
    given.marks = 2;
    run(tape, &given, e);
    cr_expect(is_close(e[product], 9 * 0x1p-24L + 0x1p-150L), "not this one");
    vjp_tape_destroy(tape);
}

/* What is computed is rounded before it is a factor in a sum of products, where that is declared, and so may be a
 * multiple of an operand; not in a product that is no term. */
Test(running, operands_of_inner_products_may_be_rounded)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const long double u = 0x1p-24L, v = 0x1p-8L;
    struct vjp_running narrow = binary32;
    struct vjp_landscape all;
    long double e[32];
    const int64_t a = leaf(tape, 3), b = leaf(tape, 0.3);
    const int64_t ab = vjp_tape_mul(tape, a, b), c = vjp_tape_mul(tape, ab, b);
    const int64_t open = vjp_tape_open(tape);
    const int64_t first = vjp_tape_mul(tape, a, ab);
    vjp_tape_push(tape, first);
    vjp_tape_push(tape, a);
    const int64_t sum = vjp_tape_close_sum(tape, open);
    cr_assert_leq(vjp_tape_count(tape), 32);
    cr_assert(vjp_landscape_init(tape, &all));
    narrow.underflow = 0;
    narrow.operand = (struct vjp_given){.u = v, .least = 0x1p-60L};
    const struct vjp_landscape land = {.value = all.value, .term = all.term};
    vjp_running_errors(tape, &land, &narrow, e);
    const long double x = land.value[ab], y = land.value[b];
    cr_expect(is_close(e[ab], u * x));
    cr_expect(is_close(e[c], u * x * y + u * (x * y + u * x * y)), "no term of a sum");
    const long double by_ab = u * x + v * (x + u * x), by_a = v * 3;
    const long double off = 3 * by_ab + x * by_a + by_a * by_ab;
    cr_expect(is_close(e[first], off + u * (3 * x + off)));
    cr_expect_gt(e[sum], e[first]);
    narrow.operand.least = 1;
    vjp_running_errors(tape, &land, &narrow, e);
    cr_expect_gt(e[first], 3, "below the least number everything is lost");
    vjp_landscape_clear(&all);
    vjp_tape_destroy(tape);
}

/* A sum that begins with 0 flushes its first term as any other. */
Test(running, a_flushed_sum_of_one_term)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    struct vjp_running flushing = binary32;
    struct vjp_landscape all;
    long double e[32];
    const int64_t a = leaf(tape, 0x1p-130), zero = leaf(tape, 0);
    const int64_t product = vjp_tape_mul(tape, a, leaf(tape, 1));
    int64_t open = vjp_tape_open(tape);
    vjp_tape_push(tape, product);
    cr_assert_eq(vjp_tape_close_sum(tape, open), product);
    open = vjp_tape_open(tape);
    vjp_tape_push(tape, leaf(tape, 0x1p-131));
    vjp_tape_push(tape, zero);
    const int64_t sum = vjp_tape_close_sum(tape, open);
    flushing.flushed = flushing.underflow = 0x1p-126L;
    cr_assert(vjp_landscape_init(tape, &all));
    const struct vjp_landscape land = {.value = all.value, .term = all.term};
    vjp_running_errors(tape, &land, &flushing, e);
    cr_expect_geq(e[product], 2 * 0x1p-126L, "the product, and the sum");
    cr_expect_geq(e[sum], 2 * 0x1p-126L);
    vjp_landscape_clear(&all);
    vjp_tape_destroy(tape);
}

/* The softmax of x = 1000, 1001, 998.5, with lse by the side or without. */
static struct vjp_tape *softmax(bool saves, int64_t p[3], int64_t *l, int64_t *lse)
{
    static const double x[] = {1000, 1001, 998.5};
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    int64_t z[3];
    int64_t open = vjp_tape_open(tape);
    for (int i = 0; i < 3; i++) {
        z[i] = leaf(tape, x[i]);
        vjp_tape_push(tape, z[i]);
    }
    const int64_t m = vjp_tape_close_largest(tape, open);
    open = vjp_tape_open(tape);
    for (int i = 0; i < 3; i++) {
        z[i] = vjp_tape_sub(tape, z[i], m);
        vjp_tape_push(tape, z[i]);
    }
    *lse = VJP_NO_NODE;
    *l = saves ? vjp_tape_close_logsumexp_shifted(tape, open, m, lse)
               : vjp_tape_close_logsumexp(tape, open);
    for (int i = 0; i < 3; i++)
        p[i] = vjp_tape_exp(tape, vjp_tape_sub(tape, z[i], *l));
    cr_assert_lt(vjp_tape_count(tape), 64);
    return tape;
}

/* Whether lse can be saved changes nothing for who does not ask for it. Who does has exp(x - lse): lse off
 * by its rounding, x - lse rounded; and the rounding of x - m. */
Test(running, exp_of_a_difference_with_a_given_logsumexp)
{
    const long double l0 = log1pl(expl(-1) + expl(-2.5L)), u = 0x1p-24L;
    struct vjp_running given = binary32;
    long double e[64], plain[64];
    uint8_t mark[64] = {0};
    int64_t p[3], other[3], l, lse, none;
    struct vjp_tape *tape = softmax(true, p, &l, &lse);
    struct vjp_tape *without = softmax(false, other, &none, &none);
    cr_expect(is_close(vjp_real_get_ld(vjp_tape_value(tape, l)), l0));
    cr_expect(is_close(vjp_real_get_ld(vjp_tape_value(tape, lse)), 1001 + l0));
    run(without, &given, plain);
    run(tape, &given, e);
    for (int i = 0; i < 3; i++)
        cr_expect(e[p[i]] > 0 && e[p[i]] == plain[other[i]], "%d", i);
    mark[lse] = 4;
    given.mark = mark;
    given.marks = 4;
    given.given[2].u = 0x1p-20L;
    run(tape, &given, e);
    const long double z[] = {-1, 0, -2.5L};
    for (int i = 0; i < 3; i++) {
        long double off = u * fabsl(z[i]) + 0x1p-20L * (1001 + l0);
        off += u * (fabsl(z[i] - l0) + off);
        const long double value = expl(z[i] - l0), carried = value * expm1l(off);
        cr_expect(is_close(e[p[i]], carried + 4 * u * (value + carried) + 0x1p-126L), "%d", i);
    }
    vjp_tape_destroy(tape);
    vjp_tape_destroy(without);
}

/* Additions lose nothing below the normal numbers, but where they are flushed. */
Test(running, flushed_sums)
{
    struct vjp_running flushing = binary32;
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    long double e[8];
    const int64_t a = leaf(tape, 0x1p-130), b = leaf(tape, 0x1p-140);
    const int64_t difference = vjp_tape_sub(tape, a, b);
    const int64_t open = vjp_tape_open(tape);
    for (int i = 0; i < 3; i++)
        vjp_tape_push(tape, i ? a : b);
    const int64_t sum = vjp_tape_close_sum(tape, open);
    run(tape, &binary32, e);
    cr_expect_lt(e[difference], 0x1p-150L);
    cr_expect_lt(e[sum], 0x1p-150L);
    flushing.flushed = 0x1p-126L;
    run(tape, &flushing, e);
    cr_expect(e[difference] >= 0x1p-126L && e[sum] >= 2 * 0x1p-126L);
    vjp_tape_destroy(tape);
}

/* The recipe of a random formula in float, with the functions of <math.h>, which are good for 1 ulp (2 u):
 * every node of every formula is inside its running error. */
static float step_in_float(int operation, float a, float b, float c)
{
    switch (operation) {
    case R_ADD:
        return a + b;
    case R_SUB:
        return a - b;
    case R_MUL:
        return a * b;
    case R_DIV:
        return a / b;
    case R_NEG:
        return -a;
    case R_SQRT:
        return sqrtf(a);
    case R_RSQRT:
        return 1 / sqrtf(a);
    case R_EXP:
        return expf(a);
    case R_LOG:
        return logf(a);
    case R_TANH:
        return tanhf(a);
    case R_ERF:
        return erff(a);
    case R_SIGMOID:
        return 1 / (1 + expf(-a));
    case R_SOFTPLUS:
        return fmaxf(a, 0) + log1pf(expf(-fabsf(a)));
    case R_RELU:
        return fmaxf(a, 0);
    case R_ABS:
        return fabsf(a);
    case R_SUM:
        return c + (a + b);
    case R_MAX:
        return fmaxf(a, b);
    case R_SCALE:
        return a * (1.0f / 3);
    default: /* R_LOGSUMEXP */
        break;
    }
    const float m = fmaxf(a, fmaxf(b, c));
    return m + logf(expf(a - m) + expf(b - m) + expf(c - m));
}

Test(running, holds_for_random_formulas_in_float)
{
    struct tally t = {0};
    uint64_t state = 1;
    long double largest = 0;
    static long double error[2000];
    for (int run_number = 0; run_number < 300; run_number++) {
        struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
        int64_t node[RANDOM_LEAVES + RANDOM_STEPS];
        float x[RANDOM_LEAVES + RANDOM_STEPS];
        struct recipe r;
        for (int l = 0; l < RANDOM_LEAVES; l++) {
            x[l] = (float)random_number(&state, 24, (int)random_between(&state, -1, 1));
            node[l] = leaf(tape, x[l]);
        }
        draw_recipe(tape, &state, &r, node);
        cr_assert_lt(vjp_tape_count(tape), 2000);
        run(tape, &binary32, error);
        for (int i = 0; i < RANDOM_STEPS; i++) {
            const int at = RANDOM_LEAVES + i;
            x[at] = step_in_float(r.operation[i], x[r.a[i]], x[r.b[i]], x[r.c[i]]);
            const long double off = fabsl(x[at] - vjp_real_get_ld(vjp_tape_value(tape, node[at])));
            check(&t, off <= error[node[at]],
                  "formula %d, step %d, operation %d: off by %Lg, bound %Lg", run_number, i,
                  r.operation[i], off, error[node[at]]);
            if (error[node[at]] > 0)
                largest = fmaxl(largest, off / error[node[at]]);
        }
        vjp_tape_destroy(tape);
    }
    tally_assert(&t, 300 * RANDOM_STEPS);
    cr_expect(largest > 0.8L, "a bound that nothing comes near is none: %Lg", largest);
}
