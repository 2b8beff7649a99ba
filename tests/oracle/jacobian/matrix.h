/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_JACOBIAN_MATRIX_H
#define VJP_TESTS_ORACLE_JACOBIAN_MATRIX_H

#include "oracle/jacobian/jacobian.h"
#include "tests/oracle/support.h"

#define MATRIX_PRECISION 128
#define MATRIX_MAX       64

/* A matrix of integers with holes, the structural zeros, and shapes that its sides stand for. */
struct matrix {
    struct vjp_shape y, x;
    int64_t rows, columns;
    int64_t value[MATRIX_MAX];
    bool hole[MATRIX_MAX];
};

static inline struct vjp_shape vector_shape(int64_t n)
{
    return (struct vjp_shape){1, {n}};
}

static inline struct matrix random_matrix(uint64_t *state, int64_t rows, int64_t columns)
{
    struct matrix m = {vector_shape(rows), vector_shape(columns), rows, columns, {0}, {false}};
    cr_assert_leq(rows * columns, MATRIX_MAX);
    for (int64_t i = 0; i < rows * columns; i++) {
        m.hole[i] = next_random(state) % 3 == 0;
        m.value[i] = m.hole[i] ? 0 : random_between(state, -30, 30);
    }
    return m;
}

static inline void matrix_jacobian(const struct matrix *m, struct vjp_jacobian *out)
{
    struct vjp_error error = {""};
    struct vjp_real entry;
    vjp_real_init(&entry, MATRIX_PRECISION);
    cr_assert_eq(vjp_jacobian_init(out, &m->y, &m->x, MATRIX_PRECISION, &error), VJP_OK, "%s",
                 error.text);
    for (int64_t i = 0; i < m->rows; i++) {
        for (int64_t j = 0; j < m->columns; j++) {
            if (m->hole[i * m->columns + j])
                continue;
            vjp_real_set_si(&entry, (long)m->value[i * m->columns + j]);
            cr_assert_eq(vjp_jacobian_append(out, j, &entry, &error), VJP_OK, "%s", error.text);
        }
        out->start[i + 1] = out->entries;
    }
    vjp_real_clear(&entry);
}

/* Whether r is known to be that integer. */
static inline bool is_integer(const struct vjp_real *r, int64_t value)
{
    return r->kind == VJP_REAL_FINITE && r->point && mpfr_cmp_si(vjp_real_low(r), value) == 0;
}

#endif
