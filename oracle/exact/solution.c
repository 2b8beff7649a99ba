/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/solution.h"

#include "cases/base/memory.h"
#include "oracle/exact/element.h"
#include "oracle/exact/filter.h"
#include "oracle/exact/magnitude.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Vectors of a panel: as many as a second-level cache of 1 MiB has room for on the larger side, some
 * times that on the smaller one, whose panels are packed once and stay; in whole tiles. */
#define LARGER_BYTES  (INT64_C(5) << 18)
#define SMALLER_BYTES (INT64_C(3) << 20)
#define LARGER_MIN    6
#define LARGER_MAX    48
#define SMALLER_MIN   16
#define SMALLER_MAX   512
#define PACKED_BYTES  12 /* of an element: a double and a float */

static int64_t panel_size(int64_t bytes, int64_t terms, int64_t min, int64_t max)
{
    const int64_t fit = bytes / (PACKED_BYTES * (terms + 1)) / min * min;
    return fit < min ? min : fit > max ? max : fit;
}

/* What all threads work on: one batch. */
struct work {
    struct vjp_solution *solution;
    const struct vjp_tensor *old;
    enum vjp_dtype dtype;
    enum vjp_block_elements elements;
    bool
        swapped; /* the larger side, which blocks have on the left, is the columns; else the rows */
    int64_t batch;
    int64_t larger, smaller; /* vectors of either side */
    int64_t larger_panel, smaller_panel;
    int64_t n_smaller_panels;
    struct vjp_block *panel; /* the smaller side, all of it */
    _Atomic int64_t next;    /* the first vector of the larger side that no thread has */
};

/* What a thread has of its own. */
struct bench {
    struct work *work;
    struct vjp_block block; /* a panel of the larger side */
    struct vjp_products products;
    struct vjp_filtered row; /* for rows whose elements the solution has in other places */
    struct vjp_accumulator *accumulator;
    double *a, *b; /* a vector each */
    int64_t settled[VJP_SETTLED_COUNT];
};

static void read_side(const struct work *w, bool larger, int64_t vector, double *out)
{
    const struct vjp_contraction *r = &w->solution->contraction;
    if (larger == w->swapped)
        vjp_contraction_right(r, w->batch, vector, out);
    else
        vjp_contraction_left(r, w->batch, vector, out);
}

static int64_t element_of(const struct work *w, int64_t larger, int64_t smaller)
{
    const struct vjp_contraction *r = &w->solution->contraction;
    return r->out_batch[w->batch] + r->out_row[w->swapped ? smaller : larger] +
           r->out_col[w->swapped ? larger : smaller];
}

/* Where along the smaller side an element is: offsets that grow. */
static const int64_t *out_of_smaller(const struct work *w)
{
    const struct vjp_contraction *r = &w->solution->contraction;
    return w->swapped ? r->out_row : r->out_col;
}

static double old_value(const struct work *w, int64_t element)
{
    return w->old ? vjp_bits_to_double(w->dtype, vjp_tensor_get(w->old, element)) : 0;
}

static void settle(struct bench *t, int64_t element, enum vjp_settled_by by)
{
    t->work->solution->settled_by[element] = (uint8_t)by;
    t->settled[by]++;
}

/* The element of vectors t->a and t->b on its own. is_known: both are finite, nothing is to be added to, and S is
 * there from the product. */
static void solve_element(struct bench *t, int64_t element, bool is_known)
{
    const struct work *w = t->work;
    struct vjp_solution *s = w->solution;
    const int64_t terms = s->contraction.terms;
    struct vjp_solved solved = {.scale = s->scale[element]};
    if (is_known)
        vjp_element_sum(t->accumulator, w->dtype, t->a, t->b, terms, &solved);
    else
        vjp_element_solve(t->accumulator, w->dtype, t->a, t->b, terms, old_value(w, element),
                          &solved);
    vjp_tensor_set(&s->rounded, element, solved.bits);
    s->tail[element] = solved.tail;
    s->scale[element] = solved.scale;
    settle(t, element, solved.is_special ? VJP_SETTLED_SPECIAL : VJP_SETTLED_ACCUMULATOR);
}

