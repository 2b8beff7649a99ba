/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/freivalds.h"

#include "cases/base/stream.h"
#include "oracle/exact/odd.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define P    VJP_FREIVALDS_PRIME
#define BITS 61
#define STEP UINT64_C(0x9e3779b97f4a7c15) /* 2^64 over the golden ratio */

typedef unsigned __int128 wide;

/* Below 2 p for anything below 2^122. */
static uint64_t fold(wide x)
{
    return (uint64_t)(x & P) + (uint64_t)(x >> BITS);
}

static uint64_t reduce(uint64_t x)
{
    return x >= P ? x - P : x;
}

static uint64_t multiply(uint64_t a, uint64_t b)
{
    return reduce(fold((wide)a * b));
}

uint64_t vjp_freivalds_add(uint64_t a, uint64_t b)
{
    return reduce(a + b);
}

uint64_t vjp_freivalds_residue(double x)
{
    int exponent;
    if (!isfinite(x))
        return 0;
    const int64_t m = vjp_odd_take_apart(x, &exponent);
    const uint64_t size = (uint64_t)(m < 0 ? -m : m); /* below 2^53 */
    const int turn = (exponent % BITS + BITS) % BITS;
    const uint64_t turned = turn == 0 ? size : (size << turn & P) | size >> (BITS - turn);
    return m < 0 && turned > 0 ? P - turned : turned;
}

enum vjp_status vjp_freivalds_init(struct vjp_freivalds *out, int64_t cols, int64_t terms,
                                   uint64_t seed, struct vjp_error *error)
{
    *out = (struct vjp_freivalds){.cols = cols,
                                  .terms = terms,
                                  .s = calloc((size_t)cols + 1, sizeof *out->s),
                                  .product = calloc((size_t)terms + 1, sizeof *out->product)};
    if (!out->s || !out->product) {
        vjp_freivalds_clear(out);
        return vjp_fail(error, VJP_ERR_MEMORY,
                        "no memory to check a product of %" PRId64 " columns", cols);
    }
    /* SplitMix64 (stream.h), 61 bits of each number: of 2^61 values one is p, which counts as 0. */
    for (int64_t j = 0; j < cols; j++)
        out->s[j] = reduce(vjp_mix64(seed + (uint64_t)(j + 1) * STEP) >> (64 - BITS));
    return VJP_OK;
}

void vjp_freivalds_clear(struct vjp_freivalds *f)
{
    free(f->s);
    free(f->product);
    *f = (struct vjp_freivalds){0};
}

void vjp_freivalds_add_column(struct vjp_freivalds *f, int64_t j, const double *column)
{
    for (int64_t k = 0; k < f->terms; k++) {
        if (column[k] != 0)
            f->product[k] = vjp_freivalds_add(f->product[k],
                                              multiply(f->s[j], vjp_freivalds_residue(column[k])));
    }
}

uint64_t vjp_freivalds_row(const struct vjp_freivalds *f, const double *row)
{
    uint64_t sum = 0;
    for (int64_t k = 0; k < f->terms; k++)
        sum = vjp_freivalds_add(sum, multiply(vjp_freivalds_residue(row[k]), f->product[k]));
    return sum;
}

uint64_t vjp_freivalds_element(const struct vjp_freivalds *f, int64_t j, double value)
{
    return multiply(f->s[j], vjp_freivalds_residue(value));
}
