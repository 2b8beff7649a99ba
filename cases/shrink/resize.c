/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/resize.h"

#include "cases/shrink/number.h"
#include "cases/spec/literal.h"

#include <string.h>

/* A list on the way from one shape to another. */
struct move {
    const struct vjp_cut *cut;
    struct vjp_tensor from;
    struct vjp_shape to;
    int axis_dim[VJP_RANK_MAX]; /* of to */
};

static bool is_cut(const struct move *move, int axis)
{
    const int64_t shorter = move->from.shape.dim[axis] - move->to.dim[axis];
    const int d = move->axis_dim[axis];
    return d == move->cut->dim || (d < 0 && shorter == move->cut->count);
}

/* Where along the axis index i of the new shape was. */
static int64_t old_index(const struct move *move, int axis, int64_t i)
{
    const int64_t old = move->from.shape.dim[axis];
    if (is_cut(move, axis) && i >= move->cut->at)
        i += move->cut->count;
    return i < old ? i : old - 1;
}

static void move_elements(const struct move *move, struct vjp_tensor *out)
{
    for (int64_t i = 0; i < out->count; i++) {
        int64_t rest = i, source = 0, stride = 1;
        for (int axis = move->to.rank - 1; axis >= 0; axis--) {
            source += stride * old_index(move, axis, rest % move->to.dim[axis]);
            stride *= move->from.shape.dim[axis];
            rest /= move->to.dim[axis];
        }
        vjp_tensor_set(out, i, vjp_tensor_get(&move->from, source));
    }
}

static enum vjp_status resize_list(struct vjp_case *c, int slot, const struct vjp_shape *old,
                                   struct move *move, struct vjp_error *error)
{
    const enum vjp_dtype dtype = vjp_case_slot_dtype(c, slot);
    struct vjp_tensor to = {0};
    int64_t listed;
    if (vjp_shape_is_equal(old, &move->to) || old->rank != move->to.rank)
        return VJP_OK;
    enum vjp_status status = vjp_tensor_init(&move->from, dtype, old, error);
    if (status == VJP_OK)
        status = vjp_literal_list(dtype, c->slot[slot].text, &move->from, &listed, NULL, error);
    if (status == VJP_OK)
        status = vjp_tensor_init(&to, dtype, &move->to, error);
    if (status == VJP_OK && (move->from.count > 0 || to.count == 0)) {
        move_elements(move, &to);
        status = vjp_number_set_list(c, slot, &to, error);
    }
    vjp_tensor_clear(&to);
    vjp_tensor_clear(&move->from);
    return status;
}

enum vjp_status vjp_resize(struct vjp_case *c, const struct vjp_case *from,
                           const int64_t dim[VJP_MAX_DIMS], const struct vjp_cut *cut,
                           struct vjp_error *error)
{
    const char *field;
    const struct vjp_spec *spec = c->spec;
    memcpy(c->dim, dim, sizeof c->dim);
    enum vjp_status status = vjp_case_settle(c, error);
    if (status == VJP_OK && spec->check && spec->check(c, &field, NULL) != VJP_OK)
        return VJP_OK; /* no shapes may be asked for: vjp_case_validate says why */
    for (int slot = 0; slot < vjp_slot_count(spec) && status == VJP_OK; slot++) {
        struct move move = {.cut = cut};
        struct vjp_shape old;
        const int input = vjp_slot_is_gradient(spec, slot) ? vjp_slot_input(spec, slot) : slot;
        if (!c->slot[slot].text || c->slot[slot].generator != VJP_GEN_LITERAL)
            continue;
        vjp_case_slot_shape(from, slot, &old);
        spec->shape(c, input, &move.to, move.axis_dim);
        status = resize_list(c, slot, &old, &move, error);
    }
    return status;
}
