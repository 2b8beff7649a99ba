/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fill.h"

#include "cases/gen/random.h"
#include "cases/spec/pipeline.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* GenDot (Ogita, Rump and Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26, 2005,
 * algorithm 6.1) with one of the two vectors given: the partner's. Let b = log2(cond) and p_k the
 * partner's elements. Half of the a_k give products p_k a_k with random exponents in [top - b, top];
 * the other half are chosen so that the running dot product, exact but for 2^-104, falls from
 * 2^(top - b/2) to 2^(top - b). The sum of magnitudes is then about 2^top and the result about
 * 2^(top - b). Each cancelling term can take away p bits: where fewer than b / p terms are left for
 * it, or the exponents of the dtype do not reach so far, the condition number stays lower. */

/* Where the slot and its partner have their common dimensions. The shared axes are numbered 0 ..
 * shared - 1, with extent terms in all. */
struct pairing {
    int64_t terms;           /* the product of the shared dimensions */
    int64_t lines;           /* of the slot's other dimensions */
    int64_t partner_lines;   /* of the partner's other dimensions */
    int64_t *offset;         /* of term k in a line of the slot; terms elements */
    int64_t *partner_offset; /* and in a line of the partner */
};

struct axes {
    struct vjp_shape shape;
    int dim[VJP_RANK_MAX];        /* the spec's dimension of each axis, or -1 */
    int64_t stride[VJP_RANK_MAX]; /* row-major, contiguous */
};

static void get_axes(const struct vjp_case *c, int slot, struct axes *out)
{
    c->spec->shape(c, slot, &out->shape, out->dim); /* inputs and cotangent: slot is the index */
    int64_t stride = 1;
    for (int d = out->shape.rank - 1; d >= 0; d--) {
        out->stride[d] = stride;
        stride *= out->shape.dim[d];
    }
}

static int find_axis(const struct axes *axes, int dim)
{
    for (int d = 0; dim >= 0 && d < axes->shape.rank; d++) {
        if (axes->dim[d] == dim)
            return d;
    }
    return -1;
}

/* The product of the dimensions that the two have in common (shared), or that only a has. */
static int64_t extent(const struct axes *a, const struct axes *other, bool shared)
{
    int64_t product = 1;
    for (int d = 0; d < a->shape.rank; d++) {
        if ((find_axis(other, a->dim[d]) >= 0) == shared)
            product *= a->shape.dim[d];
    }
    return product;
}

/* The offset in a of line or term number i: it counts through the axes of order that other has too
 * (shared) or has not, the last one fastest. a and order are the same, or a shares all of them. */
static int64_t offset_of(const struct axes *a, const struct axes *order, const struct axes *other,
                         bool shared, int64_t i)
{
    int64_t offset = 0;
    for (int d = order->shape.rank - 1; d >= 0; d--) {
        if ((find_axis(other, order->dim[d]) >= 0) != shared)
            continue;
        const int axis = a == order ? d : find_axis(a, order->dim[d]);
        offset += i % order->shape.dim[d] * a->stride[axis];
        i /= order->shape.dim[d];
    }
    return offset;
}

/* An unevaluated sum of two doubles, high + low. */
struct double_double {
    double high, low;
};

/* Adds the product a b, exact as product and error: the sum's relative error is about 2^-104 of the
 * magnitudes added. fma is correctly rounded everywhere. */
static void add_product(struct double_double *sum, double a, double b)
{
    const double product = a * b;
    const double error = fma(a, b, -product);
    const double high = sum->high + product;
    const double back = high - sum->high; /* TwoSum (Knuth) */
    const double lost = (sum->high - (high - back)) + (product - back);
    const double low = sum->low + (lost + error);
    sum->high = high + low;
    sum->low = low - (sum->high - high); /* FastTwoSum (Dekker): |high| >= |low| */
}

/* Exponents of the products, and of the largest element, that keep every sum finite. */
struct window {
    int top;
    int span; /* b */
    int element_max;
};

static struct window make_window(const struct vjp_case *c, enum vjp_dtype dtype, double cond,
                                 int64_t terms)
{
    const struct vjp_format *format = vjp_format(dtype);
    struct window window = {.span = ilogb(cond)};
    /* The partner's elements are mostly below 2^4. Sums over other lines of it, of so many terms,
     * stay below 2^emax. */
    window.element_max =
        format->emax - 5 -
        ilogb((double)(terms > c->spec->reduction(c) ? terms : c->spec->reduction(c)));
    /* Half of the span above 1 and half below, but in a pipeline nothing far above 1: the sums are the
     * arguments of the next stage, and large ones the exponents of one behind it. */
    window.top = vjp_pipeline_of(c->spec) ? 0 : (window.span + 1) / 2;
    if (window.top > window.element_max - 2)
        window.top = window.element_max - 2;
    return window;
}

/* Rounds value to the dtype, with its exponent held in the window, and returns what was stored. */
static double store(const struct vjp_fill *fill, const struct window *window, int64_t at,
                    double value)
{
    if (fabs(value) >= ldexp(1, window->element_max + 1))
        value = copysign(ldexp(1, window->element_max), value);
    const uint64_t bits = vjp_bits_from_double(fill->out->dtype, value);
    vjp_tensor_set(fill->out, at, bits);
    return vjp_bits_to_double(fill->out->dtype, bits);
}

