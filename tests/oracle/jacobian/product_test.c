/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/product.h"

#include "tests/oracle/jacobian/matrix.h"

#include <string.h>
#include <stdlib.h>

/* An array of numbers of their own, each cleared at the end. */
static struct vjp_real *reals_create(int64_t count, mpfr_prec_t precision)
{
    struct vjp_real *reals = calloc((size_t)count + 1, sizeof *reals);
    for (int64_t i = 0; i < count; i++)
        vjp_real_init(&reals[i], precision);
    return reals;
}

static void reals_destroy(struct vjp_real *reals, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        vjp_real_clear(&reals[i]);
    free(reals);
}

static struct vjp_real *integers(const int64_t *value, int64_t n)
{
    struct vjp_real *reals = reals_create(n, MATRIX_PRECISION);
    for (int64_t i = 0; i < n; i++)
        vjp_real_set_si(&reals[i], (long)value[i]);
    return reals;
}

static void random_integers(uint64_t *state, int64_t *value, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        value[i] = random_between(state, -100, 100);
}

/* J v, J^T u and (J v) . u = v . (J^T u), against loops over integers; what a gradient counts as its
 * terms besides. */
static void check_vectors(struct tally *t, uint64_t *state, int64_t rows, int64_t columns)
{
    const struct matrix m = random_matrix(state, rows, columns);
    struct vjp_jacobian j;
    struct vjp_error error = {""};
    int64_t v[MATRIX_MAX], u[MATRIX_MAX];
    random_integers(state, v, columns);
    random_integers(state, u, rows);
    matrix_jacobian(&m, &j);
    struct vjp_real *rv = integers(v, columns), *ru = integers(u, rows);
    struct vjp_real *jv = reals_create(rows, MATRIX_PRECISION);
    struct vjp_gradient jtu;
    cr_assert_eq(vjp_gradient_init(&jtu, columns, MATRIX_PRECISION, &error), VJP_OK);
    for (int64_t i = 0; i < rows; i++)
        jv[i].kind = VJP_REAL_NAN; /* garbage that must be overwritten */
    vjp_product_vector(&j, rv, jv);
    cr_assert_eq(vjp_product_transposed(&j, ru, &jtu, &error), VJP_OK, "%s", error.text);
    int64_t left = 0, right = 0;
    for (int64_t i = 0; i < rows; i++) {
        int64_t sum = 0;
        for (int64_t c = 0; c < columns; c++)
            sum += m.value[i * columns + c] * v[c];
        check(t, is_integer(&jv[i], sum), "(J v)[%" PRId64 "] is not %" PRId64, i, sum);
        left += mpfr_get_si(vjp_real_low(&jv[i]), MPFR_RNDN) * u[i];
    }
    for (int64_t c = 0; c < columns; c++) {
        int64_t sum = 0, terms = 0;
        for (int64_t i = 0; i < rows; i++) {
            sum += m.value[i * columns + c] * u[i];
            terms += m.value[i * columns + c] * u[i] != 0;
        }
        check(t, is_integer(&jtu.value[c], sum), "(J^T u)[%" PRId64 "] is not %" PRId64, c, sum);
        check(t, jtu.terms[c] == terms, "k[%" PRId64 "] is not %" PRId64, c, terms);
        right += v[c] * mpfr_get_si(vjp_real_low(&jtu.value[c]), MPFR_RNDN);
    }
    check(t, left == right, "(J v) . u is %" PRId64 ", v . (J^T u) %" PRId64, left, right);
    reals_destroy(rv, columns);
    reals_destroy(ru, rows);
    reals_destroy(jv, rows);
    vjp_gradient_clear(&jtu);
    vjp_jacobian_clear(&j);
}

Test(product, vectors_agree_with_integers)
{
    struct tally t = {0};
    uint64_t state = 1;
    for (int64_t rows = 0; rows <= 8; rows++) {
        for (int64_t columns = 0; columns <= 8; columns++) {
            for (int run = 0; run < 5; run++)
                check_vectors(&t, &state, rows, columns);
        }
    }
    tally_assert(&t, 5 * (9 * 9 * 13));
}

/* The product of two of them, in integers; an entry of it is a hole where no inner index joins two
 * entries. */
