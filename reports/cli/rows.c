/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/rows.h"

#include "cases/base/stream.h"
#include "cases/gen/generate.h"
#include "cases/spec/pipeline.h"
#include "oracle/metric/reference.h"

#include <inttypes.h>
#include <math.h>

/* A small case has this many coordinates of a dimension that is cut, of which the second and the last are kept: two,
 * so that they can get in each other's way, between others. */
#define SMALL_ROWS 4
static const int64_t small_kept[] = {1, 3};

/* Of other dimensions a small case has at most this many; more where the layer does not allow so few (windows). */
static const int64_t small_sizes[] = {2, 3, 5, 8, 12, 16};

/* A small case of the layer of c; dimensions in the set cut have SMALL_ROWS coordinates. */
static enum vjp_status make_small(const struct vjp_case *c, uint32_t cut, int64_t size,
                                  struct vjp_case *out, struct vjp_error *error)
{
    struct vjp_case small;
    enum vjp_status status = vjp_case_init(&small, c->spec, c->dtype, error);
    if (status != VJP_OK)
        return status;
    for (int a = 0; a < c->spec->n_attrs; a++) {
        small.attr[a] = c->attr[a];
        small.real[a] = c->real[a];
    }
    for (int d = 0; d < c->spec->n_dims; d++)
        small.dim[d] = cut >> d & 1 ? SMALL_ROWS : c->dim[d] < size ? c->dim[d] : size;
    status = vjp_case_settle(&small, error);
    if (status == VJP_OK)
        status = vjp_case_validate(&small, error);
    if (status == VJP_OK)
        status = vjp_reference_check(&small, error);
    if (status == VJP_OK)
        *out = small;
    else
        vjp_case_clear(&small);
    return status;
}

/* The correctly rounded gradients of the slot. */
static enum vjp_status list_rounded(const struct vjp_reference *reference, const struct vjp_case *c,
                                    int slot, struct vjp_tensor *out, struct vjp_error *error)
{
    struct vjp_shape shape;
    struct vjp_tensor tensor;
    vjp_case_slot_shape(c, slot, &shape);
    const enum vjp_status status = vjp_tensor_init(&tensor, c->dtype, &shape, error);
    if (status != VJP_OK)
        return status;
    for (int64_t i = 0; i < tensor.count; i++)
        vjp_tensor_set(&tensor, i, vjp_reference_rounded(reference, slot, i));
    *out = tensor;
    return VJP_OK;
}

/* Whether the gradient of the whole case is that of the part, and 0 elsewhere. */
static enum vjp_status is_same_gradient(const struct vjp_excerpt *e, const struct vjp_case *c,
                                        const struct vjp_reference *const reference[2], int slot,
                                        bool *same, bool *telling, struct vjp_error *error)
{
    struct vjp_tensor whole = {0}, part = {0}, cut = {0};
    enum vjp_status status = list_rounded(reference[0], c, slot, &whole, error);
    if (status == VJP_OK)
        status = list_rounded(reference[1], &e->c, slot, &part, error);
    if (status == VJP_OK)
        status = vjp_excerpt_cut(e, c, slot, &whole, &cut, error);
    if (status == VJP_OK) {
        *same = *same && vjp_excerpt_find_stray(e, c, slot, &whole, NULL) < 0;
        for (int64_t i = 0; i < part.count; i++) {
            const double value = vjp_bits_to_double(c->dtype, vjp_tensor_get(&part, i));
            *same = *same && value == vjp_bits_to_double(c->dtype, vjp_tensor_get(&cut, i));
            *telling = *telling || value != 0;
        }
    }
    vjp_tensor_clear(&whole);
    vjp_tensor_clear(&part);
    vjp_tensor_clear(&cut);
    return status;
}

