/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/excerpt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum vjp_status vjp_excerpt_init(struct vjp_excerpt *out, const struct vjp_case *c,
                                 struct vjp_error *error)
{
    struct vjp_excerpt excerpt = {0};
    const enum vjp_status status = vjp_case_copy(&excerpt.c, c, error);
    if (status == VJP_OK)
        *out = excerpt;
    return status;
}

void vjp_excerpt_clear(struct vjp_excerpt *excerpt)
{
    vjp_case_clear(&excerpt->c);
    *excerpt = (struct vjp_excerpt){0};
}

void vjp_excerpt_keep(struct vjp_excerpt *excerpt, const struct vjp_case *c, int dim, int count,
                      const int64_t at[])
{
    for (int i = 0; i < count; i++)
        excerpt->at[dim][i] = at[i];
    excerpt->count[dim] = count;
    excerpt->c.dim[dim] = count > 0 ? count : c->dim[dim];
}

/* The shapes of a tensor in the whole case and in what is left, and which dimension an axis is. */
struct view {
    struct vjp_shape whole, part;
    int dim[VJP_RANK_MAX];
};

/* Index as in the spec's shape. */
static void look(const struct vjp_excerpt *e, const struct vjp_case *c, int index, struct view *out)
{
    int unused[VJP_RANK_MAX];
    c->spec->shape(&e->c, index, &out->part, unused);
    c->spec->shape(c, index, &out->whole, out->dim);
}

static void look_at_slot(const struct vjp_excerpt *e, const struct vjp_case *c, int slot,
                         struct view *out)
{
    look(e, c, vjp_slot_is_gradient(c->spec, slot) ? vjp_slot_input(c->spec, slot) : slot, out);
}

static void look_at_saved(const struct vjp_excerpt *e, const struct vjp_case *c, int k,
                          struct view *out)
{
    const struct vjp_spec *spec = c->spec;
    const bool is_output = strcmp(spec->saved[k].name, spec->output) == 0;
    look(e, c, is_output ? spec->n_inputs : spec->n_inputs + 1 + k, out);
}

static bool is_kept(const struct vjp_excerpt *e, int dim)
{
    return dim >= 0 && e->count[dim] > 0;
}

static bool fits(const struct vjp_excerpt *e, const struct view *v)
{
    bool fits = v->whole.rank == v->part.rank;
    for (int axis = 0; axis < v->whole.rank && fits; axis++) {
        const int dim = v->dim[axis];
        fits = v->part.dim[axis] == (is_kept(e, dim) ? e->count[dim] : v->whole.dim[axis]);
    }
    return fits;
}

bool vjp_excerpt_fits(const struct vjp_excerpt *e, const struct vjp_case *c)
{
    struct view v;
    bool all = true;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        if (!vjp_case_has_slot(c, slot))
            continue;
        look_at_slot(e, c, slot, &v);
        all = all && fits(e, &v);
    }
    for (int k = 0; k < c->spec->n_saved; k++) {
        look_at_saved(e, c, k, &v);
        all = all && fits(e, &v);
    }
    return all;
}

/* Where the coordinate stands among those kept, or -1. */
static int find(const struct vjp_excerpt *e, int dim, int64_t at)
{
    const int64_t *kept = e->at[dim];
    int from = 0, to = e->count[dim];
    while (from < to) {
        const int middle = from + (to - from) / 2;
        if (kept[middle] < at)
            from = middle + 1;
        else
            to = middle;
    }
    return from < e->count[dim] && kept[from] == at ? from : -1;
}

/* Goes through the elements of the whole in order, and knows where each is in the part. */
struct walk {
    const struct vjp_excerpt *e;
    const struct view *v;
    int64_t at[VJP_RANK_MAX];
};

/* The element's place in the part. Of a coordinate that is not kept, *inside is false and the first one that is kept
 * stands for it. */
static int64_t place(const struct walk *w, bool *inside)
{
    int64_t index = 0;
    *inside = true;
    for (int axis = 0; axis < w->v->whole.rank; axis++) {
        const int dim = w->v->dim[axis];
        int64_t at = w->at[axis];
        if (is_kept(w->e, dim)) {
            at = find(w->e, dim, at);
            *inside = *inside && at >= 0;
            at = at < 0 ? 0 : at;
        }
        index = index * w->v->part.dim[axis] + at;
    }
    return index;
}

static void step(struct walk *w)
{
    for (int axis = w->v->whole.rank - 1; axis >= 0; axis--) {
        if (++w->at[axis] < w->v->whole.dim[axis])
            return;
        w->at[axis] = 0;
    }
}

enum vjp_status vjp_excerpt_cut(const struct vjp_excerpt *e, const struct vjp_case *c, int slot,
                                const struct vjp_tensor *from, struct vjp_tensor *out,
                                struct vjp_error *error)
{
    struct view v;
    struct vjp_tensor tensor;
    look_at_slot(e, c, slot, &v);
    const enum vjp_status status = vjp_tensor_init(&tensor, from->dtype, &v.part, error);
    if (status != VJP_OK)
        return status;
    struct walk w = {.e = e, .v = &v};
    for (int64_t i = 0; i < from->count; i++, step(&w)) {
        bool inside;
        const int64_t j = place(&w, &inside);
        if (inside)
            vjp_tensor_set(&tensor, j, vjp_tensor_get(from, i));
    }
    *out = tensor;
    return VJP_OK;
}

