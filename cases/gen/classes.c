/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fill.h"

#include "cases/gen/random.h"
#include "cases/spec/domain.h"

static void set(const struct vjp_fill *fill, int64_t i, int64_t value)
{
    vjp_tensor_set(fill->out, i, vjp_bits_from_double(fill->out->dtype, (double)value));
}

void vjp_fill_labels(const struct vjp_fill *fill)
{
    const struct vjp_shape *shape = &fill->out->shape;
    const int64_t length = shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;
    for (int64_t first = 0; first < fill->out->count; first += length)
        set(fill, first + (int64_t)vjp_random_below(fill->rng, (uint64_t)length), 1);
}

static int64_t draw_index(const struct vjp_fill *fill)
{
    const int64_t bound = fill->c->spec->index_bound(fill->c, fill->slot);
    return (int64_t)vjp_random_below(fill->rng, (uint64_t)bound);
}

void vjp_fill_index(const struct vjp_fill *fill)
{
    for (int64_t i = 0; i < fill->out->count; i++)
        set(fill, i, draw_index(fill));
}

/* Each is expected four times: one of count / 4 + 1 that are a random step apart, modulo the bound.
 * There are fewer where the bound is smaller or the step meets its own trace. */
#define TIMES_EACH 4

void vjp_fill_repeats(const struct vjp_fill *fill)
{
    if (fill->out->count == 0)
        return;
    const int64_t bound = fill->c->spec->index_bound(fill->c, fill->slot);
    const int64_t kinds = fill->out->count / TIMES_EACH + 1;
    const int64_t start = draw_index(fill);
    const int64_t step = draw_index(fill);
    for (int64_t i = 0; i < fill->out->count; i++) {
        const int64_t kind = vjp_random_between(fill->rng, 0, kinds - 1);
        set(fill, i, (start + kind % bound * step) % bound); /* bound <= 2^31 */
    }
}

void vjp_fill_ignored(const struct vjp_fill *fill, double probability)
{
    int64_t ignored = 0;
    bool found = false;
    if (fill->out->count == 0 || !vjp_domain_ignored(fill->c, fill->slot, &ignored))
        return; /* the case is valid: there is one */
    for (int64_t i = 0; i < fill->out->count; i++) {
        const int64_t index = draw_index(fill);
        const int chosen = vjp_random_chance(fill->rng, probability);
        set(fill, i, chosen ? ignored : index);
        found |= chosen;
    }
    if (!found)
        set(fill, (int64_t)vjp_random_below(fill->rng, (uint64_t)fill->out->count), ignored);
}

void vjp_fill_mask(const struct vjp_fill *fill, double probability)
{
    for (int64_t i = 0; i < fill->out->count; i++)
        set(fill, i, vjp_random_chance(fill->rng, probability));
}
