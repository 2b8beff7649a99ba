/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fill.h"

#include "cases/gen/random.h"

#include <math.h>

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* About exp of a normal deviate: 2^z is taken as (1 + z - floor(z)) 2^floor(z), which is exact where
 * z is an integer and at most 6 percent above in between (Mitchell, "Computer multiplication and
 * division using binary logarithms", IRE Trans. EC-11, 1962). exp of the C library is another number
 * on another machine; this is not. */
static double draw_positive(const struct vjp_fill *fill)
{
    const double log2_e = 0x1.71547652b82fep+0;
    const double z = log2_e * vjp_random_normal(fill->rng);
    const double below = floor(z);
    return ldexp(1 + (z - below), (int)below);
}

/* Rounded to the dtype, and kept among its normal numbers, so that it is not 0 and not infinite. */
static void set_positive(const struct vjp_fill *fill, int64_t i, double value)
{
    const struct vjp_format *format = vjp_format(fill->out->dtype);
    const double kept = clamp(value, ldexp(1, format->emin), ldexp(1, format->emax));
    vjp_tensor_set(fill->out, i, vjp_bits_from_double(fill->out->dtype, kept));
}

void vjp_fill_positive(const struct vjp_fill *fill, double median)
{
    for (int64_t i = 0; i < fill->out->count; i++)
        set_positive(fill, i, median * draw_positive(fill));
}

static double get(const struct vjp_fill *fill, int64_t i)
{
    return vjp_bits_to_double(fill->out->dtype, vjp_tensor_get(fill->out, i));
}

void vjp_fill_simplex(const struct vjp_fill *fill)
{
    const struct vjp_shape *shape = &fill->out->shape;
    const int64_t length = shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;
    vjp_fill_positive(fill, 1);
    for (int64_t first = 0; first < fill->out->count; first += length) {
        double sum = 0;
        for (int64_t i = first; i < first + length; i++)
            sum += get(fill, i);
        for (int64_t i = first; i < first + length; i++)
            set_positive(fill, i, get(fill, i) / sum);
    }
}
