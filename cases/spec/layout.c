/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include "cases/base/checked.h"

#include <inttypes.h>

static int64_t at_least_1(int64_t size)
{
    return size > 1 ? size : 1;
}

/* Strides, innermost first: a dimension's stride is the room that the dimensions inside it take.
 * The rows of an empty tensor keep their distance. */
static bool set_dense(const struct vjp_shape *shape, const struct vjp_layout *layout,
                      int64_t strides[VJP_RANK_MAX])
{
    if (layout->trans && shape->rank == 2) {
        strides[0] = 1;
        return vjp_checked_add(at_least_1(shape->dim[0]), layout->ld_pad, &strides[1]);
    }
    int64_t room = 1;
    for (int d = shape->rank - 1; d >= 0; d--) {
        strides[d] = room;
        if (!vjp_checked_mul(room, at_least_1(shape->dim[d]), &room))
            return false;
        if (d == shape->rank - 1 && d > 0 && !vjp_checked_add(room, layout->ld_pad, &room))
            return false;
    }
    return true;
}

/* A dimension that is expanded has room for one element, and stride 0. */
static bool set_strides(const struct vjp_shape *shape, const struct vjp_layout *layout,
                        int64_t strides[VJP_RANK_MAX])
{
    struct vjp_shape stored = *shape;
    for (int d = 0; d < shape->rank; d++)
        stored.dim[d] = layout->expand >> d & 1 ? 1 : shape->dim[d];
    if (!set_dense(&stored, layout, strides))
        return false;
    for (int d = 0; d < shape->rank; d++)
        strides[d] = layout->expand >> d & 1 ? 0 : strides[d];
    return true;
}

enum vjp_status vjp_case_slot_strides(const struct vjp_case *c, int slot,
                                      int64_t strides[VJP_RANK_MAX], int64_t *extent,
                                      struct vjp_error *error)
{
    const struct vjp_layout *layout = &c->slot[slot].layout;
    char name[VJP_SLOT_NAME_MAX];
    struct vjp_shape shape;
    int64_t computed[VJP_RANK_MAX];
    int64_t last = 0; /* offset of the last element */
    bool empty = false;
    vjp_case_slot_shape(c, slot, &shape);
    bool fits = set_strides(&shape, layout, computed);
    for (int d = 0; d < shape.rank && fits; d++) {
        int64_t distance;
        empty |= shape.dim[d] == 0;
        fits = vjp_checked_mul(at_least_1(shape.dim[d]) - 1, computed[d], &distance) &&
               vjp_checked_add(last, distance, &last);
    }
    const struct vjp_format *format = vjp_format(vjp_case_slot_dtype(c, slot));
    if (!fits || last >= VJP_STORAGE_MAX / format->bytes) {
        char text[128];
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "%s: %s elements of %s, %" PRId64
                        " more after each row, exceed the limit of %" PRId64 " bytes",
                        vjp_slot_name(c->spec, slot, name, sizeof name),
                        vjp_shape_text(&shape, text, sizeof text), format->name, layout->ld_pad,
                        VJP_STORAGE_MAX);
    }
    for (int d = 0; d < shape.rank; d++)
        strides[d] = computed[d];
    *extent = empty ? 0 : last + 1;
    return VJP_OK;
}
