/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/accumulator.h"

#include "oracle/exact/extract.h"
#include "oracle/exact/two_sum.h"

#include <assert.h>
#include <math.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 i128;

/* The sum is that of window[i] 2^(32 i - BIAS). An integer m 2^e, |m| < 2^53, goes whole into the window
 * that its last place lies in, shifted by less than 32: below 2^84 there. A term makes at most two of
 * them, a block (extract.h) 4 PASSES more: 2^40 terms in 2^37 calls make less than 0.64 2^43, so that no
 * window reaches 0.64 2^127, and none has to be looked at before the end. */
#define WIDTH 32

/* The last place of a product of two doubles is 2^-2148 and more, of the upper half of one (see
 * add_product) 2^(971 + 971 + 53) and less. */
#define BIAS    2148
#define WINDOWS ((1995 + BIAS) / WIDTH + 1)

/* A pass (split, extract.h) takes 85 bits and more off a block of numbers, counted from the largest
 * one's first, at about a fifth of what it costs to add them one by one. One does for products of f32
 * whose exponents differ by less than 40; six for nearly all that f32 has, which lie in 554 places. What
 * then is left is f64 with exponents all over. */
#define PASSES 6

struct vjp_accumulator {
    const struct vjp_extract *extract;
    bool products_are_exact; /* in f64 */
    int low, high;           /* the windows in use; high < low: none */
    i128 window[WINDOWS];
    alignas(64) double p[VJP_EXTRACT_MAX];
    alignas(64) double r[VJP_EXTRACT_MAX];
    alignas(64) double room[VJP_EXTRACT_MAX * VJP_EXTRACT_LANES];
};

_Static_assert(VJP_ACCUMULATOR_LANES == VJP_EXTRACT_LANES, "the same sums");
_Static_assert(VJP_ACCUMULATOR_TERMS % VJP_EXTRACT_MAX == 0 &&
                   VJP_ACCUMULATOR_PARTS / VJP_EXTRACT_PARTS ==
                       VJP_ACCUMULATOR_TERMS / VJP_EXTRACT_MAX &&
                   VJP_ACCUMULATOR_PARTS % VJP_EXTRACT_PARTS == 0,
               "parts of every block of terms");

enum vjp_status vjp_accumulator_create(enum vjp_dtype dtype, bool portable,
                                       struct vjp_accumulator **out, struct vjp_error *error)
{
    struct vjp_accumulator *a = aligned_alloc(alignof(struct vjp_accumulator), sizeof *a);
    if (!a)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for an exact accumulator");
    memset(a, 0, sizeof *a);
    a->extract = vjp_extract_get(portable);
    /* 24 bits times 24 bits, at least 2^-149 2^-149. */
    a->products_are_exact = dtype != VJP_F64;
    a->low = WINDOWS;
    a->high = -1;
    *out = a;
    return VJP_OK;
}

void vjp_accumulator_destroy(struct vjp_accumulator *accumulator)
{
    free(accumulator);
}

void vjp_accumulator_reset(struct vjp_accumulator *accumulator)
{
    for (int i = accumulator->low; i <= accumulator->high; i++)
        accumulator->window[i] = 0;
    accumulator->low = WINDOWS;
    accumulator->high = -1;
}

/* Adds m 2^exponent, |m| < 2^53. */
static void add_integer(struct vjp_accumulator *accumulator, int64_t m, int exponent)
{
    const unsigned place = (unsigned)(exponent + BIAS);
    const int i = (int)(place / WIDTH);
    accumulator->window[i] += (i128)m * (INT64_C(1) << place % WIDTH);
    if (i < accumulator->low)
        accumulator->low = i;
    if (i > accumulator->high)
        accumulator->high = i;
}

void vjp_accumulator_add(struct vjp_accumulator *accumulator, double x)
{
    int exponent;
    const int64_t m = vjp_odd_take_apart(x, &exponent);
    if (m != 0)
        add_integer(accumulator, m, exponent);
}

/* Any product of two doubles: 106 bits, in two halves. */
static void add_product(struct vjp_accumulator *accumulator, double a, double b)
{
    int ea, eb;
    const int64_t ma = vjp_odd_take_apart(a, &ea);
    const int64_t mb = vjp_odd_take_apart(b, &eb);
    if (ma == 0 || mb == 0)
        return;
    const i128 product = (i128)ma * mb;
    add_integer(accumulator, (int64_t)(product & ((INT64_C(1) << 53) - 1)), ea + eb);
    add_integer(accumulator, (int64_t)(product >> 53), ea + eb + 53);
}

/* Adds the numbers in p, and leaves them changed. */
static void add_block(struct vjp_accumulator *accumulator, double *p, int n, double magnitude)
{
    for (int pass = 0; pass < PASSES && magnitude > 0; pass++) {
        double sum[2];
        accumulator->extract->split(p, n, &magnitude, sum);
        vjp_accumulator_add(accumulator, sum[0]);
        vjp_accumulator_add(accumulator, sum[1]);
    }
    for (int k = 0; k < n && magnitude > 0; k++)
        vjp_accumulator_add(accumulator, p[k]);
}

