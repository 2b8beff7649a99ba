/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fill.h"

#include "cases/base/stream.h"
#include "cases/gen/random.h"

#include <math.h>

/* Why every partial sum is representable. A gradient element is a sum of at most K products (K the
 * spec's reduction) of one element of dy with others; under accumulate its old value is one more
 * term. Let the operands be integers of magnitude at most A and the old value of magnitude at most
 * A^2. Then any subset of the terms sums to an integer of magnitude at most A^2 (K + 1), and for
 *
 *     A^2 (K + 1) <= 2^p
 *
 * that is representable with p bits. A VJP is linear in dy: if dy and the old gradients are all
 * multiplied with one power of two s, so is every partial sum, for any layer and whatever the other
 * operands are. So s goes there and nowhere else. |log2 s| <= 3 and 1 <= |n| <= 2^p keep n s in the
 * normal range of the narrowest format: 2^-14 <= 2^-3, 2^11 * 2^3 < 65504.
 *
 * Where 2^p < K + 1 not even A = 1 will do. Then A = 1 and dy is zero but where the sum of the
 * indices is r modulo q, q = ceil(K / (2^p - 1)): on a line of at most K elements along an axis
 * there are at most 2^p - 1 such, and with the old value the bound is 2^p again. This holds for a
 * layer whose sums run along one axis of dy, as in linear.
 *
 * Zero is never drawn: a term that is dropped, doubled or misplaced changes the sum. */

#define SCALE_MAX 3

struct plan {
    int64_t bound; /* A */
    int64_t step;  /* q; 1: every element */
};

static struct plan make_plan(const struct vjp_case *c)
{
    const int64_t limit = INT64_C(1) << vjp_format(c->dtype)->precision;
    const int64_t terms = c->spec->reduction(c);
    if (terms + 1 > limit)
        return (struct plan){.bound = 1, .step = (terms + limit - 2) / (limit - 1)};
    /* floor(sqrt(q)) for q <= 2^53: the correctly rounded root is not below the floor, and above it
     * by at most one where it was rounded up to an integer. */
    const int64_t quotient = limit / (terms + 1);
    int64_t bound = (int64_t)sqrt((double)quotient);
    if (bound * bound > quotient)
        bound--;
    return (struct plan){.bound = bound, .step = 1};
}

/* log2 s, the same for dy and every old gradient: from a stream of its own, after those of the
 * slots. */
static enum vjp_status draw_scale(const struct vjp_case *c, int *out, struct vjp_error *error)
{
    struct vjp_random random;
    const uint32_t stream = (uint32_t)vjp_slot_count(c->spec);
    const enum vjp_status status =
        vjp_random_init(&random, vjp_stream_seed(c->seed, stream), error);
    if (status != VJP_OK)
        return status;
    *out = (int)vjp_random_between(&random.rng, -SCALE_MAX, SCALE_MAX);
    vjp_random_clear(&random);
    return VJP_OK;
}

static int64_t index_sum(const struct vjp_shape *shape, int64_t i)
{
    int64_t sum = 0;
    for (int d = shape->rank - 1; d >= 0; d--) {
        sum += i % shape->dim[d];
        i /= shape->dim[d];
    }
    return sum;
}

/* r: one that some element has, so that not all of them are zero. */
static int64_t draw_remainder(const struct vjp_fill *fill, int64_t step)
{
    const int64_t largest = index_sum(&fill->out->shape, fill->out->count - 1);
    return vjp_random_between(fill->rng, 0, largest < step - 1 ? largest : step - 1);
}

enum vjp_status vjp_fill_exact(const struct vjp_fill *fill, struct vjp_error *error)
{
    const struct vjp_spec *spec = fill->c->spec;
    const bool is_cotangent = fill->slot == vjp_slot_cotangent(spec);
    const bool is_gradient = vjp_slot_is_gradient(spec, fill->slot);
    const struct plan plan = make_plan(fill->c);
    const int64_t bound = is_gradient ? plan.bound * plan.bound : plan.bound;
    const int64_t step = is_cotangent ? plan.step : 1;
    int scale = 0;
    if (is_cotangent || is_gradient) {
        const enum vjp_status status = draw_scale(fill->c, &scale, error);
        if (status != VJP_OK)
            return status;
    }
    if (fill->out->count == 0)
        return VJP_OK;
    const int64_t remainder = step > 1 ? draw_remainder(fill, step) : 0;
    for (int64_t i = 0; i < fill->out->count; i++) {
        if (step > 1 && index_sum(&fill->out->shape, i) % step != remainder)
            continue; /* the tensor was made of zeros */
        const int sign = vjp_random_sign(fill->rng);
        const int64_t magnitude = vjp_random_between(fill->rng, 1, bound);
        const double value = ldexp((double)(sign * magnitude), scale);
        vjp_tensor_set(fill->out, i, vjp_bits_from_double(fill->out->dtype, value));
    }
    return VJP_OK;
}