/* Where the error of a long product, absolute in scaled units, is more than this part of s, the filter may
 * know how an element rounds and not well enough what it is; and where a vector's reach is extreme s is not
 * known. Such elements go to the accumulator. */
#define LONG_ERROR 0x1p-75

static bool is_vague(const struct work *w, double s, bool extreme)
{
    return w->elements == VJP_BLOCK_LONG &&
           (extreme || !(vjp_block_error_long(w->solution->contraction.terms) <= LONG_ERROR * s));
}

/* The elements of a row: those of one vector of the larger side and of cols of the smaller. */
struct row {
    int64_t first;      /* its first element */
    const int64_t *out; /* element first + out[j] - out[0] is that of column j */
    int64_t cols;
    bool is_run; /* they lie one after the other */
};

/* Of vector i of the larger panel, which begins at from, and smaller panel p. */
static struct row row_of(const struct work *w, int64_t from, int64_t i, int64_t p, int64_t cols)
{
    const int64_t *out = out_of_smaller(w) + p * w->smaller_panel;
    return (struct row){.first = element_of(w, from + i, p * w->smaller_panel),
                        .out = out,
                        .cols = cols,
                        .is_run = cols == 0 || out[cols - 1] - out[0] == cols - 1};
}

/* Where the filter writes: in the solution, where that has the row's elements one after the other. */
static struct vjp_filtered storage_of(const struct bench *t, const struct row *row)
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
static void copy_row(struct bench *t, int64_t i, int64_t p, const struct row *row,
                     const struct vjp_filtered *found)
{
    const struct work *w = t->work;
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
static void drop_absent(struct bench *t, int64_t larger, int64_t smaller)
{
    const struct work *w = t->work;
    const struct vjp_contraction_place place = {w->batch, w->swapped ? smaller : larger,
                                                w->swapped ? larger : smaller};
    vjp_contraction_drop(&w->solution->contraction, &place, w->swapped ? t->b : t->a,
                         w->swapped ? t->a : t->b);
}

/* Settles what the filter left open, and what it knows not well enough. */
static void mend_row(struct bench *t, int64_t from, int64_t i, int64_t p,
                     const struct vjp_filtered *found, int64_t cols)
{
    const struct work *w = t->work;
    const struct vjp_block *right = &w->panel[p];
    const struct vjp_block_vector *v = &t->block.vectors[i];
    const double *scale = t->products.s + i * t->products.ld;
    const bool extreme = v->reach == VJP_REACH_EXTREME;
    int64_t n_open = 0;
    bool has_left = false; /* t->a is the larger side's vector */
    if (found->open_count == 0 && w->elements == VJP_BLOCK_SHORT)
        return;
    for (int64_t j = 0; j < cols; j++) {
        const bool open = n_open < found->open_count && found->open[n_open] == j;
        n_open += open;
        if (!open &&
            !is_vague(w, scale[j], extreme || right->vectors[j].reach == VJP_REACH_EXTREME))
            continue;
        const int64_t e = element_of(w, from + i, p * w->smaller_panel + j);
        if (!has_left)
            read_side(w, true, from + i, t->a);
        read_side(w, false, p * w->smaller_panel + j, t->b);
        has_left = v->is_finite && right->vectors[j].is_finite;
        if (!has_left)
            drop_absent(t, from + i, p * w->smaller_panel + j);
        t->settled[w->solution->settled_by[e]]--;
        solve_element(t, e, has_left && w->elements == VJP_BLOCK_SHORT && !w->old);
    }
}

/* What a filter that settles nothing would say. */
static void open_all(struct vjp_filtered *out, int64_t cols)
{
    out->products = 0;
    out->open_count = cols;
    for (int64_t j = 0; j < cols; j++) {
        out->open[j] = j;
        out->by[j] = VJP_SETTLED_FILTER;
    }
}

/* The fast product and the filter for a panel of either side. Under accumulate nothing is settled by
 * them: everything is left open. */
static void take_panels(struct bench *t, int64_t from, int64_t rows, int64_t p)
{
    const struct work *w = t->work;
    const int64_t left = w->smaller - p * w->smaller_panel;
    const int64_t cols = left < w->smaller_panel ? left : w->smaller_panel;
    const struct vjp_filter filter = {
        .left = &t->block, .right = &w->panel[p], .products = &t->products, .dtype = w->dtype};
    if (!w->old)
        vjp_block_product(&t->block, rows, &w->panel[p], cols, &t->products);
    for (int64_t i = 0; i < rows; i++) {
        const struct row row = row_of(w, from, i, p, cols);
        struct vjp_filtered found = storage_of(t, &row);
        if (w->old)
            open_all(&found, cols);
        else
            vjp_filter_row(&filter, i, cols, &found);
        copy_row(t, i, p, &row, &found);
        mend_row(t, from, i, p, &found, cols);
    }
}

static void *run_bench(void *env)
{
    struct bench *t = env;
    struct work *w = t->work;
    for (int64_t from; (from = atomic_fetch_add(&w->next, w->larger_panel)) < w->larger;) {
        const int64_t left = w->larger - from;
        const int64_t rows = left < w->larger_panel ? left : w->larger_panel;
        for (int64_t i = 0; i < rows; i++) {
            read_side(w, true, from + i, t->a);
            vjp_block_set(&t->block, i, t->a);
        }
        for (int64_t p = 0; p < w->n_smaller_panels; p++)
            take_panels(t, from, rows, p);
    }
    return NULL;
}

static void clear_bench(struct bench *t)
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
    free(t->a);
    free(t->b);
}

