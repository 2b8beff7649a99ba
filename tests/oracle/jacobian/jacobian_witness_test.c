/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The explicit Jacobian against witnesses that share no code with the tape, and the witnesses against
 * planted faults. */
#include "oracle/jacobian/jacobian.h"

#include "tests/oracle/jacobian/derivation.h"

#include <gsl/gsl_deriv.h>

/* Both witnesses below know the layer from here, and nothing of a tape. */
static int64_t operand_of(const struct fixture *f, int slot, int64_t n, int64_t d, int64_t m)
{
    const int64_t D = f->c.dim[1], M = f->c.dim[2];
    return slot == X ? n * D + d : slot == W ? d * M + m : m;
}

/* y_i at three times the precision, with moved added to element j of the slot input. */
static void forward_product(const struct fixture *f, int64_t i, int input, int64_t j,
                            mpfr_srcptr moved, mpfr_t out)
{
    const int64_t D = f->c.dim[1], n = i / f->c.dim[2], m = i % f->c.dim[2];
    mpfr_t a[3];
    for (int s = X; s <= B; s++)
        mpfr_init2(a[s], 3 * PRECISION);
    mpfr_set_zero(out, 1);
    for (int64_t d = 0; d < D + f->c.attr[0]; d++) {
        for (int s = X; s <= B; s++) {
            const int64_t at = operand_of(f, s, n, d, m);
            mpfr_set_d(a[s], (d == D) == (s == B) ? value_of(f, s, at) : 0, MPFR_RNDN);
            if (s == input && at == j && (d == D) == (s == B))
                mpfr_add(a[s], a[s], moved, MPFR_RNDN);
        }
        mpfr_fma(out, a[X], a[W], out, MPFR_RNDN);
        mpfr_add(out, out, a[B], MPFR_RNDN);
    }
    for (int s = X; s <= B; s++)
        mpfr_clear(a[s]);
}

/* (y_i(+h) - y_i(-h)) / 2h. y is linear in each operand, so h = 2^-100 leaves no truncation error. */
static void difference(const struct fixture *f, int64_t i, int input, int64_t j, mpfr_t out)
{
    mpfr_t step, below;
    mpfr_inits2(3 * PRECISION, step, below, (mpfr_ptr)0);
    mpfr_set_si_2exp(step, -1, -100, MPFR_RNDN);
    forward_product(f, i, input, j, step, below);
    mpfr_neg(step, step, MPFR_RNDN);
    forward_product(f, i, input, j, step, out);
    mpfr_sub(out, out, below, MPFR_RNDN);
    mpfr_div(out, out, step, MPFR_RNDN);
    mpfr_div_ui(out, out, 2, MPFR_RNDN);
    mpfr_clears(step, below, (mpfr_ptr)0);
}

/* How many entries do not contain the central difference. With the operands here (53 bits, exponents
 * within 20 of each other) every step of the difference is exact in 3 PRECISION bits, so it is the
 * derivative itself and no tolerance is needed. */
static int64_t disagreements(const struct vjp_jacobian *jacobian, const struct fixture *f,
                             int input)
{
    int64_t count = 0;
    mpfr_t want;
    mpfr_init2(want, 3 * PRECISION);
    for (int64_t i = 0; i < jacobian->rows; i++) {
        for (int64_t j = 0; j < jacobian->columns; j++) {
            const struct vjp_real *entry = vjp_jacobian_find(jacobian, i, j);
            difference(f, i, input, j, want);
            count += entry ? entry->kind != VJP_REAL_FINITE ||
                                 !mpfr_lessequal_p(vjp_real_low(entry), want) ||
                                 !mpfr_lessequal_p(want, vjp_real_high(entry))
                           : !mpfr_zero_p(want);
        }
    }
    mpfr_clear(want);
    return count;
}

Test(jacobian_witness, agrees_with_central_differences)
{
    struct tally t = {0};
    uint64_t state = 2;
    for (int run = 0; run < 8; run++) {
        struct fixture f;
        struct vjp_graph g;
        fixture_init(
            &f, (struct linear){VJP_F64, 1 + run % 3, 1 + run % 4, 1 + run / 2, .bias = run % 2});
        fill_random(&f, &state);
        init_graph(&g, &f);
        for (int input = X; input <= (run % 2 ? B : W); input++) {
            struct vjp_jacobian j;
            by_rows(&g, input, &j);
            check(&t, disagreements(&j, &f, input) == 0, "run %d input %d", run, input);
            vjp_jacobian_clear(&j);
        }
        vjp_graph_clear(&g);
        fixture_clear(&f);
    }
    tally_assert(&t, 20);
}

/* One element of y as a function of one element of an operand, for GSL. */
struct slice {
    const struct fixture *f;
    int64_t i;
    int input;
    int64_t j;
};

static double slice_at(double value, void *parameters)
{
    const struct slice *s = parameters;
    const struct fixture *f = s->f;
    const int64_t D = f->c.dim[1], n = s->i / f->c.dim[2], m = s->i % f->c.dim[2];
    double y = 0;
    for (int64_t d = 0; d < D; d++) {
        const int64_t x = operand_of(f, X, n, d, m), w = operand_of(f, W, n, d, m);
        y += (s->input == X && s->j == x ? value : value_of(f, X, x)) *
             (s->input == W && s->j == w ? value : value_of(f, W, w));
    }
    return y;
}

