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

/* An axis of a factor whose index depends on a vector and a term together:
 *     index = (batch[batch] + vector[vector] + term[k]) / divisor,
 * and there is a term only where that is whole and in 0 .. size - 1. */
struct vjp_contraction_window {
    int64_t *batch, *vector, *term;
    int64_t divisor, size, stride;
};

#define VJP_CONTRACTION_WINDOWS_MAX 2

/* A factor: its rows, or columns, are vectors of terms numbers. Element [batch, vector, k] is at
 * batch[batch] + vector[vector] + term[k] of the tensor, and index times stride of each window further. */
struct vjp_contraction_factor {
    const struct vjp_tensor *tensor; /* NULL: ones */
    int64_t *batch, *vector, *term;
    int n_windows;
    struct vjp_contraction_window window[VJP_CONTRACTION_WINDOWS_MAX];
};

/* One gradient of a layer that has a form (form.h), as matrix products, one for each batch:
 *
 *     g[batch, row, col] = sum over k < terms of left[batch, row, k] right[batch, k, col]
 *
 * For y = sum of a b the gradient by a is the sum of dy b over every dimension that is not a's: the
 * chain rule for a sum of products, and the only derivative there is. A dimension that g shares with dy
 * alone is a row, with the other factor alone a column, with both a batch; those that g does not have
 * are summed over. Where a has a window, its index takes the place of the window's dimension, which follows
 * from it and the tap. */
struct vjp_contraction {
    struct vjp_contraction_factor left;  /* dy, by rows */
    struct vjp_contraction_factor right; /* the other factor, by columns */
    int64_t batches, rows, cols, terms;
    /* Where g[batch, row, col] is: the sum of the three. Each of them grows. */
    int64_t *out_batch, *out_row, *out_col;
    /* The gradient's own axes, outermost first: which element is where (vjp_contraction_place). */
    int n_axes;
    struct vjp_contraction_axis axis[VJP_RANK_MAX];
};

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

/* Writes terms numbers: a row of the left matrix, a column of the right one; 0 where there is no term. */
void vjp_contraction_left(const struct vjp_contraction *contraction, int64_t batch, int64_t row,
                          double *out);
void vjp_contraction_right(const struct vjp_contraction *contraction, int64_t batch, int64_t col,
                           double *out);

/* Of a row and a column, sets both numbers to 0 where there is no term: one may be an infinity there, and
 * no factor of anything. */
void vjp_contraction_drop(const struct vjp_contraction *contraction,
                          const struct vjp_contraction_place *place, double *left, double *right);

#endif
