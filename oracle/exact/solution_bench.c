/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/element.h"
#include "oracle/exact/magnitude.h"
#include "oracle/exact/solution_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void vjp_solution_read(const struct vjp_solution_work *w, bool larger, int64_t vector, double *out)
{
    const struct vjp_contraction *r = &w->solution->contraction;
    if (larger == w->swapped)
        vjp_contraction_right(r, w->batch, vector, out);
    else
        vjp_contraction_left(r, w->batch, vector, out);
}

static int64_t element_of(const struct vjp_solution_work *w, int64_t larger, int64_t smaller)
{
    const struct vjp_contraction *r = &w->solution->contraction;
    return r->out_batch[w->batch] + r->out_row[w->swapped ? smaller : larger] +
           r->out_col[w->swapped ? larger : smaller];
}

/* Where along the smaller side an element is: offsets that grow. */
static const int64_t *out_of_smaller(const struct vjp_solution_work *w)
{
    const struct vjp_contraction *r = &w->solution->contraction;
    return w->swapped ? r->out_row : r->out_col;
}

static double old_value(const struct vjp_solution_work *w, int64_t element)
{
    return w->old ? vjp_bits_to_double(w->dtype, vjp_tensor_get(w->old, element)) : 0;
}

static void settle(struct vjp_solution_bench *t, int64_t element, enum vjp_settled_by by)
{
    t->work->solution->settled_by[element] = (uint8_t)by;
    t->settled[by]++;
}

static void keep(struct vjp_solution_bench *t, int64_t element, const struct vjp_solved *solved)
{
    struct vjp_solution *s = t->work->solution;
    vjp_tensor_set(&s->rounded, element, solved->bits);
    s->tail[element] = solved->tail;
    s->scale[element] = solved->scale;
    settle(t, element, solved->is_special ? VJP_SETTLED_SPECIAL : VJP_SETTLED_ACCUMULATOR);
}

/* The element of vectors t->a and t->b, of any numbers, on its own. */
static void solve_element(struct vjp_solution_bench *t, int64_t element)
{
    const struct vjp_solution_work *w = t->work;
    struct vjp_solved solved;
    vjp_element_solve(t->accumulator, w->dtype, t->a, t->b, w->solution->contraction.terms,
                      old_value(w, element), &solved);
    keep(t, element, &solved);
}

/* Where the error of a long product, absolute in scaled units, is more than this part of s, the filter may
 * know how an element rounds and not well enough what it is; and where a vector's reach is extreme s is not
 * known. Such elements go to the accumulator. */
#define LONG_ERROR 0x1p-75

static bool is_vague(const struct vjp_solution_work *w, double s, bool extreme)
{
    const double error = vjp_block_error_long(w->solution->contraction.terms);
    return w->elements == VJP_BLOCK_LONG && (extreme || (s != 0 && !(error <= LONG_ERROR * s)));
}

/* The elements of a row: those of one vector of the larger side and of cols of the smaller. */
struct row {
    int64_t first;      /* its first element */
    const int64_t *out; /* element first + out[j] - out[0] is that of column j */
    int64_t cols;
    bool is_run; /* they lie one after the other */
};

/* Of vector i of the larger panel, which begins at from, and smaller panel p. */
static struct row row_of(const struct vjp_solution_work *w, int64_t from, int64_t i, int64_t p,
                         int64_t cols)
{
    const int64_t *out = out_of_smaller(w) + p * w->smaller_panel;
    return (struct row){.first = element_of(w, from + i, p * w->smaller_panel),
                        .out = out,
                        .cols = cols,
                        .is_run = cols == 0 || out[cols - 1] - out[0] == cols - 1};
}

/* Where the filter writes: in the solution, where that has the row's elements one after the other. */
static struct vjp_filtered storage_of(const struct vjp_solution_bench *t, const struct row *row)
{
    struct vjp_solution *s = t->work->solution;
    struct vjp_filtered storage = t->row;
    if (row->is_run) {
        storage.bits = (char *)s->rounded.data + row->first * vjp_format(t->work->dtype)->bytes;
        storage.tail = s->tail + row->first;
        storage.by = s->settled_by + row->first;
    }
    return storage;
}

/* Writes down what the filter found for vector i of the larger panel and smaller panel p, whether it left elements
 * open or not. */
static void copy_row(struct vjp_solution_bench *t, int64_t i, int64_t p, const struct row *row,
                     const struct vjp_filtered *found)
{
    const struct vjp_solution_work *w = t->work;
    struct vjp_solution *s = w->solution;
    const struct vjp_block *right = &w->panel[p];
    const double *scale = t->products.s + i * t->products.ld;
    t->settled[VJP_SETTLED_PRODUCT] += found->products;
    t->settled[VJP_SETTLED_FILTER] += row->cols - found->products;
    for (int64_t j = 0; j < row->cols && !row->is_run; j++) {
        const int64_t e = row->first + row->out[j] - row->out[0];
        vjp_tensor_set(&s->rounded, e, vjp_bits_load(w->dtype, found->bits, j));
        s->tail[e] = found->tail[j];
        s->settled_by[e] = found->by[j];
    }
    if (row->is_run && w->elements == VJP_BLOCK_SHORT) {
        memcpy(s->scale + row->first, scale, (size_t)row->cols * sizeof *scale);
        return;
    }
    for (int64_t j = 0; j < row->cols; j++)
        s->scale[row->first + row->out[j] - row->out[0]] =
            w->elements == VJP_BLOCK_SHORT
                ? scale[j]
                : vjp_magnitude_unscale(scale[j], t->block.vectors[i].scale,
                                        right->vectors[j].scale);
}

