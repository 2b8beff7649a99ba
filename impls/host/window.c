/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/window.h"

#include <inttypes.h>
#include <string.h>

#include "cases/base/checked.h"
#include "impls/host/pattern.h"

_Static_assert(VJP_INPUT_WINDOWS == VJP_MAX_INPUTS + 1 + VJP_MAX_SAVED,
               "operands, the cotangent, saved values");
_Static_assert(VJP_OUTPUT_WINDOWS == VJP_MAX_INPUTS, "gradients");

/* A window of more bytes than this is sparse if a quarter of its pages, or less, is close to
 * elements. */
#define SPARSE_BYTES (INT64_C(1) << 20)
#define SPARSE_PART  4

int vjp_window_index(const struct vjp_spec *spec, int slot)
{
    if (vjp_slot_is_gradient(spec, slot))
        return VJP_INPUT_WINDOWS + vjp_slot_input(spec, slot);
    if (slot >= vjp_slot_count(spec))
        return VJP_MAX_INPUTS + 1 + slot - vjp_slot_count(spec);
    return slot;
}

/* The pages that hold a span, and one on either side. */
static void set_next(const struct vjp_window *window, enum vjp_placement placement,
                     struct vjp_live *live)
{
    const int64_t page = window->page;
    const int64_t first = window->offset[placement] + live->span.memory;
    const int64_t last = first + live->span.bytes - 1;
    live->next_from = first / page * page - page;
    live->next_to = last / page * page + 2 * page;
    if (live->next_from < 0)
        live->next_from = 0;
    if (live->next_to > window->bytes)
        live->next_to = window->bytes;
}

static bool next_sparse(const struct vjp_window *window, enum vjp_placement placement,
                        struct vjp_live *live)
{
    if (!live->begun) {
        live->begun = true;
        live->ended = !vjp_strided_next(&window->strided, &live->span);
        if (!live->ended)
            set_next(window, placement, live);
    }
    if (live->ended)
        return false;
    live->from = live->next_from;
    live->to = live->next_to;
    while (vjp_strided_next(&window->strided, &live->span)) {
        set_next(window, placement, live);
        if (live->next_from > live->to)
            return true;
        live->to = live->next_to;
    }
    live->ended = true;
    return true;
}

bool vjp_window_next_live(const struct vjp_window *window, enum vjp_placement placement,
                          struct vjp_live *live)
{
    if (window->sparse)
        return next_sparse(window, placement, live);
    if (live->begun || window->bytes == 0)
        return false;
    live->begun = true;
    live->to = window->bytes;
    return true;
}

static void decide_sparse(struct vjp_window *window)
{
    window->live = window->bytes;
    if (window->bytes <= SPARSE_BYTES)
        return;
    struct vjp_live live = {0};
    int64_t total = 0;
    window->sparse = true;
    while (vjp_window_next_live(window, VJP_LEFT, &live))
        total += live.to - live.from;
    window->sparse = total <= window->bytes / SPARSE_PART;
    if (window->sparse)
        window->live = 2 * total; /* the two placements may use different pages */
}

/* Strides and extent, in elements, of a tensor without gaps. */
static enum vjp_status lay_saved(const struct vjp_shape *shape, int bytes, const char *name,
                                 int64_t strides[VJP_RANK_MAX], int64_t *extent,
                                 struct vjp_error *error)
{
    int64_t room = 1;
    bool empty = false;
    for (int d = shape->rank - 1; d >= 0; d--) {
        const int64_t dim = shape->dim[d];
        char text[128];
        empty |= dim == 0;
        strides[d] = room;
        if (!vjp_checked_mul(room, dim > 1 ? dim : 1, &room) || room > VJP_STORAGE_MAX / bytes)
            return vjp_fail(error, VJP_ERR_LIMIT,
                            "%s: %s elements exceed the limit of %" PRId64 " bytes", name,
                            vjp_shape_text(shape, text, sizeof text), VJP_STORAGE_MAX);
    }
    *extent = empty ? 0 : room;
    return VJP_OK;
}

