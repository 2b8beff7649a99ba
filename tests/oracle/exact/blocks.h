/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_EXACT_BLOCKS_H
#define VJP_TESTS_ORACLE_EXACT_BLOCKS_H

/* Pairs of blocks, filled and multiplied, for every kernel that runs here. */

#include "oracle/exact/block.h"
#include "oracle/exact/filter.h"
#include "oracle/exact/kernel.h"
#include "tests/oracle/tally.h"

#include <stdlib.h>
#include <string.h>

#define KERNELS_MAX 3

/* The kernels that run here, and how many. */
static inline int each_kernel(const struct vjp_kernel *kernels[KERNELS_MAX])
{
    kernels[0] = &vjp_kernel_portable;
    kernels[1] = vjp_kernel_avx2();
    kernels[2] = vjp_kernel_avx512();
    return kernels[2] ? 3 : kernels[1] ? 2 : 1;
}

/* a[rows][K], b[cols][K] and what comes of them. */
struct pair {
    int64_t rows, cols, K;
    double *a, *b;
    struct vjp_block left, right;
    struct vjp_products products; /* ld: cols */
};

static inline double *doubles(int64_t count)
{
    double *x = calloc((size_t)count + 1, sizeof *x);
    cr_assert_not_null(x);
    return x;
}

static inline void pair_init(struct pair *p, enum vjp_block_elements elements, int64_t rows,
                             int64_t cols, int64_t K, const struct vjp_kernel *kernel)
{
    struct vjp_error error = {""};
    *p = (struct pair){.rows = rows, .cols = cols, .K = K};
    p->a = doubles(rows * K);
    p->b = doubles(cols * K);
    p->products = (struct vjp_products){
        .c = doubles(rows * cols),
        .lo = doubles(rows * cols),
        .s = doubles(rows * cols),
        .ld = cols,
    };
    cr_assert_eq(vjp_block_init(&p->left, VJP_BLOCK_LEFT, elements, rows, K, &error), VJP_OK, "%s",
                 error.text);
    cr_assert_eq(vjp_block_init(&p->right, VJP_BLOCK_RIGHT, elements, cols, K, &error), VJP_OK,
                 "%s", error.text);
    p->left.kernel = p->right.kernel = kernel;
}

static inline void pair_clear(struct pair *p)
{
    free(p->a);
    free(p->b);
    free(p->products.c);
    free(p->products.lo);
    free(p->products.s);
    vjp_block_clear(&p->left);
    vjp_block_clear(&p->right);
}

/* Packs a and b, and multiplies. */
static inline void pair_multiply(struct pair *p)
{
    for (int64_t i = 0; i < p->rows; i++)
        vjp_block_set(&p->left, i, p->a + i * p->K);
    for (int64_t j = 0; j < p->cols; j++)
        vjp_block_set(&p->right, j, p->b + j * p->K);
    vjp_block_product(&p->left, p->rows, &p->right, p->cols, &p->products);
}

enum data {
    NORMAL,    /* magnitudes within a few powers of two */
    CANCELLED, /* products of opposite signs one after the other */
    SPREAD,    /* exponents anywhere */
    SPARSE,    /* half of them zero, whole vectors too */
    INTEGERS,
    DATA_COUNT
};

/* A vector of K elements with p significant bits, exponents within -range .. range where they are
 * spread; a pair of products cancels, second says in which factor. */
static inline void draw(uint64_t *state, enum data data, int p, int range, bool second, int64_t K,
                        double *v)
{
    const bool zeros = data == SPARSE && random_between(state, 0, 4) == 0;
    for (int64_t k = 0; k < K; k++) {
        const int reach = data == SPREAD ? range : 3;
        v[k] = random_number(state, p, (int)random_between(state, -reach, reach));
        if (data == CANCELLED && k % 2 == 1)
            v[k] = second ? -v[k - 1] : v[k - 1];
        else if (data == SPARSE && (zeros || random_between(state, 0, 1) == 0))
            v[k] = 0;
        else if (data == INTEGERS)
            v[k] = (double)random_between(state, -100, 100);
    }
}

static inline void pair_draw(struct pair *p, uint64_t *state, enum data data, int bits, int range)
{
    for (int64_t i = 0; i < p->rows; i++)
        draw(state, data, bits, range, false, p->K, p->a + i * p->K);
    for (int64_t j = 0; j < p->cols; j++)
        draw(state, data, bits, range, true, p->K, p->b + j * p->K);
}

/* One row's storage. */
struct row {
    struct vjp_filtered filtered;
    bool *is_open;
};

static inline void row_init(struct row *row, int64_t cols)
{
    row->filtered.bits = doubles(cols);
    row->filtered.tail = doubles(cols);
    row->filtered.by = calloc((size_t)cols, sizeof *row->filtered.by);
    row->filtered.open = calloc((size_t)cols, sizeof *row->filtered.open);
    row->is_open = calloc((size_t)cols, sizeof *row->is_open);
    cr_assert(row->filtered.by && row->filtered.open && row->is_open);
}

static inline void row_clear(struct row *row)
{
    free(row->filtered.bits);
    free(row->filtered.tail);
    free(row->filtered.by);
    free(row->filtered.open);
    free(row->is_open);
}

static inline void row_filter(struct row *row, const struct pair *p, int64_t i,
                              enum vjp_dtype dtype)
{
    const struct vjp_filter filter = {
        .left = &p->left, .right = &p->right, .products = &p->products, .dtype = dtype};
    vjp_filter_row(&filter, i, p->cols, &row->filtered);
    memset(row->is_open, 0, (size_t)p->cols * sizeof *row->is_open);
    for (int64_t n = 0; n < row->filtered.open_count; n++)
        row->is_open[row->filtered.open[n]] = true;
}

#endif