/* Of vectors t->a and t->b, larger and smaller. What is not there is 0 in one of them, which matters only where
 * the other has no number. */
static void drop_absent(struct vjp_solution_bench *t, int64_t larger, int64_t smaller)
{
    const struct vjp_solution_work *w = t->work;
    const struct vjp_contraction_place place = {w->batch, w->swapped ? smaller : larger,
                                                w->swapped ? larger : smaller};
    vjp_contraction_drop(&w->solution->contraction, &place, w->swapped ? t->b : t->a,
                         w->swapped ? t->a : t->b);
}

/* The element of vector i of the larger side and j of the smaller, from the operands. */
static void solve_apart(struct vjp_solution_bench *t, int64_t i, int64_t j, bool finite)
{
    vjp_solution_read(t->work, true, i, t->a);
    vjp_solution_read(t->work, false, j, t->b);
    if (!finite)
        drop_absent(t, i, j);
    solve_element(t, element_of(t->work, i, j));
}

/* Settles what the filter left open, and what it knows not well enough; or leaves it to sum_open. */
static void mend_row(struct vjp_solution_bench *t, int64_t from, int64_t i, int64_t p,
                     const struct vjp_filtered *found, int64_t cols)
{
    const struct vjp_solution_work *w = t->work;
    const struct vjp_block *right = &w->panel[p];
    const struct vjp_block_vector *v = &t->block.vectors[i];
    const double *scale = t->products.s + i * t->products.ld;
    const bool extreme = v->reach == VJP_REACH_EXTREME;
    int64_t n_open = 0;
    if (found->open_count == 0 && w->elements == VJP_BLOCK_SHORT)
        return;
    for (int64_t j = 0; j < cols; j++) {
        const bool open = n_open < found->open_count && found->open[n_open] == j;
        n_open += open;
        if (!open &&
            !is_vague(w, scale[j], extreme || right->vectors[j].reach == VJP_REACH_EXTREME))
            continue;
        const int64_t column = p * w->smaller_panel + j;
        const int64_t e = element_of(w, from + i, column);
        const bool finite = v->is_finite && right->vectors[j].is_finite;
        t->settled[w->solution->settled_by[e]]--;
        if (finite && w->elements == VJP_BLOCK_SHORT)
            t->open[j] |= UINT64_C(1) << i;
        else
            solve_apart(t, from + i, column, finite);
    }
}

/* Element j of the smaller panel p, which begins at column p of it, and i of the larger, was summed. */
static void keep_open(struct vjp_solution_bench *t, int64_t from, int64_t i, int64_t p, int64_t j,
                      const struct vjp_solved *solved)
{
    keep(t, element_of(t->work, from + i, p * t->work->smaller_panel + j), solved);
    t->open[j] &= ~(UINT64_C(1) << i);
}

/* S is there from the product. */
static double scale_at(const struct vjp_solution_bench *t, int64_t i, int64_t j)
{
    return t->products.s[i * t->products.ld + j];
}

/* The open ones of the lanes from column j on, where a vector of the larger side has more than one. */
static void sum_lanes(struct vjp_solution_bench *t, int64_t from, int64_t p, int64_t j,
                      int64_t cols)
{
    const struct vjp_solution_work *w = t->work;
    const int64_t lanes = cols - j < VJP_BLOCK_LANES ? cols - j : VJP_BLOCK_LANES;
    uint64_t one = 0, more = 0;
    for (int64_t lane = 0; lane < lanes; lane++) {
        more |= one & t->open[j + lane];
        one |= t->open[j + lane];
    }
    for (; more; more &= more - 1) {
        const int64_t i = __builtin_ctzll(more);
        struct vjp_solved solved[VJP_BLOCK_LANES] = {{0}};
        for (int64_t lane = 0; lane < lanes; lane++)
            solved[lane].scale = scale_at(t, i, j + lane);
        const unsigned known = vjp_element_sums(
            t->accumulator, w->dtype, vjp_block_get(&t->block, i, t->a),
            vjp_block_lanes(&w->panel[p], j), w->solution->contraction.terms, solved);
        for (int64_t lane = 0; lane < lanes; lane++) {
            if (known >> lane & 1 && t->open[j + lane] >> i & 1)
                keep_open(t, from, i, p, j + lane, &solved[lane]);
        }
    }
}

/* Sums the elements that mend_row left, short ones of numbers: those that lie side by side in the panel at once, the others
 * column by column, for a vector of the smaller side is scattered in its panel. */
