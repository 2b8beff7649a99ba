/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/forward/forward.h"

#include "oracle/forward/graph.h"
#include "tests/oracle/support.h"

static int64_t integer(const struct fixture *f, int slot, int64_t i)
{
    return (int64_t)value_of(f, slot, i);
}

/* y[n][m] by the definition, in integers. */
static int64_t output(const struct fixture *f, int64_t n, int64_t m)
{
    const int64_t D = f->c.dim[1], M = f->c.dim[2];
    int64_t y = f->c.attr[0] ? integer(f, B, m) : 0;
    for (int64_t d = 0; d < D; d++)
        y += integer(f, X, n * D + d) * integer(f, W, d * M + m);
    return y;
}

static void check_case(struct tally *t, struct linear sizes, uint64_t *state)
{
    struct fixture f;
    struct vjp_graph g;
    struct vjp_error error = {""};
    fixture_init(&f, sizes);
    fill_integers(&f, state, 50);
    cr_assert_eq(vjp_graph_init(&g, &f.c, &f.data, 64, (struct vjp_kinks){0}, &error), VJP_OK, "%s",
                 error.text);
    for (int64_t n = 0; n < sizes.N; n++) {
        for (int64_t m = 0; m < sizes.M; m++) {
            const struct vjp_real *y = vjp_tape_value(g.tape, g.y[n * sizes.M + m]);
            check(t,
                  y->kind == VJP_REAL_FINITE && y->point &&
                      mpfr_cmp_si(vjp_real_low(y), output(&f, n, m)) == 0,
                  "y[%" PRId64 "][%" PRId64 "] of %" PRId64 "x%" PRId64 "x%" PRId64, n, m, sizes.N,
                  sizes.D, sizes.M);
        }
    }
    vjp_graph_clear(&g);
    fixture_clear(&f);
}

Test(linear, is_the_matrix_product)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int64_t i = 0; i < 5 * 5 * 5; i++) {
        static const int64_t size[] = {0, 1, 2, 3, 7};
        check_case(
            &t, (struct linear){VJP_F32, size[i % 5], size[i / 5 % 5], size[i / 25], .bias = i % 2},
            &state);
    }
    tally_assert(&t, 5 * 13 * 13);
}

/* One sample, two features in, three out: y = [x1 w11 + x2 w21, x1 w12 + x2 w22, x1 w13 + x2 w23]. */
Test(linear, written_out_for_one_sample)
{
    struct fixture f;
    struct vjp_graph g;
    struct vjp_error error = {""};
    fixture_init(&f, linear(VJP_F64, 1, 2, 3));
    fill(&f, X, (const double[]){2, 3});
    fill(&f, W, (const double[]){1, 2, 3, 4, 5, 6});
    cr_assert_eq(vjp_graph_init(&g, &f.c, &f.data, 64, (struct vjp_kinks){0}, &error), VJP_OK, "%s",
                 error.text);
    cr_expect_eq(mpfr_cmp_si(vjp_real_low(vjp_tape_value(g.tape, g.y[0])), 2 * 1 + 3 * 4), 0);
    cr_expect_eq(mpfr_cmp_si(vjp_real_low(vjp_tape_value(g.tape, g.y[1])), 2 * 2 + 3 * 5), 0);
    cr_expect_eq(mpfr_cmp_si(vjp_real_low(vjp_tape_value(g.tape, g.y[2])), 2 * 3 + 3 * 6), 0);
    vjp_graph_clear(&g);
    fixture_clear(&f);
}
