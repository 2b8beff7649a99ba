/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_JACOBIAN_DERIVATION_H
#define VJP_TESTS_ORACLE_JACOBIAN_DERIVATION_H

#include "oracle/jacobian/jacobian.h"
#include "tests/oracle/support.h"

#include <string.h>

/* Both ways to an explicit Jacobian of a case. */
#define PRECISION 256

static inline void init_graph(struct vjp_graph *g, const struct fixture *f)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_graph_init(g, &f->c, &f->data, PRECISION, ANY_SIDE, &error), VJP_OK, "%s",
                 error.text);
}

static inline void by_rows(const struct vjp_graph *g, int input, struct vjp_jacobian *out)
{
    struct vjp_error error = {""};
    struct vjp_jacobian all[VJP_MAX_INPUTS] = {0};
    bool wanted[VJP_MAX_INPUTS] = {false};
    wanted[input] = true;
    cr_assert_eq(vjp_jacobian_by_rows(g, wanted, all, &error), VJP_OK, "%s", error.text);
    *out = all[input];
}

static inline void by_columns(const struct vjp_graph *g, int input, struct vjp_jacobian *out)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_jacobian_by_columns(g, input, out, &error), VJP_OK, "%s", error.text);
}

static inline bool is_identical(const struct vjp_jacobian *a, const struct vjp_jacobian *b)
{
    bool same = a->rows == b->rows && a->columns == b->columns && a->entries == b->entries &&
                vjp_shape_is_equal(&a->x, &b->x) && vjp_shape_is_equal(&a->y, &b->y) &&
                memcmp(a->start, b->start, ((size_t)a->rows + 1) * sizeof *a->start) == 0;
    for (int64_t e = 0; same && e < a->entries; e++)
        same = a->column[e] == b->column[e] && vjp_real_is_identical(&a->entry[e], &b->entry[e]);
    return same;
}

static inline void fill_random(struct fixture *f, uint64_t *state)
{
    for (int slot = X; slot < DY; slot++) {
        for (int64_t i = 0; i < f->data.slot[slot].count; i++)
            put(f, slot, i, random_number(state, 53, (int)random_between(state, -20, 20)));
    }
}

#endif
