/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/generate.h"

#include "cases/base/stream.h"
#include "cases/gen/fill.h"
#include "cases/gen/npy.h"
#include "cases/gen/random.h"
#include "cases/spec/literal.h"

/* Room for an index of a tensor of many dimensions; a longer one is cut. */
#define INDEX_TEXT 96

struct generation {
    const struct vjp_case *c;
    struct vjp_data data;
    bool filled[VJP_MAX_SLOTS];
};

static enum vjp_status fill_drawn(struct generation *g, int slot, const struct vjp_tensor *partner,
                                  struct vjp_error *error)
{
    struct vjp_random random;
    enum vjp_status status =
        vjp_random_init(&random, vjp_stream_seed(g->c->seed, (uint32_t)slot), error);
    if (status != VJP_OK)
        return status;
    const struct vjp_fill fill = {
        .c = g->c, .slot = slot, .rng = &random.rng, .out = &g->data.slot[slot]};
    switch (g->c->slot[slot].generator) {
    case VJP_GEN_EXACT:
        status = vjp_fill_exact(&fill, error);
        break;
    case VJP_GEN_CANCEL:
        status = vjp_fill_cancel(&fill, partner, error);
        break;
    default:
        vjp_fill_named(&fill);
    }
    vjp_random_clear(&random);
    return status;
}

/* The element that element i is one with: 0 along the dimensions that are expanded. */
static int64_t one_with(const struct vjp_tensor *tensor, uint32_t expand, int64_t i)
{
    int64_t at = 0, step = 1;
    for (int d = tensor->shape.rank - 1; d >= 0; d--) {
        at += expand >> d & 1 ? 0 : i % tensor->shape.dim[d] * step;
        step *= tensor->shape.dim[d];
        i /= tensor->shape.dim[d];
    }
    return at;
}

/* Elements that are one are given the value of the first of them. In a list or a file they have to have it. */
static enum vjp_status expand_slot(const struct vjp_case *c, int slot, struct vjp_tensor *tensor,
                                   struct vjp_error *error)
{
    const struct vjp_field *field = &c->slot[slot];
    const bool is_given = field->generator == VJP_GEN_LITERAL || field->generator == VJP_GEN_NPY;
    char name[VJP_SLOT_NAME_MAX], index[2][INDEX_TEXT];
    for (int64_t i = 0; i < tensor->count && field->layout.expand != 0; i++) {
        const int64_t first = one_with(tensor, field->layout.expand, i);
        const uint64_t bits = vjp_tensor_get(tensor, first);
        if (is_given && vjp_tensor_get(tensor, i) != bits)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "%s%s is not what element %s is, though they are one by its .expand",
                            vjp_slot_name(c->spec, slot, name, sizeof name),
                            vjp_shape_index_text(&tensor->shape, i, index[0], sizeof index[0]),
                            vjp_shape_index_text(&tensor->shape, first, index[1], sizeof index[1]));
        vjp_tensor_set(tensor, i, bits);
    }
    return VJP_OK;
}

static enum vjp_status fill_slot(struct generation *g, int slot, struct vjp_error *error)
{
    const struct vjp_case *c = g->c;
    const struct vjp_field *field = &c->slot[slot];
    struct vjp_tensor *tensor = &g->data.slot[slot];
    const enum vjp_dtype dtype = vjp_case_slot_dtype(c, slot);
    struct vjp_shape shape;
    int64_t count;
    enum vjp_status status;
    vjp_case_slot_shape(c, slot, &shape);
    if (field->generator == VJP_GEN_NPY) {
        char name[VJP_SLOT_NAME_MAX];
        status = vjp_npy_read(field->text + 1, dtype, &shape, tensor, error);
        if (status != VJP_OK)
            vjp_error_prefix(error, "%s=@", vjp_slot_name(c->spec, slot, name, sizeof name));
    } else {
        status = vjp_tensor_init(tensor, dtype, &shape, error);
        if (status == VJP_OK && field->generator == VJP_GEN_LITERAL) {
            status = vjp_literal_list(dtype, field->text, tensor, &count, NULL, error);
        } else if (status == VJP_OK) {
            const int partner = vjp_slot_partner(c->spec, slot);
            const bool has_partner = partner >= 0 && g->filled[partner];
            status = fill_drawn(g, slot, has_partner ? &g->data.slot[partner] : NULL, error);
        }
    }
    if (status == VJP_OK)
        status = expand_slot(c, slot, tensor, error);
    g->filled[slot] = true;
    return status;
}

/* The slot whose values this one needs and that is still to be filled, or -1. */
static int awaited(const struct generation *g, int slot)
{
    if (g->c->slot[slot].generator != VJP_GEN_CANCEL)
        return -1;
    const int partner = vjp_slot_partner(g->c->spec, slot);
    return partner >= 0 && vjp_case_has_values(g->c, partner) && !g->filled[partner] ? partner : -1;
}

/* The next slot to fill, or -1: the first one that awaits nothing. Where all that are left await
 * each other (w and dy are both cancel), the first one that is awaited goes without a partner, so
 * it is normal, and the others cancel against it. */
static int next_slot(const struct generation *g)
{
    int first_awaited = -1;
    for (int slot = 0; slot < vjp_slot_count(g->c->spec); slot++) {
        if (!vjp_case_has_values(g->c, slot) || g->filled[slot])
            continue;
        const int other = awaited(g, slot);
        if (other < 0)
            return slot;
        if (first_awaited < 0 || other < first_awaited)
            first_awaited = other;
    }
    return first_awaited;
}

enum vjp_status vjp_data_generate(const struct vjp_case *c, struct vjp_data *out,
                                  struct vjp_error *error)
{
    struct generation g = {.c = c};
    enum vjp_status status = vjp_case_validate(c, error);
    for (int slot = next_slot(&g); slot >= 0 && status == VJP_OK; slot = next_slot(&g))
        status = fill_slot(&g, slot, error);
    if (status == VJP_OK)
        status = vjp_data_check(c, &g.data, error);
    if (status == VJP_OK)
        *out = g.data;
    else
        vjp_data_clear(&g.data);
    return status;
}
