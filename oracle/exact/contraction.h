/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_CONTRACTION_H
#define VJP_ORACLE_EXACT_CONTRACTION_H

#include "cases/spec/case.h"
#include "cases/spec/data.h"

/* A place in a contraction: see below. */
struct vjp_contraction_place {
    int64_t batch, row, col;
};

struct vjp_contraction_axis {
    int64_t stride, size;
    struct vjp_contraction_place step; /* what one step along the axis adds */
};

/* One gradient of a layer that has a form (form.h), as matrix products, one for each batch:
 *
 *     g[batch, row, col] = sum over k < terms of left[batch, row, k] right[batch, k, col]
 *
 * For y = sum of a b the gradient by a is the sum of dy b over every dimension that is not a's: the
 * chain rule for a sum of products, and the only derivative there is. A dimension that g shares with dy
 * alone is a row, with the other factor alone a column, with both a batch; those that g does not have
 * are summed over. */
struct vjp_contraction {
    const struct vjp_tensor *left;  /* dy */
    const struct vjp_tensor *right; /* the other factor; NULL: ones */
    int64_t batches, rows, cols, terms;
    /* The element [batch, row, k] of left is at left_batch[batch] + left_row[row] + left_term[k] of the
     * tensor; the others likewise. */
    int64_t *left_batch, *left_row, *left_term;
    int64_t *right_batch, *right_col, *right_term;
    int64_t *out_batch, *out_row, *out_col;
    /* The gradient's own axes, outermost first: which element is where (vjp_contraction_place). */
    int n_axes;
    struct vjp_contraction_axis axis[VJP_RANK_MAX];
};

/* Whether vjp_contraction_init has something to say of the layer. */
bool vjp_contraction_exists(const struct vjp_spec *spec);

/* The gradient by input i, which takes part in the case, of a layer that has a form. data must outlive
 * *out. */
VJP_MUST_CHECK enum vjp_status vjp_contraction_init(struct vjp_contraction *out,
                                                    const struct vjp_case *c,
                                                    const struct vjp_data *data, int i,
                                                    struct vjp_error *error);
void vjp_contraction_clear(struct vjp_contraction *contraction);

/* Where element e of the gradient stands. */
struct vjp_contraction_place vjp_contraction_find(const struct vjp_contraction *contraction,
                                                  int64_t e);

/* Writes terms numbers: a row of the left matrix, a column of the right one. */
void vjp_contraction_left(const struct vjp_contraction *contraction, int64_t batch, int64_t row,
                          double *out);
void vjp_contraction_right(const struct vjp_contraction *contraction, int64_t batch, int64_t col,
                           double *out);

#endif