static enum vjp_status init_bench(struct bench *t, struct work *w, struct vjp_error *error)
{
    const int64_t terms = w->solution->contraction.terms;
    const size_t cols = (size_t)w->smaller_panel;
    const size_t results = (size_t)w->larger_panel * cols;
    *t = (struct bench){.work = w};
    enum vjp_status status =
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
    t->a = malloc(((size_t)terms + 1) * sizeof *t->a);
    t->b = malloc(((size_t)terms + 1) * sizeof *t->b);
    return t->products.c && t->products.lo && t->products.s && t->row.bits && t->row.tail &&
                   t->row.by && t->row.open && t->a && t->b
               ? VJP_OK
               : vjp_fail(error, VJP_ERR_MEMORY, "no memory for an exact contraction");
}

/* Packs the smaller side of the batch. scratch holds a vector. */
static void pack_smaller(struct work *w, double *scratch)
{
    for (int64_t j = 0; j < w->smaller; j++) {
        read_side(w, false, j, scratch);
        vjp_block_set(&w->panel[j / w->smaller_panel], j % w->smaller_panel, scratch);
    }
}

/* All batches, by the threads of the first jobs benches; the last thread is this one. */
static void run_all(struct work *w, struct bench *bench, int jobs)
{
    pthread_t thread[VJP_SOLUTION_JOBS_MAX];
    for (w->batch = 0; w->batch < w->solution->contraction.batches; w->batch++) {
        int started = 0;
        pack_smaller(w, bench[0].a);
        atomic_store(&w->next, 0);
        /* A thread that the system does not give is done without. */
        while (started < jobs - 1 &&
               pthread_create(&thread[started], NULL, run_bench, &bench[started + 1]) == 0)
            started++;
        run_bench(&bench[0]);
        for (int i = 0; i < started; i++)
            pthread_join(thread[i], NULL);
    }
    for (int i = 0; i < jobs; i++) {
        for (int by = 0; by < VJP_SETTLED_COUNT; by++)
            w->solution->settled[by] += bench[i].settled[by];
    }
}

