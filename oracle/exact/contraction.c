/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/contraction.h"

#include "oracle/exact/form.h"

#include <assert.h>
#include <stdlib.h>

/* An axis of an operand: its index is (step dim + tap_step tap + first) / divisor. */
struct axis {
    int dim, tap; /* tap: VJP_FORM_NONE without */
    int64_t step, tap_step, first, divisor;
    int64_t size, stride;
};

struct axes {
    int n;
    struct axis axis[VJP_RANK_MAX];
};

static void find_axes(const struct vjp_form *form, int operand, struct axes *out)
{
    const struct vjp_form_operand *o = &form->operand[operand];
    int64_t stride = 1;
    out->n = o->n_axes;
    for (int d = o->n_axes - 1; d >= 0; d--) {
        const struct vjp_form_axis *a = &o->axis[d];
        out->axis[d] =
            (struct axis){a->dim, a->tap, a->step, a->tap_step, a->first, 1, a->size, stride};
        stride *= a->size;
    }
}

static bool is_plain(const struct axis *a)
{
    return a->tap == VJP_FORM_NONE;
}

/* What the gradient is summed over and what it has, and how its two factors lie in that. */
struct problem {
    int n_dims;
    int64_t dim[VJP_MAX_DIMS];
    struct axes left, right, g;
};

/* g has a window, h = step i + tap_step r + first: h takes the place of dimension i, and where dy had i it has
 * now i = (h - tap_step r - first) / step. */
static void invert_window(struct problem *p, struct axis *window)
{
    const int dim = window->dim;
    for (int d = 0; d < p->left.n; d++) {
        struct axis *a = &p->left.axis[d];
        if (a->dim != dim)
            continue;
        assert(is_plain(a) && window->divisor == 1);
        a->tap = window->tap;
        a->tap_step = -window->tap_step;
        a->first = -window->first;
        a->divisor = window->step;
    }
    p->dim[dim] = window->size;
    *window = (struct axis){dim, VJP_FORM_NONE, 1, 0, 0, 1, window->size, window->stride};
}

static bool has_dim(const struct axes *axes, int dim)
{
    for (int d = 0; d < axes->n; d++) {
        if (axes->axis[d].dim == dim || axes->axis[d].tap == dim)
            return true;
    }
    return false;
}

/* The other factor of the term that input i stands in. */
static int other_factor(const struct vjp_form *form, int i)
{
    for (int t = 0; t < form->n_terms; t++) {
        if (form->term[t].a == i)
            return form->term[t].b;
        if (form->term[t].b == i)
            return form->term[t].a;
    }
    return VJP_FORM_NONE;
}

static void set_problem(struct problem *p, const struct vjp_form *form, int n_inputs, int i)
{
    const int other = other_factor(form, i);
    *p = (struct problem){.n_dims = form->n_dims};
    for (int d = 0; d < form->n_dims; d++)
        p->dim[d] = form->dim[d];
    find_axes(form, n_inputs, &p->left);
    find_axes(form, i, &p->g);
    if (other != VJP_FORM_NONE)
        find_axes(form, other, &p->right);
    for (int d = 0; d < p->g.n; d++) {
        if (!is_plain(&p->g.axis[d]))
            invert_window(p, &p->g.axis[d]);
    }
}

/* Dimensions that are gone through together, the last one fastest. */
struct loop {
    int dim[VJP_MAX_DIMS];
    int n;
    int64_t count;
};

static void add_to_loop(struct loop *loop, const struct problem *p, int dim)
{
    loop->dim[loop->n++] = dim;
    loop->count *= p->dim[dim]; /* of a valid case: no product overflows */
}

struct loops {
    struct loop batch, row, col, term;
};

static void set_loops(struct loops *l, const struct problem *p)
{
    const struct loop none = {.count = 1};
    *l = (struct loops){none, none, none, none};
    for (int d = 0; d < p->n_dims; d++) {
        const bool g = has_dim(&p->g, d), left = has_dim(&p->left, d);
        const bool right = has_dim(&p->right, d);
        if (!g && !left && !right)
            continue;
        add_to_loop(!g ? &l->term : left && right ? &l->batch : left ? &l->row : &l->col, p, d);
    }
}

/* How far a step along a dimension goes in a loop; 0 where it is none of the loop's. */
static int64_t step_of(const struct problem *p, const struct loop *loop, int dim)
{
    int64_t step = 1;
    for (int d = loop->n - 1; d >= 0; d--) {
        if (loop->dim[d] == dim)
            return step;
        step *= p->dim[loop->dim[d]];
    }
    return 0;
}

