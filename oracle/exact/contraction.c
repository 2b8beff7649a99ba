/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/contraction.h"

#include "oracle/exact/form.h"

#include <assert.h>
#include <stdlib.h>

/* A tensor's axes: the stride of each of the case's dimensions, and whether it has it. */
struct axes {
    int64_t stride[VJP_MAX_DIMS];
    bool has[VJP_MAX_DIMS];
};

/* Input i of the case's layer, or for i = n_inputs the output. */
static void find_axes(const struct vjp_case *c, int i, struct axes *out)
{
    struct vjp_shape shape;
    int axis_dim[VJP_RANK_MAX];
    int64_t stride = 1;
    *out = (struct axes){0};
    c->spec->shape(c, i, &shape, axis_dim);
    for (int d = shape.rank - 1; d >= 0; d--) {
        assert(axis_dim[d] >= 0);
        out->stride[axis_dim[d]] = stride;
        out->has[axis_dim[d]] = true;
        stride *= shape.dim[d];
    }
}

/* Dimensions that are gone through together, the last one fastest. */
struct loop {
    int dim[VJP_MAX_DIMS];
    int n;
};

static int64_t count_loop(const struct vjp_case *c, const struct loop *loop)
{
    int64_t count = 1;
    for (int d = 0; d < loop->n; d++)
        count *= c->dim[loop->dim[d]]; /* of a valid case: no product overflows */
    return count;
}

/* The offset in a tensor of each step of the loop; NULL: no memory. */
static int64_t *make_offsets(const struct vjp_case *c, const struct loop *loop,
                             const struct axes *axes)
{
    const int64_t count = count_loop(c, loop);
    int64_t *offset = malloc(((size_t)count + 1) * sizeof *offset);
    for (int64_t i = 0; offset && i < count; i++) {
        int64_t rest = i;
        offset[i] = 0;
        for (int d = loop->n - 1; d >= 0; d--) {
            const int64_t size = c->dim[loop->dim[d]];
            offset[i] += rest % size * axes->stride[loop->dim[d]];
            rest /= size;
        }
    }
    return offset;
}

/* How far a step along a dimension goes in a loop; 0 where it is none of the loop's. */
static int64_t step_of(const struct vjp_case *c, const struct loop *loop, int dim)
{
    int64_t step = 1;
    for (int d = loop->n - 1; d >= 0; d--) {
        if (loop->dim[d] == dim)
            return step;
        step *= c->dim[loop->dim[d]];
    }
    return 0;
}

static void set_axes(struct vjp_contraction *r, const struct vjp_case *c, int i,
                     const struct loop *batch, const struct loop *row, const struct loop *col)
{
    struct vjp_shape shape;
    int axis_dim[VJP_RANK_MAX];
    int64_t stride = 1;
    c->spec->shape(c, i, &shape, axis_dim);
    r->n_axes = shape.rank;
    for (int d = shape.rank - 1; d >= 0; d--) {
        const int dim = axis_dim[d];
        r->axis[d] = (struct vjp_contraction_axis){
            stride,
            shape.dim[d],
            {step_of(c, batch, dim), step_of(c, row, dim), step_of(c, col, dim)}};
        stride *= shape.dim[d];
    }
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

bool vjp_contraction_exists(const struct vjp_spec *spec)
{
    return vjp_form_find(spec) != NULL;
}

enum vjp_status vjp_contraction_init(struct vjp_contraction *out, const struct vjp_case *c,
                                     const struct vjp_data *data, int i, struct vjp_error *error)
{
    const int other = other_factor(vjp_form_find(c->spec), i);
    struct vjp_contraction r = {.left = &data->slot[vjp_slot_cotangent(c->spec)],
                                .right = other >= 0 ? &data->slot[other] : NULL};
    struct axes left, right = {0}, g;
    struct loop batch = {0}, row = {0}, col = {0}, term = {0};
    find_axes(c, c->spec->n_inputs, &left);
    find_axes(c, i, &g);
    if (other >= 0)
        find_axes(c, other, &right);
    for (int d = 0; d < c->spec->n_dims; d++) {
        struct loop *loop = !g.has[d]                     ? &term
                            : left.has[d] && right.has[d] ? &batch
                            : left.has[d]                 ? &row
                                                          : &col;
        if (g.has[d] || left.has[d] || right.has[d])
            loop->dim[loop->n++] = d;
    }
    set_axes(&r, c, i, &batch, &row, &col);
    r.batches = count_loop(c, &batch);
    r.rows = count_loop(c, &row);
    r.cols = count_loop(c, &col);
    r.terms = count_loop(c, &term);
    r.left_batch = make_offsets(c, &batch, &left);
    r.left_row = make_offsets(c, &row, &left);
    r.left_term = make_offsets(c, &term, &left);
    r.right_batch = make_offsets(c, &batch, &right);
    r.right_col = make_offsets(c, &col, &right);
    r.right_term = make_offsets(c, &term, &right);
    r.out_batch = make_offsets(c, &batch, &g);
    r.out_row = make_offsets(c, &row, &g);
    r.out_col = make_offsets(c, &col, &g);
    if (!r.left_batch || !r.left_row || !r.left_term || !r.right_batch || !r.right_col ||
        !r.right_term || !r.out_batch || !r.out_row || !r.out_col) {
        vjp_contraction_clear(&r);
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a contraction");
    }
    *out = r;
    return VJP_OK;
}

void vjp_contraction_clear(struct vjp_contraction *r)
{
    free(r->left_batch);
    free(r->left_row);
    free(r->left_term);
    free(r->right_batch);
    free(r->right_col);
    free(r->right_term);
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

static void read_vector(const struct vjp_tensor *from, int64_t start, const int64_t *offset,
                        int64_t n, double *out)
{
    if (from->dtype == VJP_F32) {
        const float *data = (const float *)from->data + start;
        for (int64_t k = 0; k < n; k++)
            out[k] = data[offset[k]];
    } else if (from->dtype == VJP_F64) {
        const double *data = (const double *)from->data + start;
        for (int64_t k = 0; k < n; k++)
            out[k] = data[offset[k]];
    } else {
        for (int64_t k = 0; k < n; k++)
            out[k] = vjp_bits_to_double(from->dtype, vjp_tensor_get(from, start + offset[k]));
    }
}

void vjp_contraction_left(const struct vjp_contraction *r, int64_t batch, int64_t row, double *out)
{
    read_vector(r->left, r->left_batch[batch] + r->left_row[row], r->left_term, r->terms, out);
}

void vjp_contraction_right(const struct vjp_contraction *r, int64_t batch, int64_t col, double *out)
{
    if (r->right)
        read_vector(r->right, r->right_batch[batch] + r->right_col[col], r->right_term, r->terms,
                    out);
    for (int64_t k = 0; !r->right && k < r->terms; k++)
        out[k] = 1;
}
