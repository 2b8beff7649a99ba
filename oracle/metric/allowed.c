/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/allowed.h"

#include "oracle/metric/measure_parts.h"

#include <math.h>

/* The finite numbers of a dtype in order, 0 in the middle: number k is +0 for 0, k steps above it for k > 0,
 * -k steps below for k < 0 (the bits of a number of either sign count upwards from zero). */
static int64_t greatest(enum vjp_dtype dtype)
{
    return (int64_t)vjp_bits_infinity(dtype, false) - 1;
}

static uint64_t bits_of(enum vjp_dtype dtype, int64_t k)
{
    const uint64_t sign = vjp_bits_infinity(dtype, true) - vjp_bits_infinity(dtype, false);
    return k < 0 ? sign + (uint64_t)-k : (uint64_t)k;
}

static int64_t place_of(enum vjp_dtype dtype, uint64_t bits)
{
    const bool negative = vjp_bits_is_negative(dtype, bits);
    const uint64_t sign = vjp_bits_infinity(dtype, true) - vjp_bits_infinity(dtype, false);
    return negative ? -(int64_t)(bits - sign) : (int64_t)bits;
}

static bool stands(struct vjp_measurer *m, uint64_t bits)
{
    struct vjp_element e;
    vjp_measurer_measure(m, bits, &e);
    return e.standing != VJP_OUTSIDE;
}

/* The last number that stands from k, which does, in the direction 1 or -1. What stands has no gaps: it is what lies
 * within a distance of the exact result, or of a set, which is an interval. Distances are unsigned: in f64 there
 * are more than 2^63 numbers. */
static int64_t find_end(struct vjp_measurer *m, int64_t k, int direction)
{
    const enum vjp_dtype dtype = m->t.dtype;
    const uint64_t origin = (uint64_t)k, sign = direction > 0 ? 1 : UINT64_MAX;
    const uint64_t room = sign * ((uint64_t)(direction * greatest(dtype)) - origin);
    uint64_t good = 0, bad = room + 1;
    for (uint64_t step = 1; good < room && bad > room;) {
        const uint64_t next = step < room - good ? good + step : room;
        if (stands(m, bits_of(dtype, (int64_t)(origin + sign * next))))
            good = next;
        else
            bad = next;
        step *= 2;
    }
    while (bad - good > 1) {
        const uint64_t middle = good + (bad - good) / 2;
        if (stands(m, bits_of(dtype, (int64_t)(origin + sign * middle))))
            good = middle;
        else
            bad = middle;
    }
    return (int64_t)(origin + sign * good);
}

/* Where to begin: the correctly rounded result, or the finite number next to it; 0 for NaN. */
static int64_t begin(enum vjp_dtype dtype, uint64_t want)
{
    if (vjp_bits_is_nan(dtype, want))
        return 0;
    if (vjp_bits_is_inf(dtype, want))
        return vjp_bits_is_negative(dtype, want) ? -greatest(dtype) : greatest(dtype);
    return place_of(dtype, want);
}

static void find_one(struct vjp_measurer *m, int64_t i, struct vjp_allowed *out)
{
    const enum vjp_dtype dtype = m->t.dtype;
    vjp_measurer_seek(m, i);
    const uint64_t want = m->t.truth.low;
    const int64_t start = begin(dtype, want);
    *out = (struct vjp_allowed){.value = vjp_bits_to_double(dtype, want),
                                .low = INFINITY,
                                .high = -INFINITY,
                                .minus_infinity = stands(m, vjp_bits_infinity(dtype, true)),
                                .infinity = stands(m, vjp_bits_infinity(dtype, false)),
                                .nan = stands(m, vjp_bits_quiet_nan(dtype))};
    if (!stands(m, bits_of(dtype, start)))
        return;
    out->low = vjp_bits_to_double(dtype, bits_of(dtype, find_end(m, start, -1)));
    out->high = vjp_bits_to_double(dtype, bits_of(dtype, find_end(m, start, 1)));
}

void vjp_allowed_find(const struct vjp_reference *reference, int slot,
                      const struct vjp_model *model, int64_t count, struct vjp_allowed *out)
{
    struct vjp_measurer m;
    vjp_measurer_init(&m, reference, slot, model);
    for (int64_t i = 0; i < count; i++)
        find_one(&m, i, &out[i]);
    vjp_measurer_clear(&m);
}