/* Shape, dtype, strides of the slot, and its extent in elements. */
static enum vjp_status set_layout(struct vjp_window *window, const struct vjp_case *c,
                                  const char *name, int64_t *extent, struct vjp_error *error)
{
    const int saved = window->slot - vjp_slot_count(c->spec);
    if (saved < 0) {
        window->dtype = vjp_case_slot_dtype(c, window->slot);
        vjp_case_slot_shape(c, window->slot, &window->shape);
        return vjp_case_slot_strides(c, window->slot, window->strides, extent, error);
    }
    window->dtype = vjp_case_saved_dtype(c, saved);
    vjp_case_saved_shape(c, saved, &window->shape);
    return lay_saved(&window->shape, vjp_format(window->dtype)->bytes, name, window->strides,
                     extent, error);
}

enum vjp_status vjp_window_plan(struct vjp_window *out, const struct vjp_case *c, int slot,
                                int alignment, int64_t page, struct vjp_error *error)
{
    struct vjp_window window = {
        .slot = slot, .index = vjp_window_index(c->spec, slot), .page = page};
    int64_t extent;
    char name[VJP_WIRE_NAME];
    vjp_slot_name(c->spec, slot, name, sizeof name);
    const enum vjp_status status = set_layout(&window, c, name, &extent, error);
    if (status != VJP_OK)
        return status;
    const int element = vjp_format(window.dtype)->bytes;
    const int64_t align = slot < vjp_slot_count(c->spec) ? c->slot[slot].layout.align : -1;
    if (align > 0 && align % element != 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s.align=%" PRId64 " is no multiple of the %d bytes of an element", name,
                        align, element);
    vjp_strided_init(&window.strided, &window.shape, window.strides, element);
    if (window.strided.extent != extent * element)
        return vjp_fail(error, VJP_ERR_INTERNAL, "the layout of %s overlaps itself", name);
    /* Addresses are lead modulo step. The pages that suffice on the left suffice on the right. */
    const int64_t lead = align > 0 ? align : 0;
    const int64_t step = align >= 0 ? 64 : alignment > element ? alignment : element;
    const int64_t bytes = window.strided.extent;
    if (bytes > 0) {
        window.bytes = (lead + bytes + page - 1) / page * page;
        const int64_t room = window.bytes - bytes;
        window.offset[VJP_RIGHT] = room - (room - lead) % step;
    } else {
        window.offset[VJP_RIGHT] = lead;
    }
    window.offset[VJP_LEFT] = lead;
    window.canary = vjp_pattern_canary(window.dtype, vjp_slot_is_gradient(c->spec, slot));
    decide_sparse(&window);
    *out = window;
    return VJP_OK;
}

static void spread(const struct vjp_window *window, int64_t from, int64_t to)
{
    vjp_pattern_spread(window->dtype, window->canary, window->start + from, to - from);
}

void vjp_window_bind(struct vjp_window *window, struct vjp_arena *arena)
{
    const int w = window->index;
    const uint64_t word = vjp_pattern_word(window->dtype, window->canary);
    window->start = vjp_arena_window(arena, w);
    if (window->sparse) {
        for (int p = VJP_LEFT; p <= VJP_RIGHT; p++) {
            struct vjp_live live = {0};
            while (vjp_window_next_live(window, (enum vjp_placement)p, &live))
                spread(window, live.from, live.to);
        }
        return;
    }
    if (arena->canary[w] != word)
        arena->dressed[w] = 0;
    arena->canary[w] = word;
    if (arena->dressed[w] < window->bytes) {
        spread(window, arena->dressed[w], window->bytes);
        arena->dressed[w] = window->bytes;
    }
}

void *vjp_window_first(const struct vjp_window *window, enum vjp_placement placement)
{
    return window->start + window->offset[placement];
}

