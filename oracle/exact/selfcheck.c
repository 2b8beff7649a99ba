/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/selfcheck.h"

#include "cases/base/stream.h"
#include "oracle/exact/block.h"
#include "oracle/exact/freivalds.h"
#include "oracle/exact/kernel.h"

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

/* As many as make whole tiles of every width, and a part of one. */
#define PANEL 33

/* The panel's sums have as many terms as the solution's, or, where those are more than this, so many and what their last
 * chunk has: the bounds of long ones rest on the same additions. */
#define PANEL_TERMS INT64_C(16384)

static int64_t panel_terms(int64_t terms)
{
    return terms <= PANEL_TERMS ? terms : PANEL_TERMS + terms % VJP_CHUNK;
}

/* Numbers of so many bits that terms products stay below 2^53: every sum of them is exact. */
static int bits_of(int64_t terms)
{
    int bits = 24;
    while (bits > 1 && (double)terms * ldexp(1, 2 * bits) > 0x1p53)
        bits--;
    return bits;
}

/* Of long elements the left ones are A + A' 2^-45, integers below 2^7 and 2^14, the right ones integers below 2^7. Then
 * nothing rounds (block.c), and nothing is without work: scaled by 2^-6 each, a product is a multiple of 2^-57 that the
 * extraction cuts at 2^-40; what it cuts off adds up to less than 2^-4, within 53 bits of that; and sums of one sign are
 * beyond 2^13 from some 2^13 terms on, so that additions between chunks lose something that lo has to have. */
#define LONG_BITS  7
#define EXTRA_BITS 14
#define EXTRA      0x1p-45

/* n elements; every other vector is of one sign, the others of either. */
static void draw(double *x, int64_t n, bool is_long, bool is_left, uint64_t stream)
{
    const int bits = is_long ? LONG_BITS : bits_of(n);
    for (int64_t k = 0; k < n; k++) {
        const uint64_t random = vjp_mix64(vjp_mix64(SEED + stream) + (uint64_t)k);
        const double extra = (double)(random >> 8 & ((1U << EXTRA_BITS) - 1)) * EXTRA;
        const double size = (double)(random >> (64 - bits)) + (is_long && is_left ? extra : 0);
        x[k] = (random & 1) != 0 && stream % 2 != 0 ? -size : size;
    }
}

/* s is to be S at least, and not much more. S is summed in any order, which loses 2^-28 of it at most. */
static bool is_scale(double s, const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++)
        sum += fabs(a[k] * b[k]);
    return s >= sum * (1 - 0x1p-28) && s <= sum * (1 + 0x1p-13);
}

/* What the product is to be: the factors, PANEL vectors each, and the right one's residues. */
struct panel {
    int64_t terms;
    double *a, *b;
    struct vjp_freivalds f;
};

static enum vjp_status check_panel(const struct vjp_block *left, const struct vjp_block *right,
                                   const struct panel *panel, struct vjp_error *error)
{
    double c[PANEL * PANEL], lo[PANEL * PANEL], s[PANEL * PANEL];
    const struct vjp_products products = {c, lo, s, PANEL};
    const bool is_long = left->elements == VJP_BLOCK_LONG;
    const struct vjp_freivalds *f = &panel->f;
    vjp_block_product(left, PANEL, right, PANEL, &products);
    for (int i = 0; i < PANEL; i++) {
        const double *a = panel->a + i * panel->terms;
        uint64_t sum = 0;
        bool scales = true;
        for (int j = 0; j < PANEL; j++) {
            const int scale = is_long ? left->vectors[i].scale + right->vectors[j].scale : 0;
            const int at = i * PANEL + j;
            sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, j, ldexp(c[at], scale)));
            if (is_long)
                sum = vjp_freivalds_add(sum, vjp_freivalds_element(f, j, ldexp(lo[at], scale)));
            scales &= is_scale(ldexp(s[at], scale), a, panel->b + j * panel->terms, panel->terms);
        }
        if (sum != vjp_freivalds_row(f, a))
            return fail(error, i);
        if (!scales)
            return vjp_fail(error, VJP_ERR_INTERNAL,
                            "a sum of magnitudes is not what it was proved to be: please report "
                            "this");
    }
    return VJP_OK;
}

enum vjp_status vjp_selfcheck_kernel(const struct vjp_kernel *kernel,
                                     enum vjp_block_elements elements, int64_t all_terms,
                                     struct vjp_error *error)
{
    const bool is_long = elements == VJP_BLOCK_LONG;
    const int64_t terms = panel_terms(all_terms);
    struct panel panel = {.terms = terms};
    struct vjp_block left = {0}, right = {0};
    panel.a = malloc(((size_t)terms + 1) * 2 * PANEL * sizeof *panel.a);
    enum vjp_status status =
        panel.a ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory to check a product");
    if (status == VJP_OK)
        status = vjp_block_init(&left, VJP_BLOCK_LEFT, elements, PANEL, terms, error);
    if (status == VJP_OK)
        status = vjp_block_init(&right, VJP_BLOCK_RIGHT, elements, PANEL, terms, error);
    if (status == VJP_OK)
        status = vjp_freivalds_init(&panel.f, PANEL, terms, SEED, error);
    if (status == VJP_OK) {
        left.kernel = right.kernel = kernel;
        panel.b = panel.a + PANEL * terms;
        for (int i = 0; i < PANEL; i++) {
            double *a = panel.a + i * terms, *b = panel.b + i * terms;
            draw(a, terms, is_long, true, (uint64_t)i);
            vjp_block_set(&left, i, a);
            draw(b, terms, is_long, false, (uint64_t)(PANEL + 1 + i));
            vjp_block_set(&right, i, b);
            vjp_freivalds_add_column(&panel.f, i, b);
        }
        status = check_panel(&left, &right, &panel, error);
    }
    vjp_freivalds_clear(&panel.f);
    vjp_block_clear(&left);
    vjp_block_clear(&right);
    free(panel.a);
    return status;
}

enum vjp_status vjp_selfcheck_panel(const struct vjp_solution *solution, struct vjp_error *error)
{
    return vjp_selfcheck_kernel(
        vjp_kernel_best(), solution->rounded.dtype == VJP_F64 ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT,
        solution->contraction.terms, error);
}