/* Whether the oracle says the same of the small case as a whole, with the cotangent silenced, and of its excerpt. */
static enum vjp_status compare(const struct vjp_excerpt *e, const struct vjp_case *c, bool *same,
                               struct vjp_error *error)
{
    static const struct vjp_kinks any_side = {VJP_POINT_ANY, VJP_TIE_ANY};
    const int dy = vjp_slot_cotangent(c->spec);
    struct vjp_data data = {0}, part = {0};
    struct vjp_reference *reference[2] = {NULL, NULL};
    struct vjp_error unused;
    bool telling = false;
    enum vjp_status status = vjp_data_generate(c, &data, error);
    if (status == VJP_OK) {
        vjp_excerpt_silence(e, c, dy, &data.slot[dy]);
        status = vjp_excerpt_cut_data(e, c, &data, &part, error);
    }
    if (status == VJP_OK)
        status = vjp_reference_create_rounded(c, &data, any_side, false, &reference[0], error);
    if (status == VJP_OK && vjp_data_check(&e->c, &part, &unused) != VJP_OK)
        *same = false; /* an index of what was cut off */
    if (status == VJP_OK && *same)
        status = vjp_reference_create_rounded(&e->c, &part, any_side, false, &reference[1], error);
    for (int slot = dy + 1; slot < vjp_slot_count(c->spec) && status == VJP_OK && *same; slot++) {
        const struct vjp_reference *const both[] = {reference[0], reference[1]};
        if (vjp_case_has_slot(c, slot))
            status = is_same_gradient(e, c, both, slot, same, &telling, error);
    }
    *same = *same && telling;
    vjp_reference_destroy(reference[0]);
    vjp_reference_destroy(reference[1]);
    vjp_data_clear(&part);
    vjp_data_clear(&data);
    return status;
}

/* Whether the layer treats the coordinates of the dimensions in the set alike and apart from each other, so far as a
 * small case shows. One that does in a case of four, at random operands, and does not in larger ones would have to look
 * at how large the dimension is; tests/reports/cli/rows_test.c compares at other sizes for every layer. */
static enum vjp_status are_apart(const struct vjp_case *c, uint32_t cut, bool *apart,
                                 struct vjp_error *error)
{
    struct vjp_case small;
    struct vjp_excerpt e;
    enum vjp_status status = VJP_ERR_USAGE;
    *apart = false;
    for (size_t i = 0; i < sizeof small_sizes / sizeof small_sizes[0] && status != VJP_OK; i++)
        status = make_small(c, cut, small_sizes[i], &small, error);
    if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT)
        return VJP_OK; /* there is none: nothing is known */
    if (status == VJP_OK)
        status = vjp_excerpt_init(&e, &small, error);
    if (status != VJP_OK)
        return status;
    for (int d = 0; d < c->spec->n_dims; d++) {
        if (cut >> d & 1)
            vjp_excerpt_keep(&e, &small, d, 2, small_kept);
    }
    *apart = vjp_excerpt_fits(&e, &small);
    if (*apart)
        status = compare(&e, &small, apart, error);
    vjp_excerpt_clear(&e);
    vjp_case_clear(&small);
    return status;
}

/* Whether elements of the cotangent along the dimension are one in the kernel's memory: none can be silenced alone. */
static bool is_expanded(const struct vjp_case *c, int d)
{
    struct vjp_shape shape;
    int dim[VJP_RANK_MAX];
    c->spec->shape(c, c->spec->n_inputs, &shape, dim);
    for (int axis = 0; axis < shape.rank; axis++) {
        if (dim[axis] == d && c->slot[vjp_slot_cotangent(c->spec)].layout.expand >> axis & 1)
            return true;
    }
    return false;
}

static enum vjp_status find_dimensions(const struct vjp_case *c, uint32_t *out,
                                       struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    *out = 0;
    for (int d = 0; d < c->spec->n_dims && status == VJP_OK; d++) {
        bool apart = false;
        if (!vjp_case_has_dim(c, d) || c->dim[d] < 2 || is_expanded(c, d))
            continue;
        status = are_apart(c, *out | UINT32_C(1) << d, &apart, error);
        if (apart)
            *out |= UINT32_C(1) << d;
    }
    return status;
}

/* Elements of the slots from first on. */
static double count_elements(const struct vjp_case *c, int first)
{
    double elements = 0;
    for (int slot = first; slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_shape shape;
        double count = 1;
        if (!vjp_case_has_slot(c, slot))
            continue;
        vjp_case_slot_shape(c, slot, &shape);
        for (int axis = 0; axis < shape.rank; axis++)
            count *= (double)shape.dim[axis];
        elements += count;
    }
    return elements;
}