/* The sum of weight[d] times dimension d's index, at each step of the loop; NULL: no memory. */
static int64_t *tabulate(const struct problem *p, const struct loop *loop,
                         const int64_t weight[VJP_MAX_DIMS])
{
    int64_t *table = malloc(((size_t)loop->count + 1) * sizeof *table);
    for (int64_t i = 0; table && i < loop->count; i++) {
        int64_t rest = i;
        table[i] = 0;
        for (int d = loop->n - 1; d >= 0; d--) {
            const int64_t size = p->dim[loop->dim[d]];
            table[i] += rest % size * weight[loop->dim[d]];
            rest /= size;
        }
    }
    return table;
}

/* What the plain axes weigh. */
static void weigh(const struct axes *axes, int64_t weight[VJP_MAX_DIMS])
{
    for (int d = 0; d < VJP_MAX_DIMS; d++)
        weight[d] = 0;
    for (int d = 0; d < axes->n; d++) {
        if (is_plain(&axes->axis[d]))
            weight[axes->axis[d].dim] = axes->axis[d].stride;
    }
}

static bool init_window(struct vjp_contraction_window *w, const struct problem *p,
                        const struct axis *a, const struct loops *l, const struct loop *vector)
{
    int64_t weight[VJP_MAX_DIMS] = {0};
    weight[a->dim] = a->step;
    weight[a->tap] = a->tap_step;
    *w = (struct vjp_contraction_window){.batch = tabulate(p, &l->batch, weight),
                                         .vector = tabulate(p, vector, weight),
                                         .term = tabulate(p, &l->term, weight),
                                         .divisor = a->divisor,
                                         .size = a->size,
                                         .stride = a->stride};
    for (int64_t i = 0; w->vector && i < vector->count; i++)
        w->vector[i] += a->first;
    return w->batch && w->vector && w->term;
}

static bool init_factor(struct vjp_contraction_factor *f, const struct problem *p,
                        const struct axes *axes, const struct loops *l, const struct loop *vector)
{
    int64_t weight[VJP_MAX_DIMS];
    bool complete = true;
    weigh(axes, weight);
    f->batch = tabulate(p, &l->batch, weight);
    f->vector = tabulate(p, vector, weight);
    f->term = tabulate(p, &l->term, weight);
    for (int d = 0; d < axes->n; d++) {
        if (is_plain(&axes->axis[d]))
            continue;
        assert(f->n_windows < VJP_CONTRACTION_WINDOWS_MAX);
        complete &= init_window(&f->window[f->n_windows++], p, &axes->axis[d], l, vector);
    }
    return complete && f->batch && f->vector && f->term;
}

static void clear_factor(struct vjp_contraction_factor *f)
{
    free(f->batch);
    free(f->vector);
    free(f->term);
    for (int i = 0; i < f->n_windows; i++) {
        free(f->window[i].batch);
        free(f->window[i].vector);
        free(f->window[i].term);
    }
}

static bool init_out(struct vjp_contraction *r, const struct problem *p, const struct loops *l)
{
    int64_t weight[VJP_MAX_DIMS];
    weigh(&p->g, weight);
    r->out_batch = tabulate(p, &l->batch, weight);
    r->out_row = tabulate(p, &l->row, weight);
    r->out_col = tabulate(p, &l->col, weight);
    r->n_axes = p->g.n;
    for (int d = 0; d < p->g.n; d++) {
        const struct axis *a = &p->g.axis[d];
        r->axis[d] = (struct vjp_contraction_axis){a->stride,
                                                   a->size,
                                                   {step_of(p, &l->batch, a->dim),
                                                    step_of(p, &l->row, a->dim),
                                                    step_of(p, &l->col, a->dim)}};
    }
    return r->out_batch && r->out_row && r->out_col;
}

enum vjp_status vjp_contraction_init(struct vjp_contraction *out, const struct vjp_case *c,
                                     const struct vjp_data *data, int i, struct vjp_error *error)
{
    struct vjp_form form;
    struct problem p;
    struct loops l;
    const bool has_form = vjp_form_find(c, &form);
    const int other = other_factor(&form, i);
    assert(has_form);
    (void)has_form;
    set_problem(&p, &form, c->spec->n_inputs, i);
    set_loops(&l, &p);
    struct vjp_contraction r = {
        .left.tensor = &data->slot[vjp_slot_cotangent(c->spec)],
        .right.tensor = other == VJP_FORM_NONE ? NULL : &data->slot[other],
        .batches = l.batch.count,
        .rows = l.row.count,
        .cols = l.col.count,
        .terms = l.term.count,
    };
    const bool left = init_factor(&r.left, &p, &p.left, &l, &l.row);
    const bool right = init_factor(&r.right, &p, &p.right, &l, &l.col);
    if (!init_out(&r, &p, &l) || !left || !right) {
        vjp_contraction_clear(&r);
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a contraction");
    }
    *out = r;
    return VJP_OK;
}