bool vjp_window_locate(const struct vjp_window *window, enum vjp_placement placement,
                       int64_t offset, struct vjp_touch *touch)
{
    const int64_t from_first = offset - window->offset[placement];
    const int64_t extent = window->strided.extent;
    struct vjp_touch found = {.found = true, .slot = window->slot};
    if (from_first < 0) {
        found.side = VJP_BEFORE;
        found.bytes = -from_first;
    } else if (from_first >= extent) {
        found.side = VJP_AFTER;
        found.bytes = from_first - extent + 1;
    } else {
        found.side = VJP_BETWEEN;
        found.bytes = vjp_strided_gap(&window->strided, from_first);
    }
    if (found.bytes == 0)
        return false;
    *touch = found;
    return true;
}

/* Keeps what is worth more: a place outside the tensor's extent before one between its rows, and on
 * either side of it the closest one. The bytes of an element that was written may equal the canary
 * here and there; so the distance is that of the element. */
static void note_change(const struct vjp_window *window, enum vjp_placement placement,
                        int64_t offset, struct vjp_touch *touch)
{
    const int64_t element = window->strided.bytes;
    struct vjp_touch here;
    if (!vjp_window_locate(window, placement, offset, &here))
        return;
    here.wrote = true;
    if (here.side == VJP_BEFORE)
        here.bytes = (here.bytes + element - 1) / element * element;
    else
        here.bytes = (here.bytes - 1) / element * element + 1;
    const bool closer = here.side == touch->side && here.bytes < touch->bytes;
    if (!touch->found || (touch->side == VJP_BETWEEN && here.side != VJP_BETWEEN) ||
        (closer && here.side != VJP_BETWEEN))
        *touch = here;
}

/* Looks at a page that is not pure canary, byte by byte, and makes it so. */
static void inspect_page(const struct vjp_window *window, enum vjp_placement placement,
                         int64_t from, int64_t to, struct vjp_touch *touch)
{
    const uint64_t word = vjp_pattern_word(window->dtype, window->canary);
    unsigned char canary[sizeof word];
    memcpy(canary, &word, sizeof word);
    for (int64_t i = from; i < to; i++) {
        if (window->start[i] != canary[(size_t)i % sizeof word])
            note_change(window, placement, i, touch);
    }
    spread(window, from, to);
}

static bool inspect(const struct vjp_window *window, enum vjp_placement placement, int64_t from,
                    int64_t to, struct vjp_touch *touch)
{
    if (vjp_pattern_is_spread(window->dtype, window->canary, window->start + from, to - from))
        return true;
    for (int64_t at = from; at < to; at += window->page) {
        if (!vjp_pattern_is_spread(window->dtype, window->canary, window->start + at, window->page))
            inspect_page(window, placement, at, at + window->page, touch);
    }
    return false;
}

bool vjp_window_is_pure(const struct vjp_window *window)
{
    for (int p = window->sparse ? VJP_LEFT : VJP_RIGHT; p <= VJP_RIGHT; p++) {
        struct vjp_live live = {0};
        while (vjp_window_next_live(window, (enum vjp_placement)p, &live)) {
            if (!vjp_pattern_is_spread(window->dtype, window->canary, window->start + live.from,
                                       live.to - live.from))
                return false;
        }
    }
    return true;
}

bool vjp_window_strip(const struct vjp_window *window, enum vjp_placement placement,
                      struct vjp_touch *touch)
{
    bool pure = true;
    struct vjp_touch found = {0};
    vjp_strided_fill(&window->strided, window->canary, vjp_window_first(window, placement));
    for (int p = window->sparse ? VJP_LEFT : VJP_RIGHT; p <= VJP_RIGHT; p++) {
        struct vjp_live live = {0};
        while (vjp_window_next_live(window, (enum vjp_placement)p, &live)) {
            pure &= inspect(window, placement, live.from, live.to, &found);
        }
    }
    if (!pure && found.found)
        *touch = found;
    return pure;
}
