/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/graph.h"

#include "tests/oracle/support.h"

#include <string.h>

static void init(struct vjp_graph *graph, const struct fixture *f, mpfr_prec_t precision)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_graph_init(graph, &f->c, &f->data, precision, (struct vjp_kinks){0}, &error),
                 VJP_OK, "%s", error.text);
}

static bool is_number(const struct vjp_real *r, double value)
{
    return r->kind == VJP_REAL_FINITE && r->point && mpfr_cmp_d(vjp_real_low(r), value) == 0;
}

/* Each element of each operand is a leaf of its own, in order, with the element's value. */
Test(graph, operands_are_leaves)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        struct fixture f;
        struct vjp_graph g;
        fixture_init(&f, (struct linear){(enum vjp_dtype)dtype, 2, 3, 4, .bias = true});
        fill_integers(&f, &state, 7);
        init(&g, &f, 96);
        cr_expect_eq(vjp_tape_precision(g.tape), 96);
        for (int i = X; i <= B; i++) {
            check(&t, g.in_count[i] == f.data.slot[i].count, "input %d: count", i);
            check(&t, vjp_shape_is_equal(&g.in_shape[i], &f.data.slot[i].shape), "shape %d", i);
            for (int64_t e = 0; e < g.in_count[i]; e++) {
                check(&t, vjp_tape_is_leaf(g.tape, g.in[i][e]), "input %d: no leaf", i);
                check(&t, is_number(vjp_tape_value(g.tape, g.in[i][e]), value_of(&f, i, e)),
                      "input %d element %" PRId64, i, e);
                check(&t, g.in[i][e] == g.in[i][0] + e, "the leaves of an input follow another");
            }
        }
        check(&t,
              g.y_count == 8 && g.y_shape.rank == 2 && g.y_shape.dim[0] == 2 &&
                  g.y_shape.dim[1] == 4,
              "shape of y");
        vjp_graph_clear(&g);
        fixture_clear(&f);
    }
    tally_assert(&t, 4 * (2 * 3 + 3 * (6 + 12 + 4) + 1));
}

Test(graph, absent_and_empty_operands)
{
    struct fixture f;
    struct vjp_graph g;
    fixture_init(&f, linear(VJP_F32, 2, 0, 3));
    init(&g, &f, 64);
    cr_expect_null(g.in[B]);
    cr_expect_eq(g.in_count[X], 0);
    cr_expect_eq(g.in_count[W], 0);
    cr_expect_eq(g.y_count, 6);
    for (int64_t i = 0; i < 6; i++)
        cr_expect(is_number(vjp_tape_value(g.tape, g.y[i]), 0), "the sum of no terms is 0");
    vjp_graph_clear(&g);
    cr_expect_null(g.tape);
    vjp_graph_clear(&g);
    fixture_clear(&f);
}

/* A long operand or output beside an empty one is refused as well. The data is not looked at before. */
Test(graph, refuses_what_is_too_large)
{
    static const int64_t dims[][3] = {
        {(INT64_C(1) << 22) + 1, 1, 1},
        {1, 1 << 11, (1 << 11) + 1},
        {1 << 12, 1 << 12, 1},
        {0, (INT64_C(1) << 22) + 1, 1},
        {(INT64_C(1) << 22) + 1, 0, 1},
        {VJP_DIM_MAX, VJP_DIM_MAX, VJP_DIM_MAX},
        {163, 161, 160},
    };
    struct fixture f;
    fixture_init(&f, linear(VJP_F32, 1, 1, 1));
    for (size_t i = 0; i < sizeof dims / sizeof *dims; i++) {
        struct vjp_error error = {""};
        struct vjp_graph g = {.y_count = 42};
        memcpy(f.c.dim, dims[i], sizeof dims[i]);
        cr_expect_eq(vjp_graph_init(&g, &f.c, &f.data, 64, (struct vjp_kinks){0}, &error),
                     VJP_ERR_LIMIT);
        cr_expect(strstr(error.text, "4194304"), "%s", error.text);
        cr_expect_eq(g.y_count, 42, "the output is untouched");
    }
    fixture_clear(&f);
}

Test(graph, takes_what_is_just_at_the_limit)
{
    struct fixture f;
    struct vjp_graph g;
    fixture_init(&f, linear(VJP_F32, VJP_GRAPH_MAX, 0, 0));
    init(&g, &f, 64);
    cr_expect_eq(g.in_count[X], 0);
    cr_expect_eq(g.y_count, 0);
    vjp_graph_clear(&g);
    fixture_clear(&f);
}

Test(graph, a_layer_without_a_formula_is_our_fault)
{
    struct fixture f;
    struct vjp_error error = {""};
    struct vjp_graph g = {.y_count = 42};
    fixture_init(&f, linear(VJP_F32, 1, 1, 1));
    struct vjp_spec nameless = vjp_spec_linear;
    nameless.name = "no_such_layer";
    f.c.spec = &nameless;
    cr_expect_eq(vjp_graph_init(&g, &f.c, &f.data, 64, (struct vjp_kinks){0}, &error),
                 VJP_ERR_INTERNAL);
    cr_expect(strstr(error.text, "no_such_layer"), "%s", error.text);
    cr_expect_eq(g.y_count, 42);
    f.c.spec = &vjp_spec_linear;
    fixture_clear(&f);
}
