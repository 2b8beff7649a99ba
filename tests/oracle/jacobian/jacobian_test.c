/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/jacobian.h"

#include "tests/oracle/support.h"

#include <gsl/gsl_deriv.h>
#include <stdlib.h>
#include <string.h>

#define PRECISION 256

static void init_graph(struct vjp_graph *g, const struct fixture *f)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_graph_init(g, &f->c, &f->data, PRECISION, &error), VJP_OK, "%s", error.text);
}

static void by_rows(const struct vjp_graph *g, int input, struct vjp_jacobian *out)
{
    struct vjp_error error = {""};
    struct vjp_jacobian all[VJP_MAX_INPUTS] = {0};
    bool wanted[VJP_MAX_INPUTS] = {false};
    wanted[input] = true;
    cr_assert_eq(vjp_jacobian_by_rows(g, wanted, all, &error), VJP_OK, "%s", error.text);
    *out = all[input];
}

static void by_columns(const struct vjp_graph *g, int input, struct vjp_jacobian *out)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_jacobian_by_columns(g, input, out, &error), VJP_OK, "%s", error.text);
}

static bool is_identical(const struct vjp_jacobian *a, const struct vjp_jacobian *b)
{
    bool same = a->rows == b->rows && a->columns == b->columns && a->entries == b->entries &&
                vjp_shape_is_equal(&a->x, &b->x) && vjp_shape_is_equal(&a->y, &b->y) &&
                memcmp(a->start, b->start, ((size_t)a->rows + 1) * sizeof *a->start) == 0;
    for (int64_t e = 0; same && e < a->entries; e++)
        same = a->column[e] == b->column[e] && vjp_real_is_identical(&a->entry[e], &b->entry[e]);
    return same;
}

static void fill_random(struct fixture *f, uint64_t *state)
{
    for (int slot = X; slot < DY; slot++) {
        for (int64_t i = 0; i < f->data.slot[slot].count; i++)
            put(f, slot, i, random_number(state, 53, (int)random_between(state, -20, 20)));
    }
}

/* Two derivations that share nothing but the tape. Every size from 0 on in every position. */
Test(jacobian, rows_are_columns)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int i = 0; i < 5 * 5 * 5 * 2; i++) {
        static const int64_t size[] = {0, 1, 2, 3, 5};
        const bool bias = i >= 125;
        struct fixture f;
        struct vjp_graph g;
        fixture_init(&f, (struct linear){VJP_F64, size[i % 5], size[i / 5 % 5], size[i / 25 % 5],
                                         .bias = bias});
        fill_random(&f, &state);
        init_graph(&g, &f);
        for (int input = X; input <= (bias ? B : W); input++) {
            struct vjp_jacobian rows, columns;
            by_rows(&g, input, &rows);
            by_columns(&g, input, &columns);
            check(&t, is_identical(&rows, &columns), "%dx%dx%d input %d", (int)f.c.dim[0],
                  (int)f.c.dim[1], (int)f.c.dim[2], input);
            vjp_jacobian_clear(&rows);
            vjp_jacobian_clear(&columns);
        }
        vjp_graph_clear(&g);
        fixture_clear(&f);
    }
    tally_assert(&t, 125 * 2 + 125 * 3);
}

/* A structural zero in a literal Jacobian. */
#define O (-1)

static void check_literal(struct tally *t, const struct vjp_graph *g, int input, const int *want,
                          const char *what)
{
    struct vjp_jacobian j[2];
    by_rows(g, input, &j[0]);
    by_columns(g, input, &j[1]);
    for (int way = 0; way < 2; way++) {
        for (int64_t i = 0; i < j[way].rows * j[way].columns; i++) {
            const struct vjp_real *entry =
                vjp_jacobian_find(&j[way], i / j[way].columns, i % j[way].columns);
            const bool holds = want[i] == O
                                   ? entry == NULL
                                   : entry && entry->kind == VJP_REAL_FINITE && entry->point &&
                                         mpfr_cmp_si(vjp_real_low(entry), want[i]) == 0;
            check(t, holds, "%s, %s: entry %" PRId64 " is not %d", what, way ? "columns" : "rows",
                  i, want[i]);
        }
        vjp_jacobian_clear(&j[way]);
    }
}

/* One sample, two features in, three out: dy/dx11 = [w11 w12 w13], dy/dx12 = [w21 w22 w23] are the
 * columns of dy/dx; dy/dw1j = x1 e_j, dy/dw2j = x2 e_j. */