/* Fills one line: element at[i] of the slot meets partner[i], finite and not zero; n >= 3 of them,
 * in random order. */
static void fill_line(const struct vjp_fill *fill, const struct window *window, const int64_t *at,
                      const double *partner, int64_t n)
{
    const int precision = vjp_format(fill->out->dtype)->precision;
    const int64_t half = n / 2;
    struct double_double dot = {0, 0};
    for (int64_t i = 0; i < half; i++) {
        const int below = i == 0 ? 0 : (int)vjp_random_between(fill->rng, 0, window->span);
        const int exponent = window->top - below - ilogb(partner[i]);
        const int sign = vjp_random_sign(fill->rng);
        const double value = sign * vjp_random_significand(fill->rng, precision);
        add_product(&dot, store(fill, window, at[i], ldexp(value, exponent)), partner[i]);
    }
    for (int64_t i = half; i < n; i++) {
        const int64_t left = n - 1 - i;
        const int64_t steps = n - half;
        const int exponent = window->top - window->span + (int)(window->span / 2 * left / steps);
        const int sign = vjp_random_sign(fill->rng);
        const double target = ldexp(sign * vjp_random_significand(fill->rng, precision), exponent);
        const double wanted = (target - dot.high) / partner[i]; /* low is below its rounding */
        add_product(&dot, store(fill, window, at[i], wanted), partner[i]);
    }
}

struct line_buffer {
    int64_t *order; /* the usable terms, shuffled; terms elements each */
    int64_t *at;
    double *partner;
};

/* Chooses a line of the partner, the terms that can be used on it, and fills line number line. */
static void fill_against(const struct vjp_fill *fill, const struct vjp_tensor *partner,
                         const struct pairing *pairing, const struct window *window, int64_t base,
                         int64_t partner_base, struct line_buffer *buffer)
{
    int64_t n = 0;
    for (int64_t k = 0; k < pairing->terms; k++) {
        const uint64_t bits = vjp_tensor_get(partner, partner_base + pairing->partner_offset[k]);
        if (!vjp_bits_is_nan(partner->dtype, bits) && !vjp_bits_is_inf(partner->dtype, bits) &&
            !vjp_bits_is_zero(partner->dtype, bits))
            buffer->order[n++] = k;
    }
    if (n < 3)
        return; /* the values stay normal */
    gsl_ran_shuffle(fill->rng, buffer->order, (size_t)n, sizeof buffer->order[0]);
    for (int64_t i = 0; i < n; i++) {
        const int64_t k = buffer->order[i];
        const uint64_t bits = vjp_tensor_get(partner, partner_base + pairing->partner_offset[k]);
        buffer->at[i] = base + pairing->offset[k];
        buffer->partner[i] = vjp_bits_to_double(partner->dtype, bits);
    }
    fill_line(fill, window, buffer->at, buffer->partner, n);
}

static int64_t *allocate(int64_t n)
{
    return calloc((size_t)n, sizeof(int64_t));
}

enum vjp_status vjp_fill_cancel(const struct vjp_fill *fill, const struct vjp_tensor *partner,
                                struct vjp_error *error)
{
    const struct vjp_case *c = fill->c;
    struct axes own;
    struct axes other;
    vjp_fill_normal(fill, 1);
    if (!partner || fill->out->count == 0 || partner->count == 0)
        return VJP_OK;
    get_axes(c, fill->slot, &own);
    get_axes(c, vjp_slot_partner(c->spec, fill->slot), &other);

    enum vjp_status status = VJP_OK;
    struct pairing pairing = {.terms = extent(&own, &other, true),
                              .lines = extent(&own, &other, false),
                              .partner_lines = extent(&other, &own, false)};
    struct line_buffer buffer = {0};
    pairing.offset = allocate(pairing.terms);
    pairing.partner_offset = allocate(pairing.terms);
    buffer.order = allocate(pairing.terms);
    buffer.at = allocate(pairing.terms);
    buffer.partner = calloc((size_t)pairing.terms, sizeof(double));
    if (!pairing.offset || !pairing.partner_offset || !buffer.order || !buffer.at ||
        !buffer.partner) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for %s", c->slot[fill->slot].text);
        goto cleanup;
    }
    for (int64_t k = 0; k < pairing.terms; k++) {
        pairing.offset[k] = offset_of(&own, &own, &other, true, k);
        pairing.partner_offset[k] = offset_of(&other, &own, &other, true, k);
    }
    const struct window window =
        make_window(c, fill->out->dtype, c->slot[fill->slot].parameter, pairing.terms);
    for (int64_t line = 0; line < pairing.lines; line++) {
        const int64_t chosen =
            (int64_t)vjp_random_below(fill->rng, (uint64_t)pairing.partner_lines);
        fill_against(fill, partner, &pairing, &window, offset_of(&own, &own, &other, false, line),
                     offset_of(&other, &other, &own, false, chosen), &buffer);
    }
cleanup:
    free(pairing.offset);
    free(pairing.partner_offset);
    free(buffer.order);
    free(buffer.at);
    free(buffer.partner);
    return status;
}
