/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/fields.h"

#include "cases/shrink/sizes.h"

#include <math.h>
#include <string.h>

/* Paddings up to here are tried one by one: as many floats as a cache line has. */
#define EACH_PAD_MAX 16

static const struct vjp_layout no_layout = {.align = -1};

static bool is_fallback(const struct vjp_case *c, int a)
{
    const struct vjp_attr_spec *attr = &c->spec->attr[a];
    if (attr->kind != VJP_ATTR_REAL)
        return c->attr[a] == attr->fallback;
    return c->real[a] == attr->real_fallback &&
           !signbit(c->real[a]) == !signbit(attr->real_fallback);
}

/* With sizes that fit; raise: larger ones, for an image that is smaller than its filter needs padding. */
static bool try_sized(struct vjp_ask *ask, struct vjp_case *best, int a, int64_t value, bool raise)
{
    const bool is_real = best->spec->attr[a].kind == VJP_ATTR_REAL;
    const struct vjp_cut none = {.dim = -1};
    struct vjp_case candidate = {0};
    struct vjp_error error;
    int64_t dim[VJP_MAX_DIMS];
    if (!vjp_ask_copy(ask, &candidate, best))
        return false;
    candidate.attr[a] = is_real ? 0 : value;
    candidate.real[a] = is_real ? best->spec->attr[a].real_fallback : 0;
    memcpy(dim, best->dim, sizeof dim);
    enum vjp_status status = VJP_ERR_USAGE;
    if (raise ? vjp_sizes_raise(&candidate, dim) : vjp_sizes_fit(&candidate, dim, 0, true))
        status = vjp_resize(&candidate, best, dim, &none, &error);
    if (status == VJP_OK)
        return vjp_ask_take(ask, best, &candidate);
    if (status == VJP_ERR_MEMORY)
        vjp_ask_end(ask, status, &error);
    vjp_case_clear(&candidate);
    return false;
}

/* The attribute becomes distance away from its fallback, on the same side as now. */
static bool try_attr(struct vjp_ask *ask, struct vjp_case *best, int a, int64_t distance)
{
    const int64_t fallback = best->spec->attr[a].fallback;
    const int64_t value = best->attr[a] > fallback ? fallback + distance : fallback - distance;
    return try_sized(ask, best, a, value, false) || try_sized(ask, best, a, value, true);
}

/* The fallback, and for integers half of the way to it, a quarter, ... one step. */
static bool shrink_attr(struct vjp_ask *ask, struct vjp_case *best, int a)
{
    const struct vjp_attr_spec *attr = &best->spec->attr[a];
    bool changed = false;
    if (is_fallback(best, a))
        return false;
    if (try_attr(ask, best, a, 0))
        return true;
    if (attr->kind != VJP_ATTR_INTEGER)
        return false;
    int64_t far = best->attr[a] - attr->fallback;
    far = far < 0 ? -far : far;
    for (int64_t less = far / 2; less > 0 && !ask->ended;) {
        if (less < far && try_attr(ask, best, a, far - less)) {
            far -= less;
            changed = true;
        } else {
            less /= 2;
        }
    }
    return changed;
}

static bool try_accumulate(struct vjp_ask *ask, struct vjp_case *best)
{
    struct vjp_case candidate = {0};
    if (!best->accumulate || !vjp_ask_copy(ask, &candidate, best))
        return false;
    candidate.accumulate = false;
    return vjp_ask_take(ask, best, &candidate);
}

static bool try_out_of_place(struct vjp_ask *ask, struct vjp_case *best)
{
    struct vjp_case candidate = {0};
    if (!best->in_place || !vjp_ask_copy(ask, &candidate, best))
        return false;
    candidate.in_place = false;
    return vjp_ask_take(ask, best, &candidate);
}

static bool try_all_gradients(struct vjp_ask *ask, struct vjp_case *best)
{
    struct vjp_case candidate = {0};
    if (best->left_out == 0 || !vjp_ask_copy(ask, &candidate, best))
        return false;
    candidate.left_out = 0;
    return vjp_ask_take(ask, best, &candidate);
}

static bool shrink_threads(struct vjp_ask *ask, struct vjp_case *best)
{
    for (int threads = 1; threads < best->threads; threads++) {
        struct vjp_case candidate = {0};
        if (!vjp_ask_copy(ask, &candidate, best))
            return false;
        candidate.threads = threads;
        if (vjp_ask_take(ask, best, &candidate))
            return true;
    }
    return false;
}

