/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_JACOBIAN_H
#define VJP_ORACLE_JACOBIAN_JACOBIAN_H

#include "oracle/forward/graph.h"

/* An explicit generalized Jacobian dy/dx, of shape (shape of y) x (shape of x): rows are elements of
 * y, columns elements of x, both row-major. Only entries that are not structurally zero are stored:
 * those of row i are start[i] .. start[i + 1] - 1, in ascending order of column. A zeroed struct is
 * empty and may be cleared. */
struct vjp_jacobian {
    struct vjp_shape y;
    struct vjp_shape x;
    int64_t rows;
    int64_t columns;
    mpfr_prec_t precision;
    int64_t *start; /* rows + 1 */
    int64_t *column;
    struct vjp_real *entry;
    struct vjp_limbs limbs; /* of the entries */
    int64_t entries;
    int64_t capacity;
};

/* An empty Jacobian of those shapes, ready for rows to be appended. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_init(struct vjp_jacobian *out,
                                                 const struct vjp_shape *y,
                                                 const struct vjp_shape *x, mpfr_prec_t precision,
                                                 struct vjp_error *error);
void vjp_jacobian_clear(struct vjp_jacobian *jacobian);

/* Appends an entry (a copy of value) to the row being built; columns ascend within a row. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_append(struct vjp_jacobian *jacobian, int64_t column,
                                                   const struct vjp_real *value,
                                                   struct vjp_error *error);

/* Derives dy/d(input i) for every i with wanted[i], by one reverse sweep for each element of y; the
 * inputs must be present in the graph. out[i] of the others is left alone. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_by_rows(const struct vjp_graph *graph,
                                                    const bool wanted[VJP_MAX_INPUTS],
                                                    struct vjp_jacobian out[VJP_MAX_INPUTS],
                                                    struct vjp_error *error);

/* The same, as long as every entry comes of one path through the formula and of at most one product
 * with an operand or a short constant (vjp_tape_is_plain): then J^T dy is a sum of products of given
 * numbers. *plain says whether it is; if not, out is left alone. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_if_plain(const struct vjp_graph *graph,
                                                     const bool wanted[VJP_MAX_INPUTS],
                                                     struct vjp_jacobian out[VJP_MAX_INPUTS],
                                                     bool *plain, struct vjp_error *error);

/* Derives dy/d(input) by one forward sweep for each element of the input: the same matrix by another
 * way. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_by_columns(const struct vjp_graph *graph, int input,
                                                       struct vjp_jacobian *out,
                                                       struct vjp_error *error);

/* The stored entry, or NULL for a structural zero. */
const struct vjp_real *vjp_jacobian_find(const struct vjp_jacobian *jacobian, int64_t row,
                                         int64_t column);

#endif
