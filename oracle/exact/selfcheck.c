/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/selfcheck.h"

#include "cases/base/stream.h"
#include "oracle/exact/block.h"
#include "oracle/exact/freivalds.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* Any will do: what is checked is not out to deceive. */
#define SEED UINT64_C(0x66726569)

static enum vjp_status fail(struct vjp_error *error, int64_t row)
{
    return vjp_fail(error, VJP_ERR_INTERNAL,
                    "the exact contraction of row %" PRId64
                    " is not the product of its factors modulo 2^61 - 1: please report this",
                    row);
}

static int64_t element_at(const struct vjp_contraction *r, int64_t batch, int64_t row, int64_t col)
{
    return r->out_batch[batch] + r->out_row[row] + r->out_col[col];
}

static bool is_exact_row(const struct vjp_solution *s, int64_t batch, int64_t row)
{
    const struct vjp_contraction *r = &s->contraction;
    bool exact = r->cols > 0;
    for (int64_t j = 0; j < r->cols && exact; j++)
        exact = s->settled_by[element_at(r, batch, row, j)] == VJP_SETTLED_PRODUCT;
    return exact;
}

/* rounded + tail of each element is the exact product. */
static bool agrees(const struct vjp_freivalds *f, const struct vjp_solution *s, int64_t batch,
                   int64_t row, const double *left)
{
    uint64_t sum = 0;
    for (int64_t j = 0; j < s->contraction.cols; j++) {
        const int64_t e = element_at(&s->contraction, batch, row, j);
        const double rounded = vjp_bits_to_double(s->rounded.dtype, vjp_tensor_get(&s->rounded, e));
        sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, j, rounded));
        sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, j, s->tail[e]));
    }
    return sum == vjp_freivalds_row(f, left);
}

/* One batch; x holds terms numbers. */
static enum vjp_status check_batch(const struct vjp_solution *s, int64_t batch, double *x,
                                   int64_t *rows, struct vjp_error *error)
{
    const struct vjp_contraction *r = &s->contraction;
    struct vjp_freivalds f = {0};
    enum vjp_status status = VJP_OK;
    for (int64_t i = 0; i < r->rows && status == VJP_OK; i++) {
        if (!is_exact_row(s, batch, i))
            continue;
        if (!f.s) { /* the first one */
            status = vjp_freivalds_init(&f, r->cols, r->terms, SEED, error);
            for (int64_t j = 0; j < r->cols && status == VJP_OK; j++) {
                vjp_contraction_right(r, batch, j, x);
                vjp_freivalds_add_column(&f, j, x);
            }
        }
        if (status != VJP_OK)
            break;
        vjp_contraction_left(r, batch, i, x);
        if (!agrees(&f, s, batch, i, x))
            status = fail(error, batch * r->rows + i);
        ++*rows;
    }
    vjp_freivalds_clear(&f);
    return status;
}

enum vjp_status vjp_selfcheck_rows(const struct vjp_solution *s, int64_t *rows,
                                   struct vjp_error *error)
{
    const struct vjp_contraction *r = &s->contraction;
    enum vjp_status status = VJP_OK;
    *rows = 0;
    if (s->settled[VJP_SETTLED_PRODUCT] < r->cols)
        return VJP_OK;
    double *x = malloc(((size_t)r->terms + 1) * sizeof *x);
    if (!x)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory to check a contraction");
    for (int64_t b = 0; b < r->batches && status == VJP_OK; b++)
        status = check_batch(s, b, x, rows, error);
    free(x);
    return status;
}

/* As many as make whole tiles of either kind and a part of one. */
#define PANEL 17

/* Integers of up to bits bits and either sign. */
static void draw(double *x, int64_t n, int bits, uint64_t stream)
{
    for (int64_t k = 0; k < n; k++) {
        const uint64_t random = vjp_mix64(vjp_mix64(SEED + stream) + (uint64_t)k);
        const double size = (double)(random >> (64 - bits));
        x[k] = random & 1 ? size : -size;
    }
}

/* Numbers of so many bits that terms products stay below 2^53: every sum of them is exact. */
static int bits_of(int64_t terms)
{
    int bits = 24;
    while (bits > 1 && (double)terms * ldexp(1, 2 * bits) > 0x1p53)
        bits--;
    return bits;
}

static enum vjp_status check_panel(const struct vjp_block *left, const struct vjp_block *right,
                                   const struct vjp_freivalds *f, const double *a,
                                   struct vjp_error *error)
{
    double c[PANEL * PANEL], lo[PANEL * PANEL], s[PANEL * PANEL];
    const struct vjp_products products = {c, lo, s, PANEL};
    const bool is_long = left->elements == VJP_BLOCK_LONG;
    vjp_block_product(left, PANEL, right, PANEL, &products);
    for (int i = 0; i < PANEL; i++) {
        uint64_t sum = 0;
        for (int j = 0; j < PANEL; j++) {
            const int scale = is_long ? left->vectors[i].scale + right->vectors[j].scale : 0;
            const int at = i * PANEL + j;
            sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, j, ldexp(c[at], scale)));
            if (is_long)
                sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, j, ldexp(lo[at], scale)));
        }
        if (sum != vjp_freivalds_row(f, a + i * f->terms))
            return fail(error, i);
    }
    return VJP_OK;
}

enum vjp_status vjp_selfcheck_panel(const struct vjp_solution *solution, struct vjp_error *error)
{
    const int64_t terms = solution->contraction.terms;
    const enum vjp_block_elements elements =
        solution->rounded.dtype == VJP_F64 ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT;
    const int bits = bits_of(terms);
    struct vjp_block left = {0}, right = {0};
    struct vjp_freivalds f = {0};
    double *a = malloc(((size_t)terms + 1) * (PANEL + 1) * sizeof *a);
    enum vjp_status status =
        a ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory to check a product");
    if (status == VJP_OK)
        status = vjp_block_init(&left, VJP_BLOCK_LEFT, elements, PANEL, terms, error);
    if (status == VJP_OK)
        status = vjp_block_init(&right, VJP_BLOCK_RIGHT, elements, PANEL, terms, error);
    if (status == VJP_OK)
        status = vjp_freivalds_init(&f, PANEL, terms, SEED, error);
    if (status == VJP_OK) {
        double *b = a + PANEL * terms;
        for (int i = 0; i < PANEL; i++) {
            draw(a + i * terms, terms, bits, (uint64_t)i);
            vjp_block_set(&left, i, a + i * terms);
            draw(b, terms, bits, (uint64_t)(PANEL + i));
            vjp_block_set(&right, i, b);
            vjp_freivalds_add_column(&f, i, b);
        }
        status = check_panel(&left, &right, &f, a, error);
    }
    vjp_freivalds_clear(&f);
    vjp_block_clear(&left);
    vjp_block_clear(&right);
    free(a);
    return status;
}