void vjp_contraction_clear(struct vjp_contraction *r)
{
    clear_factor(&r->left);
    clear_factor(&r->right);
    free(r->out_batch);
    free(r->out_row);
    free(r->out_col);
    *r = (struct vjp_contraction){0};
}

struct vjp_contraction_place vjp_contraction_find(const struct vjp_contraction *r, int64_t e)
{
    struct vjp_contraction_place place = {0};
    for (int d = 0; d < r->n_axes; d++) {
        const struct vjp_contraction_axis *axis = &r->axis[d];
        const int64_t at = e / axis->stride % axis->size;
        place.batch += at * axis->step.batch;
        place.row += at * axis->step.row;
        place.col += at * axis->step.col;
    }
    return place;
}

/* The offset of a vector's term k, behind the vector's start; false where there is none. base holds the sum of
 * each window for the vector. */
static bool find_term(const struct vjp_contraction_factor *f, const int64_t *base, int64_t k,
                      int64_t *offset)
{
    *offset = f->term[k];
    for (int i = 0; i < f->n_windows; i++) {
        const struct vjp_contraction_window *w = &f->window[i];
        const int64_t sum = base[i] + w->term[k];
        const int64_t index = w->divisor == 1 ? sum : sum / w->divisor;
        if (sum < 0 || index >= w->size || index * w->divisor != sum)
            return false;
        *offset += index * w->stride;
    }
    return true;
}

static void start_windows(const struct vjp_contraction_factor *f, int64_t batch, int64_t vector,
                          int64_t base[VJP_CONTRACTION_WINDOWS_MAX])
{
    for (int i = 0; i < f->n_windows; i++)
        base[i] = f->window[i].batch[batch] + f->window[i].vector[vector];
}

static void read_plain(const struct vjp_contraction_factor *f, int64_t start, int64_t terms,
                       double *out)
{
    const enum vjp_dtype dtype = f->tensor->dtype;
    if (dtype == VJP_F32) {
        const float *data = (const float *)f->tensor->data + start;
        for (int64_t k = 0; k < terms; k++)
            out[k] = data[f->term[k]];
    } else if (dtype == VJP_F64) {
        const double *data = (const double *)f->tensor->data + start;
        for (int64_t k = 0; k < terms; k++)
            out[k] = data[f->term[k]];
    } else {
        for (int64_t k = 0; k < terms; k++)
            out[k] = vjp_bits_to_double(dtype, vjp_tensor_get(f->tensor, start + f->term[k]));
    }
}

static void read_windows(const struct vjp_contraction_factor *f, int64_t batch, int64_t vector,
                         int64_t terms, double *out)
{
    const int64_t start = f->batch[batch] + f->vector[vector];
    int64_t base[VJP_CONTRACTION_WINDOWS_MAX], offset;
    start_windows(f, batch, vector, base);
    for (int64_t k = 0; k < terms; k++) {
        const bool there = find_term(f, base, k, &offset);
        out[k] =
            there ? vjp_bits_to_double(f->tensor->dtype, vjp_tensor_get(f->tensor, start + offset))
                  : 0;
    }
}

static void read_vector(const struct vjp_contraction_factor *f, int64_t batch, int64_t vector,
                        int64_t terms, double *out)
{
    if (!f->tensor) {
        for (int64_t k = 0; k < terms; k++)
            out[k] = 1;
        return;
    }
    if (f->n_windows > 0)
        read_windows(f, batch, vector, terms, out);
    else
        read_plain(f, f->batch[batch] + f->vector[vector], terms, out);
}

void vjp_contraction_left(const struct vjp_contraction *r, int64_t batch, int64_t row, double *out)
{
    read_vector(&r->left, batch, row, r->terms, out);
}

void vjp_contraction_right(const struct vjp_contraction *r, int64_t batch, int64_t col, double *out)
{
    read_vector(&r->right, batch, col, r->terms, out);
}

/* Sets numbers to 0 where the factor has no term. */
static void drop(const struct vjp_contraction_factor *f, int64_t batch, int64_t vector,
                 int64_t terms, double *a, double *b)
{
    int64_t base[VJP_CONTRACTION_WINDOWS_MAX], offset;
    start_windows(f, batch, vector, base);
    for (int64_t k = 0; f->n_windows > 0 && k < terms; k++) {
        if (!find_term(f, base, k, &offset))
            a[k] = b[k] = 0;
    }
}

void vjp_contraction_drop(const struct vjp_contraction *r,
                          const struct vjp_contraction_place *place, double *left, double *right)
{
    drop(&r->left, place->batch, place->row, r->terms, left, right);
    drop(&r->right, place->batch, place->col, r->terms, left, right);
}