double vjp_rows_terms(const struct vjp_case *c)
{
    return count_elements(c, vjp_slot_cotangent(c->spec) + 1) * (double)c->spec->reduction(c);
}

/* The last coordinate, of three or more the first, and others in between: one from each of as many equal parts. */
static void keep_rows(struct vjp_excerpt *e, const struct vjp_case *c, int d, int count)
{
    int64_t at[VJP_EXCERPT_MAX] = {0};
    const int64_t size = c->dim[d];
    if (size <= count) {
        vjp_excerpt_keep(e, c, d, 0, at);
        return;
    }
    for (int i = 0; i < count; i++) {
        const int64_t from = i * size / count, to = (i + 1) * size / count;
        const uint64_t draw = vjp_mix64(vjp_mix64(c->seed + (uint64_t)d) + (uint64_t)i);
        at[i] = from + (int64_t)(draw % (uint64_t)(to - from));
    }
    at[count - 1] = size - 1;
    if (count >= 3)
        at[0] = 0;
    vjp_excerpt_keep(e, c, d, count, at);
}

/* What the explicit oracle is asked about by rows: so many scalar operations, and so many terms of gradients, which it
 * adds up in some 3 s. */
#define WORK_WANTED  0x1p17
#define TERMS_WANTED 0x1p24

/* Keeps as many rows as make no more work than that, or one of each; not all. */
static enum vjp_status keep_affordable(struct vjp_excerpt *e, const struct vjp_case *c,
                                       uint32_t dimensions, struct vjp_error *error)
{
    for (int count = VJP_EXCERPT_MAX; count > 0; count /= 2) {
        bool any = false;
        for (int d = 0; d < c->spec->n_dims; d++) {
            if (dimensions >> d & 1)
                keep_rows(e, c, d, count);
            any |= e->count[d] > 0;
        }
        if (any && vjp_case_work(&e->c) <= WORK_WANTED && vjp_rows_terms(&e->c) <= TERMS_WANTED)
            break;
    }
    const enum vjp_status status = vjp_reference_check(&e->c, error);
    if (status != VJP_OK)
        vjp_error_prefix(error, "of one row: ");
    return status;
}

enum vjp_status vjp_rows_choose(const struct vjp_case *c, struct vjp_excerpt *out,
                                struct vjp_error *error)
{
    struct vjp_excerpt e;
    uint32_t dimensions = 0;
    const double elements = count_elements(c, 0);
    if (vjp_pipeline_of(c->spec))
        return vjp_fail(error, VJP_ERR_USAGE, "rows of a pipeline are not looked at alone");
    if (elements > (double)VJP_ROWS_ELEMENTS_MAX)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "%.3g elements, more than the 2^27 of a case that is looked at by rows",
                        elements);
    enum vjp_status status = find_dimensions(c, &dimensions, error);
    if (status == VJP_OK && dimensions == 0)
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "no dimension of %s has rows here that could be looked at alone",
                          c->spec->name);
    if (status == VJP_OK)
        status = vjp_excerpt_init(&e, c, error);
    if (status != VJP_OK)
        return status;
    status = keep_affordable(&e, c, dimensions, error);
    if (status == VJP_OK && !vjp_excerpt_fits(&e, c))
        status = vjp_fail(error, VJP_ERR_INTERNAL, "rows of %s have other shapes", c->spec->name);
    if (status == VJP_OK)
        *out = e;
    else
        vjp_excerpt_clear(&e);
    return status;
}

enum vjp_status vjp_rows_check_data(const struct vjp_case *c, const struct vjp_data *data,
                                    struct vjp_error *error)
{
    for (int slot = 0; slot <= vjp_slot_cotangent(c->spec); slot++) {
        const struct vjp_tensor *tensor = &data->slot[slot];
        char name[VJP_SLOT_NAME_MAX];
        for (int64_t i = 0; tensor->data && tensor->dtype != VJP_I32 && i < tensor->count; i++) {
            if (!isfinite(vjp_bits_to_double(tensor->dtype, vjp_tensor_get(tensor, i))))
                return vjp_fail(error, VJP_ERR_USAGE,
                                "element %" PRId64 " of %s is not finite: expected finite operands "
                                "where a case is looked at by rows",
                                i, vjp_slot_name(c->spec, slot, name, sizeof name));
        }
    }
    return VJP_OK;
}
