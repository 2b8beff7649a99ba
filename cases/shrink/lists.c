/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/lists.h"

#include "cases/shrink/number.h"
#include "cases/spec/domain.h"
#include "cases/spec/literal.h"

#include <stdlib.h>

/* Makes a candidate of a set of slots; false, and nothing to clear, where it is not possible. */
static bool list_slots(struct vjp_ask *ask, struct vjp_case *candidate, const struct vjp_case *best,
                       const struct vjp_data *data, uint32_t slots)
{
    struct vjp_error error;
    enum vjp_status status = VJP_OK;
    if (!vjp_ask_copy(ask, candidate, best))
        return false;
    for (int slot = 0; slot < VJP_MAX_SLOTS && status == VJP_OK; slot++) {
        if (slots >> slot & 1)
            status = vjp_number_set_list(candidate, slot, &data->slot[slot], &error);
    }
    if (status == VJP_OK)
        return true;
    vjp_ask_end(ask, status, &error);
    vjp_case_clear(candidate);
    return false;
}

static uint32_t to_list(const struct vjp_case *c, const struct vjp_data *data, int64_t elements_max,
                        bool only_files)
{
    uint32_t slots = 0;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        const struct vjp_field *field = &c->slot[slot];
        const bool wanted =
            only_files ? field->generator == VJP_GEN_NPY : field->generator != VJP_GEN_LITERAL;
        if (field->text && wanted && data->slot[slot].data &&
            data->slot[slot].count <= elements_max)
            slots |= UINT32_C(1) << slot;
    }
    return slots;
}

bool vjp_lists_make(struct vjp_ask *ask, struct vjp_case *best, int64_t elements_max,
                    bool only_files)
{
    struct vjp_data data = {0};
    struct vjp_case candidate = {0};
    struct vjp_error error;
    if (ask->ended)
        return false;
    const enum vjp_status status = ask->how->values(ask->how->env, best, &data, &error);
    if (status != VJP_OK) {
        if (status != VJP_ERR_USAGE && status != VJP_ERR_LIMIT)
            vjp_ask_end(ask, status, &error);
        return false;
    }
    const uint32_t slots = to_list(best, &data, elements_max, only_files);
    bool changed = slots != 0 && list_slots(ask, &candidate, best, &data, slots) &&
                   vjp_ask_take(ask, best, &candidate);
    const bool together = changed;
    for (int slot = 0; slot < VJP_MAX_SLOTS && !together; slot++) {
        const uint32_t one = slots & UINT32_C(1) << slot;
        if (one != 0 && list_slots(ask, &candidate, best, &data, one) &&
            vjp_ask_take(ask, best, &candidate))
            changed = true;
    }
    vjp_data_clear(&data);
    return changed;
}

/* A place in a list: an element, or in a one-hot operand a row, by its first element. */
struct place {
    int slot;
    int64_t i;
};

/* The lists of a case, and every place in them, in order. */
struct lists {
    struct vjp_data data;
    struct place *place;
    int64_t count;
};

static void clear_lists(struct lists *lists)
{
    vjp_data_clear(&lists->data);
    free(lists->place);
}

static int64_t row_length(const struct vjp_tensor *values)
{
    const int rank = values->shape.rank;
    return rank > 0 ? values->shape.dim[rank - 1] : 1;
}