Test(jacobian, written_out_for_one_sample)
{
    static const int dy_dx[3][2] = {{11, 19}, {13, 23}, {17, 29}};
    static const int dy_dw[3][6] = {
        {2, O, O, 3, O, O},
        {O, 2, O, O, 3, O},
        {O, O, 2, O, O, 3},
    };
    static const int dy_db[3][3] = {{1, O, O}, {O, 1, O}, {O, O, 1}};
    struct tally t = {0};
    struct fixture f;
    struct vjp_graph g;
    fixture_init(&f, (struct linear){VJP_F32, 1, 2, 3, .bias = true});
    fill(&f, X, (const double[]){2, 3});
    fill(&f, W, (const double[]){11, 13, 17, 19, 23, 29});
    fill(&f, B, (const double[]){5, 7, 9});
    init_graph(&g, &f);
    check_literal(&t, &g, X, dy_dx[0], "dy/dx");
    check_literal(&t, &g, W, dy_dw[0], "dy/dw");
    check_literal(&t, &g, B, dy_db[0], "dy/db");
    vjp_graph_clear(&g);
    fixture_clear(&f);
    tally_assert(&t, 2 * (6 + 18 + 9));
}

/* Two samples: dY/dx11 = [w11 w12 w13; 0 0 0], dY/dx12 = [w21 w22 w23; 0 0 0], dY/dx21 = [0 0 0; w11
 * w12 w13], dY/dx22 = [0 0 0; w21 w22 w23] are the columns; dy_nm/dw_dm' = x_nd if m = m', else 0. */
Test(jacobian, written_out_for_a_minibatch)
{
    static const int dy_dx[6][4] = {
        {11, 19, O, O}, {13, 23, O, O}, {17, 29, O, O},
        {O, O, 11, 19}, {O, O, 13, 23}, {O, O, 17, 29},
    };
    static const int dy_dw[6][6] = {
        {2, O, O, 3, O, O}, {O, 2, O, O, 3, O}, {O, O, 2, O, O, 3},
        {5, O, O, 7, O, O}, {O, 5, O, O, 7, O}, {O, O, 5, O, O, 7},
    };
    static const int dy_db[6][3] = {
        {1, O, O}, {O, 1, O}, {O, O, 1}, {1, O, O}, {O, 1, O}, {O, O, 1},
    };
    for (int bias = 0; bias <= 1; bias++) {
        struct tally t = {0};
        struct fixture f;
        struct vjp_graph g;
        fixture_init(&f, (struct linear){VJP_F16, 2, 2, 3, .bias = bias});
        fill(&f, X, (const double[]){2, 3, 5, 7});
        fill(&f, W, (const double[]){11, 13, 17, 19, 23, 29});
        init_graph(&g, &f);
        check_literal(&t, &g, X, dy_dx[0], "dY/dX");
        check_literal(&t, &g, W, dy_dw[0], "dY/dW");
        if (bias)
            check_literal(&t, &g, B, dy_db[0], "dY/db");
        vjp_graph_clear(&g);
        fixture_clear(&f);
        tally_assert(&t, 2 * (24 + 36 + 18 * bias));
    }
}

/* A zero in the data is no zero of the structure. */
Test(jacobian, zeros_of_the_data_are_entries)
{
    struct tally t = {0};
    static const int dy_dx[2][2] = {{0, 0}, {0, 0}};
    static const int dy_dw[2][4] = {{0, O, 0, O}, {O, 0, O, 0}};
    struct fixture f;
    struct vjp_graph g;
    fixture_init(&f, linear(VJP_F32, 1, 2, 2));
    init_graph(&g, &f);
    check_literal(&t, &g, X, dy_dx[0], "dy/dx");
    check_literal(&t, &g, W, dy_dw[0], "dy/dw");
    vjp_graph_clear(&g);
    fixture_clear(&f);
    tally_assert(&t, 24);
}

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

Test(jacobian, agrees_with_central_differences)
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

Test(jacobian, agrees_with_gsl)
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

/* Wrong formulas, recorded like the right one, for N = D = M where their shapes are right. */
static void record_wrong(struct vjp_graph *g, int64_t n, int fault)
{
    struct vjp_tape *tape = g->tape;
    for (int64_t i = 0; i < n * n; i++) {
        const int64_t row = i / n, m = i % n;
        int64_t sum = vjp_tape_constant(tape, 0);
        for (int64_t d = 0; d < n - (fault == 2); d++) {              /* 2: the last term is lost */
            const int64_t w = fault == 0 ? m * n + d : d * n + m;     /* 0: w is transposed */
            const int64_t x = fault == 1 ? d * n + row : row * n + d; /* 1: x is */
            const int64_t term = vjp_tape_mul(tape, g->in[X][x], g->in[W][w]);
            sum = vjp_tape_add(tape, sum, term);
            if (fault == 3 && d == 0) /* 3: the first term counts twice */
                sum = vjp_tape_add(tape, sum, term);
        }
        g->y[i] = sum;
    }
}