enum vjp_status vjp_excerpt_cut_data(const struct vjp_excerpt *e, const struct vjp_case *c,
                                     const struct vjp_data *from, struct vjp_data *out,
                                     struct vjp_error *error)
{
    struct vjp_data data = {0};
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        if (from->slot[slot].data)
            status = vjp_excerpt_cut(e, c, slot, &from->slot[slot], &data.slot[slot], error);
    }
    if (status == VJP_OK)
        *out = data;
    else
        vjp_data_clear(&data);
    return status;
}

void vjp_excerpt_silence(const struct vjp_excerpt *e, const struct vjp_case *c, int slot,
                         struct vjp_tensor *tensor)
{
    struct view v;
    look_at_slot(e, c, slot, &v);
    struct walk w = {.e = e, .v = &v};
    for (int64_t i = 0; i < tensor->count; i++, step(&w)) {
        bool inside;
        place(&w, &inside);
        if (!inside)
            vjp_tensor_set(tensor, i, 0);
    }
}

enum vjp_status vjp_excerpt_spread(const struct vjp_excerpt *e, const struct vjp_case *c, int k,
                                   const struct vjp_tensor *from, struct vjp_tensor *out,
                                   struct vjp_error *error)
{
    struct view v;
    struct vjp_tensor tensor;
    look_at_saved(e, c, k, &v);
    const enum vjp_status status = vjp_tensor_init(&tensor, from->dtype, &v.whole, error);
    if (status != VJP_OK)
        return status;
    struct walk w = {.e = e, .v = &v};
    for (int64_t i = 0; i < tensor.count; i++, step(&w)) {
        bool inside;
        vjp_tensor_set(&tensor, i, vjp_tensor_get(from, place(&w, &inside)));
    }
    *out = tensor;
    return VJP_OK;
}

/* Both are numbers and equal, or have the same bits. */
static bool is_same(enum vjp_dtype dtype, uint64_t a, uint64_t b)
{
    return a == b || vjp_bits_to_double(dtype, a) == vjp_bits_to_double(dtype, b);
}

int64_t vjp_excerpt_find_stray(const struct vjp_excerpt *e, const struct vjp_case *c, int slot,
                               const struct vjp_tensor *answer, const struct vjp_tensor *before)
{
    struct view v;
    look_at_slot(e, c, slot, &v);
    struct walk w = {.e = e, .v = &v};
    for (int64_t i = 0; i < answer->count; i++, step(&w)) {
        bool inside;
        place(&w, &inside);
        if (!inside && !is_same(answer->dtype, vjp_tensor_get(answer, i),
                                before ? vjp_tensor_get(before, i) : 0))
            return i;
    }
    return -1;
}

/* Keeps one more coordinate, in order. */
static void keep_also(struct vjp_excerpt *e, int dim, int64_t at)
{
    int64_t *kept = e->at[dim];
    int n = e->count[dim];
    if (find(e, dim, at) >= 0)
        return;
    if (n == VJP_EXCERPT_MAX)
        n--;
    int i = n;
    for (; i > 0 && kept[i - 1] > at; i--)
        kept[i] = kept[i - 1];
    kept[i] = at;
    e->count[dim] = n + 1;
    e->c.dim[dim] = n + 1;
}

void vjp_excerpt_keep_element(struct vjp_excerpt *e, const struct vjp_case *c, int slot, int64_t i)
{
    struct view v;
    look_at_slot(e, c, slot, &v);
    for (int axis = v.whole.rank - 1; axis >= 0; axis--) {
        if (is_kept(e, v.dim[axis]))
            keep_also(e, v.dim[axis], i % v.whole.dim[axis]);
        i /= v.whole.dim[axis];
    }
}

/* Of more coordinates than this the first three and the last are told. */
#define TOLD 4

static int add_kept(const struct vjp_excerpt *e, int dim, char *text, int size)
{
    const int count = e->count[dim];
    const int64_t *at = e->at[dim];
    int n = snprintf(text, (size_t)size, "%s = %" PRId64, e->c.spec->dim[dim], at[0]);
    if (count > TOLD)
        return n < size ? n + snprintf(text + n, (size_t)(size - n),
                                       ", %" PRId64 ", %" PRId64 ", ... %" PRId64 " (%d of them)",
                                       at[1], at[2], at[count - 1], count)
                        : n;
    for (int i = 1; i < count && n < size; i++)
        n += snprintf(text + n, (size_t)(size - n), "%s%" PRId64, i + 1 < count ? ", " : " and ",
                      at[i]);
    return n;
}

char *vjp_excerpt_text(const struct vjp_excerpt *e, char *text, int size)
{
    int n = 0;
    text[0] = '\0';
    for (int dim = 0; dim < e->c.spec->n_dims && n < size; dim++) {
        if (e->count[dim] == 0)
            continue;
        if (n > 0)
            n += snprintf(text + n, (size_t)(size - n), ", ");
        if (n < size)
            n += add_kept(e, dim, text + n, size - n);
    }
    return text;
}