void vjp_accumulator_add_products(struct vjp_accumulator *accumulator, const double *a,
                                  const double *b, int64_t n)
{
    const struct vjp_extract *extract = accumulator->extract;
    double *p = accumulator->p;
    double *r = accumulator->r;
    for (int64_t start = 0; start < n; start += VJP_EXTRACT_MAX) {
        const int count = (int)(n - start < VJP_EXTRACT_MAX ? n - start : VJP_EXTRACT_MAX);
        const double *u = a + start;
        const double *v = b + start;
        double magnitude[2];
        if (accumulator->products_are_exact) {
            magnitude[0] = extract->multiply(u, v, p, count);
            assert(magnitude[0] < INFINITY);
            add_block(accumulator, p, count, magnitude[0]);
        } else if (extract->multiply_error(u, v, p, r, count, magnitude)) {
            add_block(accumulator, p, count, magnitude[0]);
            add_block(accumulator, r, count, magnitude[1]);
        } else {
            for (int k = 0; k < count; k++)
                add_product(accumulator, u[k], v[k]);
        }
    }
}

/* A pass takes two numbers out of the products and says whether something is left (extract.h). Where they cancel, one
 * more pass may do. */
bool vjp_accumulator_two(struct vjp_accumulator *accumulator, const double *a, const double *b,
                         int64_t n, double two[2])
{
    const struct vjp_extract *extract = accumulator->extract;
    two[0] = two[1] = 0;
    if (!accumulator->products_are_exact || n > VJP_EXTRACT_MAX)
        return false;
    double magnitude = extract->multiply(a, b, accumulator->p, (int)n);
    for (int pass = 0; pass < 2 && magnitude > 0 && two[0] == 0; pass++) {
        double sum[2];
        extract->split(accumulator->p, (int)n, &magnitude, sum);
        two[0] = vjp_two_sum(sum[0], sum[1], &two[1]);
    }
    return magnitude == 0;
}

/* Appends what is not 0 of the sums of a block. */
static void append_parts(const double *sum, struct vjp_parts *out)
{
    for (int i = 0; i < VJP_EXTRACT_PARTS * VJP_EXTRACT_LANES; i++) {
        const int lane = i % VJP_EXTRACT_LANES;
        out->part[lane][out->n_parts[lane]] = sum[i];
        out->n_parts[lane] += sum[i] != 0;
    }
}

unsigned vjp_accumulator_split(struct vjp_accumulator *accumulator, const double *a,
                               const double *b, int64_t n,
                               const double magnitude[VJP_ACCUMULATOR_LANES], struct vjp_parts *out)
{
    unsigned known = (1U << VJP_ACCUMULATOR_LANES) - 1;
    memset(out->n_parts, 0, sizeof out->n_parts);
    for (int64_t start = 0; start < n; start += VJP_EXTRACT_MAX) {
        const int count = (int)(n - start < VJP_EXTRACT_MAX ? n - start : VJP_EXTRACT_MAX);
        double sum[VJP_EXTRACT_PARTS * VJP_EXTRACT_LANES], left[VJP_EXTRACT_LANES];
        memcpy(left, magnitude, sizeof left);
        accumulator->extract->split_columns(a + start, b + start * VJP_EXTRACT_LANES, count,
                                            accumulator->room, left, sum);
        append_parts(sum, out);
        for (int lane = 0; lane < VJP_EXTRACT_LANES; lane++)
            known &= ~((unsigned)(left[lane] != 0) << lane);
    }
    return known;
}

void vjp_accumulator_get(const struct vjp_accumulator *accumulator, struct vjp_odd *out)
{
    /* Digits of 32 bits in two's complement, from low upward. Three more hold what the last window has
     * above its own, below 2^95; two below are zero. */
    uint32_t digits[2 + WINDOWS + 3];
    uint32_t *digit = digits + 2;
    digits[0] = digits[1] = 0;
    int n = 0;
    i128 carry = 0;
    for (int i = accumulator->low; i <= accumulator->high; i++, carry >>= WIDTH) {
        carry += accumulator->window[i];
        digit[n++] = (uint32_t)carry;
    }
    for (int i = 0; i < 3; i++, carry >>= WIDTH)
        digit[n++] = (uint32_t)carry;
    const bool negative = carry < 0;
    const uint32_t flip = negative ? UINT32_MAX : 0;
    uint64_t borrow = negative;
    for (int i = 0; i < n; i++, borrow >>= 32) {
        borrow += digit[i] ^ flip;
        digit[i] = (uint32_t)borrow;
    }
    while (n > 1 && digit[n - 1] == 0)
        n--;
    bool lost = false;
    for (int i = 0; i < n - 3; i++)
        lost |= digit[i] != 0;
    const uint64_t low = (uint64_t)digit[n - 2] << 32 | digit[n - 3] | lost;
    vjp_odd_set(out, negative, digit[n - 1], low, WIDTH * (accumulator->low + n - 3) - BIAS);
}