static void plan(struct work *w)
{
    const struct vjp_contraction *r = &w->solution->contraction;
    w->swapped = r->cols > r->rows;
    /* Where the results are most of the work the smaller side is the one along which they lie in memory,
     * though it may be the larger one. */
    if (r->terms < r->rows && r->terms < r->cols)
        w->swapped = r->rows > 1 && r->out_row[1] - r->out_row[0] == 1;
    w->larger = w->swapped ? r->cols : r->rows;
    w->smaller = w->swapped ? r->rows : r->cols;
    w->larger_panel = panel_size(LARGER_BYTES, r->terms, LARGER_MIN, LARGER_MAX);
    w->smaller_panel = panel_size(SMALLER_BYTES, r->terms, SMALLER_MIN, SMALLER_MAX);
    w->n_smaller_panels = (w->smaller + w->smaller_panel - 1) / w->smaller_panel;
}

static enum vjp_status solve(struct vjp_solution *s, const struct vjp_tensor *old, int jobs,
                             struct vjp_error *error)
{
    struct work w = {.solution = s,
                     .old = old,
                     .dtype = s->rounded.dtype,
                     .elements = s->rounded.dtype == VJP_F64 ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT};
    struct bench bench[VJP_SOLUTION_JOBS_MAX] = {0};
    enum vjp_status status = VJP_OK;
    plan(&w);
    w.panel = calloc((size_t)w.n_smaller_panels + 1, sizeof *w.panel);
    if (!w.panel)
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for an exact contraction");
    for (int64_t p = 0; p < w.n_smaller_panels && status == VJP_OK; p++)
        status = vjp_block_init(&w.panel[p], VJP_BLOCK_RIGHT, w.elements, w.smaller_panel,
                                s->contraction.terms, error);
    for (int i = 0; i < jobs && status == VJP_OK; i++)
        status = init_bench(&bench[i], &w, error);
    if (status == VJP_OK)
        run_all(&w, bench, jobs);
    for (int i = 0; i < jobs; i++)
        clear_bench(&bench[i]);
    for (int64_t p = 0; w.panel && p < w.n_smaller_panels; p++)
        vjp_block_clear(&w.panel[p]);
    free(w.panel);
    return status;
}

enum vjp_status vjp_solution_create(const struct vjp_case *c, const struct vjp_data *data, int i,
                                    int jobs, struct vjp_solution *out, struct vjp_error *error)
{
    struct vjp_solution s = {0};
    struct vjp_shape shape;
    const struct vjp_tensor *old = &data->slot[vjp_slot_gradient(c->spec, i)];
    const int threads = jobs < VJP_SOLUTION_JOBS_MAX ? jobs : VJP_SOLUTION_JOBS_MAX;
    vjp_case_slot_shape(c, vjp_slot_gradient(c->spec, i), &shape);
    enum vjp_status status = vjp_contraction_init(&s.contraction, c, data, i, error);
    if (status == VJP_OK)
        status = vjp_tensor_init(&s.rounded, c->dtype, &shape, error);
    if (status == VJP_OK) {
        s.tail = vjp_zeros(s.rounded.count, sizeof *s.tail);
        s.scale = vjp_zeros(s.rounded.count, sizeof *s.scale);
        s.settled_by = vjp_zeros(s.rounded.count, sizeof *s.settled_by);
        if (!s.tail || !s.scale || !s.settled_by)
            status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for an exact gradient");
    }
    if (status == VJP_OK)
        status = solve(&s, old->data ? old : NULL, threads, error);
    if (status == VJP_OK)
        *out = s;
    else
        vjp_solution_clear(&s);
    return status;
}

double vjp_solution_error(const struct vjp_solution *solution)
{
    /* The accumulator's 64 bits, and the rounding of a tail, are far below either. */
    return solution->rounded.dtype == VJP_F64
               ? 0x1p-62
               : vjp_block_error(solution->contraction.terms) + 0x1p-62;
}

void vjp_solution_clear(struct vjp_solution *solution)
{
    vjp_contraction_clear(&solution->contraction);
    vjp_tensor_clear(&solution->rounded);
    free(solution->tail);
    free(solution->scale);
    free(solution->settled_by);
    *solution = (struct vjp_solution){0};
}