static enum vjp_status read_lists(const struct vjp_case *c, struct lists *out,
                                  struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    int64_t total = 0;
    *out = (struct lists){0};
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        struct vjp_tensor *values = &out->data.slot[slot];
        const enum vjp_dtype dtype = vjp_case_slot_dtype(c, slot);
        struct vjp_shape shape;
        int64_t listed;
        if (!c->slot[slot].text || c->slot[slot].generator != VJP_GEN_LITERAL)
            continue;
        vjp_case_slot_shape(c, slot, &shape);
        status = vjp_tensor_init(values, dtype, &shape, error);
        if (status == VJP_OK)
            status = vjp_literal_list(dtype, c->slot[slot].text, values, &listed, NULL, error);
        total += values->count;
    }
    if (status == VJP_OK && !(out->place = calloc((size_t)total + 1, sizeof *out->place)))
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for lists of numbers");
    for (int slot = 0; slot < VJP_MAX_SLOTS && status == VJP_OK; slot++) {
        const struct vjp_tensor *values = &out->data.slot[slot];
        const bool rows = vjp_domain_of(c->spec, slot) == VJP_DOMAIN_ONEHOT;
        for (int64_t i = 0; i < values->count; i += rows ? row_length(values) : 1)
            out->place[out->count++] = (struct place){slot, i};
    }
    if (status != VJP_OK)
        clear_lists(out);
    return status;
}

/* The 1 goes to the first place of its row. */
static bool simplify_row(struct vjp_tensor *values, int64_t first)
{
    const uint64_t one = vjp_bits_from_double(values->dtype, 1);
    if (vjp_tensor_get(values, first) == one)
        return false;
    for (int64_t i = first; i < first + row_length(values); i++)
        vjp_tensor_set(values, i, i == first ? one : 0);
    return true;
}

static bool simplify_place(const struct vjp_case *c, struct lists *lists, int64_t which, int way)
{
    const struct place place = lists->place[which];
    struct vjp_tensor *values = &lists->data.slot[place.slot];
    if (vjp_domain_of(c->spec, place.slot) == VJP_DOMAIN_ONEHOT)
        return way == 0 && simplify_row(values, place.i);
    const double old = vjp_bits_to_double(values->dtype, vjp_tensor_get(values, place.i));
    const double simple = vjp_number_simplify(old, way);
    if (!vjp_domain_has(c, place.slot, simple))
        return false;
    const uint64_t bits = vjp_bits_from_double(values->dtype, simple);
    const double rounded = vjp_bits_to_double(values->dtype, bits);
    if (!(vjp_number_cost(rounded) < vjp_number_cost(old)) ||
        !vjp_domain_has(c, place.slot, rounded))
        return false;
    vjp_tensor_set(values, place.i, bits);
    return true;
}

/* Asks for the places from first to before end simplified in that way. */
static bool try_places(struct vjp_ask *ask, struct vjp_case *best, int64_t first, int64_t end,
                       int way)
{
    struct lists lists;
    struct vjp_error error;
    struct vjp_case candidate = {0};
    uint32_t slots = 0;
    const enum vjp_status status = read_lists(best, &lists, &error);
    if (status != VJP_OK) {
        vjp_ask_end(ask, status, &error);
        return false;
    }
    for (int64_t which = first; which < end && which < lists.count; which++) {
        if (simplify_place(best, &lists, which, way))
            slots |= UINT32_C(1) << lists.place[which].slot;
    }
    const bool taken = slots != 0 && list_slots(ask, &candidate, best, &lists.data, slots) &&
                       vjp_ask_take(ask, best, &candidate);
    clear_lists(&lists);
    return taken;
}

static int64_t count_places(struct vjp_ask *ask, const struct vjp_case *c)
{
    struct lists lists;
    struct vjp_error error;
    const enum vjp_status status = read_lists(c, &lists, &error);
    if (status != VJP_OK) {
        vjp_ask_end(ask, status, &error);
        return 0;
    }
    const int64_t count = lists.count;
    clear_lists(&lists);
    return count;
}

bool vjp_lists_shrink(struct vjp_ask *ask, struct vjp_case *best)
{
    bool changed = false;
    const int64_t count = count_places(ask, best);
    for (int way = 0; way < VJP_NUMBER_WAYS; way++) {
        for (int64_t chunk = count; chunk > 0; chunk /= 2) {
            for (int64_t first = 0; first < count && !ask->ended; first += chunk)
                changed |= try_places(ask, best, first, first + chunk, way);
        }
    }
    return changed;
}