Test(jacobian_witness, agrees_with_gsl)
{
    struct tally t = {0};
    uint64_t state = 3;
    struct fixture f;
    struct vjp_graph g;
    fixture_init(&f, linear(VJP_F64, 2, 3, 4));
    for (int slot = X; slot <= W; slot++) {
        for (int64_t i = 0; i < f.data.slot[slot].count; i++)
            put(&f, slot, i, random_number(&state, 53, 0));
    }
    init_graph(&g, &f);
    for (int input = X; input <= W; input++) {
        struct vjp_jacobian j;
        by_rows(&g, input, &j);
        for (int64_t i = 0; i < j.rows * j.columns; i++) {
            struct slice s = {&f, i / j.columns, input, i % j.columns};
            gsl_function function = {slice_at, &s};
            double result, abserr;
            gsl_deriv_central(&function, value_of(&f, input, s.j), 1e-4, &result, &abserr);
            const struct vjp_real *entry = vjp_jacobian_find(&j, s.i, s.j);
            const double got = entry ? mpfr_get_d(vjp_real_low(entry), MPFR_RNDN) : 0;
            check(&t, abserr < 1e-8 && fabs(got - result) <= abserr,
                  "input %d entry %" PRId64 ": %g, GSL %g +- %g", input, i, got, result, abserr);
        }
        vjp_jacobian_clear(&j);
    }
    vjp_graph_clear(&g);
    fixture_clear(&f);
    tally_assert(&t, 8 * 6 + 8 * 12);
}

/* Wrong formulas, recorded like the right one, for N = D = M where their shapes are right; from 4 on
 * right ones. */
static void record_formula(struct vjp_graph *g, int64_t n, int fault)
{
    struct vjp_tape *tape = g->tape;
    for (int64_t i = 0; i < n * n; i++) {
        const int64_t row = i / n, m = i % n;
        int64_t sum = vjp_tape_constant(tape, 0);
        for (int64_t term = 0; term < n - (fault == 2); term++) {     /* 2: the last term is lost */
            const int64_t d = fault == 5 ? n - 1 - term : term;       /* 5: backwards */
            const int64_t w = fault == 0 ? m * n + d : d * n + m;     /* 0: w is transposed */
            const int64_t x = fault == 1 ? d * n + row : row * n + d; /* 1: x is */
            const int64_t product = vjp_tape_mul(tape, g->in[X][x], g->in[W][w]);
            sum = vjp_tape_add(tape, sum, product);
            if (fault == 3 && d == 0) /* 3: the first term counts twice */
                sum = vjp_tape_add(tape, sum, product);
        }
        g->y[i] = sum;
    }
}

/* The witness of central differences can fail: it refuses the Jacobian of every wrong formula. */
Test(jacobian_witness, differences_refuse_wrong_formulas)
{
    uint64_t state = 4;
    for (int fault = 0; fault < 6; fault++) {
        struct fixture f;
        struct vjp_graph g;
        int64_t count = 0;
        fixture_init(&f, linear(VJP_F64, 3, 3, 3));
        fill_random(&f, &state);
        init_graph(&g, &f);
        record_formula(&g, 3, fault);
        for (int input = X; input <= W; input++) {
            struct vjp_jacobian rows, columns;
            by_rows(&g, input, &rows);
            by_columns(&g, input, &columns);
            cr_expect(is_identical(&rows, &columns));
            count += disagreements(&rows, &f, input);
            vjp_jacobian_clear(&rows);
            vjp_jacobian_clear(&columns);
        }
        cr_expect((count > 0) == (fault < 4), "fault %d: %" PRId64 " disagreements", fault, count);
        vjp_graph_clear(&g);
        fixture_clear(&f);
    }
}

/* ... and a single entry that is wrong in its last bit, of the wrong sign, misplaced or absent. */
Test(jacobian_witness, differences_refuse_a_wrong_entry)
{
    uint64_t state = 5;
    struct fixture f;
    struct vjp_graph g;
    struct vjp_jacobian j;
    mpfr_t right;
    fixture_init(&f, linear(VJP_F64, 2, 3, 2));
    fill_random(&f, &state);
    init_graph(&g, &f);
    by_rows(&g, X, &j);
    cr_expect_eq(disagreements(&j, &f, X), 0);
    mpfr_ptr entry = &j.entry[4].ends->left;
    mpfr_init2(right, PRECISION);
    mpfr_set(right, entry, MPFR_RNDN);
    mpfr_nextabove(entry);
    cr_expect_eq(disagreements(&j, &f, X), 1);
    mpfr_neg(entry, right, MPFR_RNDN);
    cr_expect_eq(disagreements(&j, &f, X), 1);
    mpfr_set(entry, right, MPFR_RNDN);
    j.column[2] = 3; /* row 0 says x[1][0] where it means x[0][2] */
    cr_expect_eq(disagreements(&j, &f, X), 2);
    j.column[2] = 2;
    j.start[1] = 2; /* and begins row 1 too early */
    cr_expect_gt(disagreements(&j, &f, X), 0);
    mpfr_clear(right);
    vjp_jacobian_clear(&j);
    vjp_graph_clear(&g);
    fixture_clear(&f);
}