static void sum_open(struct vjp_solution_bench *t, int64_t from, int64_t p, int64_t cols)
{
    const struct vjp_solution_work *w = t->work;
    const int64_t terms = w->solution->contraction.terms;
    for (int64_t j = 0; j < cols && terms <= VJP_ACCUMULATOR_TERMS; j += VJP_BLOCK_LANES)
        sum_lanes(t, from, p, j, cols);
    for (int64_t j = 0; j < cols; j++) {
        const double *b = t->open[j] ? vjp_block_get(&w->panel[p], j, t->b) : NULL;
        while (t->open[j]) {
            const int64_t i = __builtin_ctzll(t->open[j]);
            struct vjp_solved solved = {.scale = scale_at(t, i, j)};
            vjp_element_sum(t->accumulator, w->dtype, vjp_block_get(&t->block, i, t->a), b, terms,
                            &solved);
            keep_open(t, from, i, p, j, &solved);
        }
    }
}

/* The fast product and the filter for a panel of either side. */
static void take_panels(struct vjp_solution_bench *t, int64_t from, int64_t rows, int64_t p)
{
    const struct vjp_solution_work *w = t->work;
    const int64_t left = w->smaller - p * w->smaller_panel;
    const int64_t cols = left < w->smaller_panel ? left : w->smaller_panel;
    const struct vjp_filter filter = {
        .left = &t->block, .right = &w->panel[p], .products = &t->products, .dtype = w->dtype};
    vjp_block_product(&t->block, rows, &w->panel[p], cols, &t->products);
    for (int64_t i = 0; i < rows; i++) {
        const struct row row = row_of(w, from, i, p, cols);
        struct vjp_filtered found = storage_of(t, &row);
        vjp_filter_row(&filter, i, cols, &found);
        copy_row(t, i, p, &row, &found);
        mend_row(t, from, i, p, &found, cols);
    }
    sum_open(t, from, p, cols);
}

static void take_vectors(struct vjp_solution_bench *t, int64_t from, int64_t rows)
{
    const struct vjp_solution_work *w = t->work;
    for (int64_t i = 0; i < rows && !w->apart; i++) {
        vjp_solution_read(w, true, from + i, t->a);
        vjp_block_set(&t->block, i, t->a);
    }
    for (int64_t p = 0; p < w->n_smaller_panels && !w->apart; p++)
        take_panels(t, from, rows, p);
    for (int64_t i = from; i < from + rows && w->apart; i++) {
        for (int64_t j = 0; j < w->smaller; j++)
            solve_apart(t, i, j, false);
    }
}

void vjp_solution_bench_run(struct vjp_solution_bench *t)
{
    struct vjp_solution_work *w = t->work;
    for (int64_t from;
         (from = __atomic_fetch_add(&w->next, w->larger_panel, __ATOMIC_RELAXED)) < w->larger;) {
        const int64_t left = w->larger - from;
        const int64_t rows = left < w->larger_panel ? left : w->larger_panel;
        take_vectors(t, from, rows);
    }
}

void vjp_solution_bench_clear(struct vjp_solution_bench *t)
{
    vjp_block_clear(&t->block);
    vjp_accumulator_destroy(t->accumulator);
    free(t->products.c);
    free(t->products.lo);
    free(t->products.s);
    free(t->row.bits);
    free(t->row.tail);
    free(t->row.by);
    free(t->row.open);
    free(t->open);
    free(t->a);
    free(t->b);
}

enum vjp_status vjp_solution_bench_init(struct vjp_solution_bench *t, struct vjp_solution_work *w,
                                        struct vjp_error *error)
{
    const int64_t terms = w->solution->contraction.terms;
    const size_t cols = (size_t)w->smaller_panel;
    const size_t results = (size_t)w->larger_panel * cols;
    *t = (struct vjp_solution_bench){.work = w};
    enum vjp_status status = VJP_OK;
    if (!w->apart)
        status =
            vjp_block_init(&t->block, VJP_BLOCK_LEFT, w->elements, w->larger_panel, terms, error);
    if (status == VJP_OK)
        status = vjp_accumulator_create(w->dtype, false, &t->accumulator, error);
    if (status != VJP_OK)
        return status;
    t->products = (struct vjp_products){.c = malloc(results * sizeof(double)),
                                        .lo = malloc(results * sizeof(double)),
                                        .s = malloc(results * sizeof(double)),
                                        .ld = w->smaller_panel};
    t->row = (struct vjp_filtered){.bits = malloc(cols * sizeof(double)),
                                   .tail = malloc(cols * sizeof(double)),
                                   .by = malloc(cols),
                                   .open = malloc(cols * sizeof(int64_t))};
    t->open = calloc(cols, sizeof *t->open);
    t->a = malloc(((size_t)terms + 1) * sizeof *t->a);
    t->b = malloc(((size_t)terms + 1) * sizeof *t->b);
    return t->products.c && t->products.lo && t->products.s && t->row.bits && t->row.tail &&
                   t->row.by && t->row.open && t->open && t->a && t->b
               ? VJP_OK
               : vjp_fail(error, VJP_ERR_MEMORY, "no memory for an exact contraction");
}