static bool try_layout(struct vjp_ask *ask, struct vjp_case *best, int slot,
                       struct vjp_layout layout)
{
    struct vjp_case candidate = {0};
    if (!vjp_ask_copy(ask, &candidate, best))
        return false;
    candidate.slot[slot].layout = layout;
    return vjp_ask_take(ask, best, &candidate);
}

static bool try_all_layouts(struct vjp_ask *ask, struct vjp_case *best)
{
    struct vjp_case candidate = {0};
    if (!vjp_ask_copy(ask, &candidate, best))
        return false;
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        candidate.slot[slot].layout = no_layout;
    return vjp_ask_take(ask, best, &candidate);
}

/* No padding, as little as possible up to EACH_PAD_MAX, or by halves. */
static bool shrink_pad(struct vjp_ask *ask, struct vjp_case *best, int slot)
{
    struct vjp_layout layout = best->slot[slot].layout;
    const int64_t pad = layout.ld_pad;
    for (layout.ld_pad = 0; layout.ld_pad < pad && layout.ld_pad <= EACH_PAD_MAX; layout.ld_pad++) {
        if (try_layout(ask, best, slot, layout))
            return true;
    }
    bool changed = false;
    for (int64_t less = pad / 2; less > 0 && !ask->ended; less /= 2) {
        layout.ld_pad = best->slot[slot].layout.ld_pad - less;
        changed |= layout.ld_pad > EACH_PAD_MAX && try_layout(ask, best, slot, layout);
    }
    return changed;
}

/* No fixed offset, or the smallest. */
static bool shrink_align(struct vjp_ask *ask, struct vjp_case *best, int slot)
{
    struct vjp_layout layout = best->slot[slot].layout;
    const int64_t align = layout.align;
    const int bytes = vjp_format(vjp_case_slot_dtype(best, slot))->bytes;
    layout.align = -1;
    if (align >= 0 && try_layout(ask, best, slot, layout))
        return true;
    for (layout.align = 0; layout.align < align; layout.align += bytes) {
        if (try_layout(ask, best, slot, layout))
            return true;
    }
    return false;
}

/* None expanded, or fewer. */
static bool shrink_expand(struct vjp_ask *ask, struct vjp_case *best, int slot)
{
    struct vjp_layout layout = best->slot[slot].layout;
    const uint32_t expand = layout.expand;
    layout.expand = 0;
    if (expand == 0 || try_layout(ask, best, slot, layout))
        return expand != 0;
    bool changed = false;
    for (int d = 0; d < VJP_RANK_MAX; d++) {
        layout = best->slot[slot].layout;
        layout.expand &= ~(UINT32_C(1) << d);
        if (layout.expand != 0 && layout.expand != best->slot[slot].layout.expand)
            changed |= try_layout(ask, best, slot, layout);
    }
    return changed;
}

static bool has_layout(const struct vjp_layout *layout)
{
    return layout->ld_pad != 0 || layout->align != -1 || layout->trans || layout->expand != 0;
}

static bool shrink_layout(struct vjp_ask *ask, struct vjp_case *best, int slot)
{
    if (!has_layout(&best->slot[slot].layout))
        return false;
    if (try_layout(ask, best, slot, no_layout))
        return true;
    struct vjp_layout layout = best->slot[slot].layout;
    layout.trans = false;
    bool changed = best->slot[slot].layout.trans && try_layout(ask, best, slot, layout);
    changed |= shrink_expand(ask, best, slot);
    changed |= shrink_pad(ask, best, slot);
    changed |= shrink_align(ask, best, slot);
    return changed;
}

bool vjp_fields_shrink(struct vjp_ask *ask, struct vjp_case *best)
{
    bool changed = false;
    for (int a = 0; a < best->spec->n_attrs; a++)
        changed |= shrink_attr(ask, best, a);
    changed |= try_accumulate(ask, best);
    changed |= try_out_of_place(ask, best);
    changed |= try_all_gradients(ask, best);
    changed |= shrink_threads(ask, best);
    changed |= try_all_layouts(ask, best);
    for (int slot = 0; slot < vjp_slot_count(best->spec); slot++)
        changed |= shrink_layout(ask, best, slot);
    return changed;
}