/* The witness of central differences can fail: it refuses the Jacobian of every wrong formula. */
Test(jacobian, differences_refuse_wrong_formulas)
{
    uint64_t state = 4;
    for (int fault = 0; fault < 5; fault++) {
        struct fixture f;
        struct vjp_graph g;
        int64_t count = 0;
        fixture_init(&f, linear(VJP_F64, 3, 3, 3));
        fill_random(&f, &state);
        init_graph(&g, &f);
        record_wrong(&g, 3, fault); /* 4: none */
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
Test(jacobian, differences_refuse_a_wrong_entry)
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

/* Infinite and NaN operands are entries of that kind; the structure does not change. */
Test(jacobian, special_values_are_entries)
{
    struct fixture f;
    struct vjp_graph g;
    struct vjp_jacobian j;
    fixture_init(&f, linear(VJP_F32, 2, 2, 2));
    fill(&f, W, (const double[]){1, INFINITY, NAN, -INFINITY});
    init_graph(&g, &f);
    by_rows(&g, X, &j);
    cr_expect_eq(j.entries, 8);
    cr_expect_eq(vjp_jacobian_find(&j, 0, 0)->kind, VJP_REAL_FINITE);
    cr_expect_eq(vjp_jacobian_find(&j, 0, 1)->kind, VJP_REAL_NAN);
    cr_expect_eq(vjp_jacobian_find(&j, 1, 0)->kind, VJP_REAL_POS_INF);
    cr_expect_eq(vjp_jacobian_find(&j, 1, 1)->kind, VJP_REAL_NEG_INF);
    cr_expect_null(vjp_jacobian_find(&j, 0, 2));
    cr_expect_null(vjp_jacobian_find(&j, 3, 1));
    vjp_jacobian_clear(&j);
    vjp_graph_clear(&g);
    fixture_clear(&f);
}

/* Only what is wanted is derived, and the rest is left alone. */
Test(jacobian, derives_what_is_wanted)
{
    struct fixture f;
    struct vjp_graph g;
    struct vjp_error error;
    struct vjp_jacobian out[VJP_MAX_INPUTS] = {0};
    const bool wanted[VJP_MAX_INPUTS] = {[X] = true, [B] = true};
    out[W].rows = 42;
    fixture_init(&f, (struct linear){VJP_F32, 2, 2, 2, .bias = true});
    init_graph(&g, &f);
    cr_assert_eq(vjp_jacobian_by_rows(&g, wanted, out, &error), VJP_OK);
    cr_expect_eq(out[X].entries, 8);
    cr_expect_eq(out[B].entries, 4);
    cr_expect_eq(out[W].rows, 42);
    out[W].rows = 0;
    vjp_jacobian_clear(&out[X]);
    vjp_jacobian_clear(&out[B]);
    cr_expect_null(out[X].entry);
    vjp_jacobian_clear(&out[X]);
    vjp_graph_clear(&g);
    fixture_clear(&f);
}

/* Any rank on both sides, as long as both together are a shape. */
Test(jacobian, shapes_of_any_rank)
{
    struct vjp_error error = {""};
    struct vjp_jacobian j = {.rows = 42};
    const struct vjp_shape scalar = {0}, cube = {3, {2, 3, 4}};
    struct vjp_shape high = {17, {0}}, other = {16, {0}};
    for (int d = 0; d < 17; d++)
        high.dim[d] = other.dim[d] = 1;
    cr_expect_eq(vjp_jacobian_init(&j, &high, &other, 64, &error), VJP_ERR_LIMIT);
    cr_expect_eq(j.rows, 42, "untouched");
    cr_assert_eq(vjp_jacobian_init(&j, &scalar, &cube, 64, &error), VJP_OK);
    cr_expect(j.rows == 1 && j.columns == 24 && j.entries == 0);
    struct vjp_real five;
    vjp_real_init(&five, 64);
    vjp_real_set_si(&five, 5);
    for (int64_t column = 0; column < 24; column += 5)
        cr_assert_eq(vjp_jacobian_append(&j, column, &five, &error), VJP_OK);
    j.start[1] = j.entries;
    cr_expect_not_null(vjp_jacobian_find(&j, 0, 20));
    cr_expect_null(vjp_jacobian_find(&j, 0, 21));
    vjp_real_clear(&five);
    vjp_jacobian_clear(&j);
}
