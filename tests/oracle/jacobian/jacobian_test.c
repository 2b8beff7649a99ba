/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/jacobian.h"

#include "tests/oracle/jacobian/derivation.h"

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
