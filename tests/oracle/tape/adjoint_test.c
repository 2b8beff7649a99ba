/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The recorded backward pass against the rows of the explicit Jacobian, which sweep.c derives on its
 * own: both enclose J^T dy. */
#include "oracle/tape/adjoint.h"

#include "tests/oracle/tape/random_tape.h"

#define PRECISION 192
#define OUTPUTS   4

static void record(struct vjp_tape *tape, const struct vjp_seed *seeds, int64_t n, bool *active,
                   int64_t *adjoint)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_adjoint_record(tape, seeds, n, active, adjoint, &error), VJP_OK, "%s",
                 error.text);
}

/* want = sum over the outputs of (d output / d node) dy, by reverse sweeps. */
static void contract(const struct vjp_tape *tape, const int64_t *output, const struct vjp_real *dy,
                     int64_t node, struct vjp_real *want)
{
    struct vjp_real d;
    vjp_real_init(&d, PRECISION);
    vjp_real_set_si(want, 0);
    for (int i = 0; i < OUTPUTS; i++) {
        if (!derivative(tape, output[i], node, &d))
            continue;
        vjp_real_mul(&d, &d, &dy[i]);
        vjp_real_add(want, want, &d);
    }
    vjp_real_clear(&d);
}

/* Wide enclosures meet everything: these must be narrow. */
static bool agrees(const struct vjp_real *a, const struct vjp_real *b)
{
    mpfr_t width, limit;
    mpfr_inits2(64, width, limit, (mpfr_ptr)0);
    bool narrow = true;
    for (int i = 0; i < 2; i++) {
        const struct vjp_real *r = i == 0 ? a : b;
        mpfr_sub(width, vjp_real_high(r), vjp_real_low(r), MPFR_RNDU);
        mpfr_abs(limit, vjp_real_high(r), MPFR_RNDU);
        mpfr_add_ui(limit, limit, 1, MPFR_RNDU);
        mpfr_mul_2si(limit, limit, -100, MPFR_RNDU);
        narrow = narrow && r->kind == VJP_REAL_FINITE && mpfr_lessequal_p(width, limit);
    }
    mpfr_clears(width, limit, (mpfr_ptr)0);
    return narrow && vjp_real_overlaps(a, b);
}

static void check_tape(struct tally *t, uint64_t *state, int run)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    int64_t node[RANDOM_LEAVES + RANDOM_STEPS], output[OUTPUTS], dy_leaf[OUTPUTS];
    struct vjp_real dy[OUTPUTS], want[RANDOM_LEAVES];
    struct vjp_seed seed[OUTPUTS];
    struct recipe recipe;
    for (int l = 0; l < RANDOM_LEAVES; l++) {
        node[l] = leaf(tape, random_number(state, 53, (int)random_between(state, -1, 1)));
        vjp_real_init(&want[l], PRECISION);
    }
    draw_recipe(tape, state, &recipe, node);
    for (int i = 0; i < OUTPUTS; i++) {
        output[i] = node[RANDOM_LEAVES + RANDOM_STEPS - 1 - i];
        dy_leaf[i] = leaf(tape, random_number(state, 53, 0));
        vjp_real_init(&dy[i], PRECISION);
        vjp_real_set(&dy[i], vjp_tape_value(tape, dy_leaf[i]));
        seed[i] = (struct vjp_seed){output[i], dy_leaf[i]};
    }
    for (int l = 0; l < RANDOM_LEAVES; l++)
        contract(tape, output, dy, node[l], &want[l]);
    const size_t n = (size_t)vjp_tape_count(tape);
    int64_t *adjoint = malloc(n * sizeof *adjoint);
    bool *active = calloc(n, sizeof *active);
    for (int l = 0; l < RANDOM_LEAVES; l++)
        active[node[l]] = l != run % RANDOM_LEAVES;
    record(tape, seed, OUTPUTS, active, adjoint);
    for (int l = 0; l < RANDOM_LEAVES; l++) {
        const int64_t a = adjoint[node[l]];
        if (l == run % RANDOM_LEAVES)
            check(t, a == VJP_NO_NODE, "run %d: a leaf that nobody asked for", run);
        else if (a == VJP_NO_NODE)
            check(t, vjp_real_is_zero(&want[l]), "run %d, leaf %d: no terms", run, l);
        else
            check(t, agrees(vjp_tape_value(tape, a), &want[l]), "run %d, leaf %d: %Lg, want %Lg",
                  run, l, vjp_real_get_ld(vjp_tape_value(tape, a)), vjp_real_get_ld(&want[l]));
        vjp_real_clear(&want[l]);
    }
    for (int i = 0; i < OUTPUTS; i++)
        vjp_real_clear(&dy[i]);
    free(adjoint);
    free(active);
    vjp_tape_destroy(tape);
}

Test(adjoint, random_formulas_agree_with_their_jacobians)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int run = 0; run < 150; run++)
        check_tape(&t, &state, run);
    tally_assert(&t, 150 * RANDOM_LEAVES);
}

/* y0 = a b, y1 = a - b: da = dy0 b + dy1, db = dy0 a - dy1. Seeds of leaves are added: what the
 * outputs held. */
Test(adjoint, by_hand)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 3), b = leaf(tape, 5);
    const int64_t y0 = vjp_tape_mul(tape, a, b), y1 = vjp_tape_sub(tape, a, b);
    const int64_t dy0 = leaf(tape, 7), dy1 = leaf(tape, 11), old = leaf(tape, 100);
    const struct vjp_seed seeds[] = {{y0, dy0}, {y1, dy1}, {b, old}};
    int64_t adjoint[7];
    bool active[7] = {[0] = true, [1] = true};
    cr_assert(a == 0 && b == 1 && vjp_tape_count(tape) == 7);
    record(tape, seeds, 3, active, adjoint);
    cr_expect(is_number(vjp_tape_value(tape, adjoint[a]), 7 * 5 + 11));
    cr_expect(is_number(vjp_tape_value(tape, adjoint[b]), 7 * 3 - 11 + 100));
    cr_expect_eq(adjoint[y0], dy0, "the sum of one term is the term");
    cr_expect(active[y0] && active[y1] && !active[dy0]);
    cr_expect_eq(adjoint[dy0], VJP_NO_NODE);
    vjp_tape_destroy(tape);
}

/* A seed of a node that nothing active leads to is no term, and a leaf that no seed depends on has
 * none. */
Test(adjoint, what_nothing_leads_to)
{
    struct vjp_tape *tape = vjp_tape_create(PRECISION, ANY_SIDE);
    const int64_t a = leaf(tape, 3), b = leaf(tape, 5);
    const int64_t y = vjp_tape_exp(tape, a), z = vjp_tape_exp(tape, b);
    const int64_t dy = leaf(tape, 7);
    int64_t adjoint[16];
    bool active[16] = {[1] = true};
    const struct vjp_seed seeds[] = {{y, dy}};
    cr_assert_leq(vjp_tape_count(tape), 16);
    record(tape, seeds, 1, active, adjoint);
    cr_expect(!active[a] && !active[y] && active[z]);
    cr_expect_eq(adjoint[y], VJP_NO_NODE);
    cr_expect_eq(adjoint[a], VJP_NO_NODE);
    cr_expect_eq(adjoint[b], VJP_NO_NODE);
    vjp_tape_destroy(tape);
}