static struct matrix multiply(const struct matrix *a, const struct matrix *b)
{
    struct matrix c = {a->y, b->x, a->rows, b->columns, {0}, {false}};
    for (int64_t i = 0; i < a->rows * b->columns; i++) {
        const int64_t row = i / b->columns, column = i % b->columns;
        c.hole[i] = true;
        for (int64_t k = 0; k < a->columns; k++) {
            c.value[i] += a->value[row * a->columns + k] * b->value[k * b->columns + column];
            if (!a->hole[row * a->columns + k] && !b->hole[k * b->columns + column])
                c.hole[i] = false;
        }
    }
    return c;
}

static void check_matrix(struct tally *t, const struct vjp_jacobian *got, const struct matrix *want)
{
    check(t, got->rows == want->rows && got->columns == want->columns, "size");
    check(t, vjp_shape_is_equal(&got->y, &want->y) && vjp_shape_is_equal(&got->x, &want->x),
          "shapes");
    for (int64_t i = 0; i < want->rows * want->columns; i++) {
        const struct vjp_real *entry = vjp_jacobian_find(got, i / want->columns, i % want->columns);
        check(t, want->hole[i] ? entry == NULL : entry && is_integer(entry, want->value[i]),
              "entry %" PRId64 " is not %" PRId64, i, want->value[i]);
    }
}

static void product(const struct vjp_jacobian *a, const struct vjp_jacobian *b,
                    struct vjp_jacobian *out)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_product_matrix(a, b, out, &error), VJP_OK, "%s", error.text);
}

/* The inner size 0 gives a matrix of structural zeros. */
Test(product, matrices_agree_with_integers_and_associate)
{
    struct tally t = {0};
    uint64_t state = 2;
    for (int run = 0; run < 300; run++) {
        const int64_t n = random_between(&state, 0, 6), k = run % 7,
                      l = random_between(&state, 0, 6), m = random_between(&state, 0, 6);
        const struct matrix a = random_matrix(&state, n, k), b = random_matrix(&state, k, l),
                            c = random_matrix(&state, l, m);
        const struct matrix ab = multiply(&a, &b), bc = multiply(&b, &c);
        const struct matrix abc = multiply(&ab, &c);
        struct vjp_jacobian ja, jb, jc, jab, jbc, left, right;
        matrix_jacobian(&a, &ja);
        matrix_jacobian(&b, &jb);
        matrix_jacobian(&c, &jc);
        product(&ja, &jb, &jab);
        product(&jb, &jc, &jbc);
        product(&jab, &jc, &left);
        product(&ja, &jbc, &right);
        check_matrix(&t, &jab, &ab);
        check_matrix(&t, &jbc, &bc);
        check_matrix(&t, &left, &abc);
        check_matrix(&t, &right, &abc);
        struct vjp_jacobian *all[] = {&ja, &jb, &jc, &jab, &jbc, &left, &right};
        for (int i = 0; i < 7; i++)
            vjp_jacobian_clear(all[i]);
    }
    tally_assert(&t, 300 * 8);
}

Test(product, refuses_inner_shapes_that_differ)
{
    static const struct {
        struct vjp_shape left, right;
    } table[] = {
        {{1, {6}}, {1, {5}}},
        {{1, {6}}, {2, {2, 3}}}, /* the same count is not the same shape */
        {{2, {3, 2}}, {2, {2, 3}}},
        {{0}, {1, {1}}},
    };
    const struct vjp_shape two = vector_shape(2);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_error error = {""};
        struct vjp_jacobian a, b, out = {.rows = 42};
        cr_assert_eq(vjp_jacobian_init(&a, &two, &table[i].left, 64, &error), VJP_OK);
        cr_assert_eq(vjp_jacobian_init(&b, &table[i].right, &two, 64, &error), VJP_OK);
        cr_expect_eq(vjp_product_matrix(&a, &b, &out, &error), VJP_ERR_USAGE);
        cr_expect(strstr(error.text, "shapes"), "%s", error.text);
        cr_expect_eq(out.rows, 42);
        vjp_jacobian_clear(&a);
        vjp_jacobian_clear(&b);
    }
}

Test(product, refuses_a_gradient_of_another_size)
{
    struct vjp_error error = {""};
    struct vjp_jacobian j;
    struct vjp_gradient g;
    struct vjp_real *u = reals_create(2, 64);
    const struct vjp_shape two = vector_shape(2), three = vector_shape(3);
    cr_assert_eq(vjp_jacobian_init(&j, &two, &three, 64, &error), VJP_OK);
    cr_assert_eq(vjp_gradient_init(&g, 2, 64, &error), VJP_OK);
    cr_expect_eq(vjp_product_transposed(&j, u, &g, &error), VJP_ERR_INTERNAL);
    vjp_gradient_clear(&g);
    vjp_jacobian_clear(&j);
    reals_destroy(u, 2);
}

/* A structural zero times infinity is no term; a zero that is an entry makes NaN of it. */
Test(product, structural_zeros_meet_infinity)
{
    struct vjp_error error = {""};
    struct matrix m = {vector_shape(2), vector_shape(2), 2, 2, {0, 0, 3, 0}, {true, false}};
    struct vjp_jacobian j;
    struct vjp_gradient g;
    matrix_jacobian(&m, &j); /* [hole 0; 3 0] */
    struct vjp_real *u = reals_create(2, 64), *out = reals_create(2, 64);
    vjp_real_set_bits(&u[0], VJP_F32, 0x7f800000);
    vjp_real_set_si(&u[1], 5);
    cr_assert_eq(vjp_gradient_init(&g, 2, 64, &error), VJP_OK);
    cr_assert_eq(vjp_product_transposed(&j, u, &g, &error), VJP_OK);
    cr_expect(is_integer(&g.value[0], 15));
    cr_expect_eq(g.value[1].kind, VJP_REAL_NAN);
    vjp_product_vector(&j, u, out); /* u as a v: [0 * 5; 3 inf + 0 * 5] */
    cr_expect(is_integer(&out[0], 0));
    cr_expect_eq(out[1].kind, VJP_REAL_POS_INF);
    vjp_gradient_clear(&g);
    vjp_jacobian_clear(&j);
    reals_destroy(u, 2);
    reals_destroy(out, 2);
}

static void layer_jacobian(const struct fixture *f, struct vjp_jacobian *out)
{
    struct vjp_error error = {""};
    struct vjp_graph g;
    struct vjp_jacobian all[VJP_MAX_INPUTS] = {0};
    const bool wanted[VJP_MAX_INPUTS] = {[X] = true};
    cr_assert_eq(vjp_graph_init(&g, &f->c, &f->data, MATRIX_PRECISION, ANY_SIDE, &error), VJP_OK);
    cr_assert_eq(vjp_jacobian_by_rows(&g, wanted, all, &error), VJP_OK);
    *out = all[X];
    vjp_graph_clear(&g);
}

/* z = (x a) b = x (a b): the product of the two layers' Jacobians is that of one layer with the
 * matrix a b, which is computed here in integers. Row by row of a minibatch of 3. */
Test(product, chain_rule_of_two_linear_layers)
{
    enum { N = 3, D = 4, H = 5, M = 2 };
    struct tally t = {0};
    uint64_t state = 3;
    struct fixture first, second;
    struct vjp_jacobian dy_dx, dz_dy, dz_dx;
    fixture_init(&first, linear(VJP_F64, N, D, H));
    fixture_init(&second, linear(VJP_F64, N, H, M));
    fill_integers(&first, &state, 20);
    fill_integers(&second, &state, 20);
    layer_jacobian(&first, &dy_dx);
    layer_jacobian(&second, &dz_dy);
    product(&dz_dy, &dy_dx, &dz_dx);
    cr_expect(dz_dx.y.rank == 2 && dz_dx.y.dim[0] == N && dz_dx.y.dim[1] == M);
    cr_expect(dz_dx.x.rank == 2 && dz_dx.x.dim[0] == N && dz_dx.x.dim[1] == D);
    for (int i = 0; i < N * M * N * D; i++) {
        const int n = i / (M * N * D), m = i / (N * D) % M, from = i / D % N, d = i % D;
        const struct vjp_real *entry = vjp_jacobian_find(&dz_dx, n * M + m, from * D + d);
        int64_t ab = 0;
        for (int h = 0; h < H; h++)
            ab +=
                (int64_t)value_of(&first, W, d * H + h) * (int64_t)value_of(&second, W, h * M + m);
        check(&t, n == from ? entry && is_integer(entry, ab) : entry == NULL,
              "dz[%d][%d]/dx[%d][%d] is not %" PRId64, n, m, from, d, n == from ? ab : 0);
    }
    vjp_jacobian_clear(&dy_dx);
    vjp_jacobian_clear(&dz_dy);
    vjp_jacobian_clear(&dz_dx);
    fixture_clear(&first);
    fixture_clear(&second);
    tally_assert(&t, N * M * N * D);
}
