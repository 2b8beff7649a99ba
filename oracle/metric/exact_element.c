/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/exact_element.h"

#include "cases/base/stream.h"
#include "oracle/num/round.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* The sum's precision doubles until the sum is exact: from what two f64 and 150 bits more take to what
 * any sum of products of f64 does (reference.c). */
#define FIRST_PRECISION 256
#define LAST_PRECISION  8192

/* Any double, exactly. */
static void set_double(struct vjp_real *out, double x)
{
    vjp_real_set_bits(out, VJP_F64, vjp_double_bits(x));
}

static enum vjp_status add_up(const double *a, const double *b, int64_t terms,
                              const struct vjp_tensor *old, int64_t e, mpfr_prec_t precision,
                              struct vjp_gradient *out, struct vjp_error *error)
{
    struct vjp_real x, y;
    const enum vjp_status status = vjp_gradient_init(out, 1, precision, error);
    if (status != VJP_OK)
        return status;
    vjp_real_init(&x, precision);
    vjp_real_init(&y, precision);
    for (int64_t k = 0; k < terms; k++) {
        set_double(&x, a[k]);
        set_double(&y, b[k]);
        vjp_real_mul(&x, &x, &y);
        vjp_gradient_add(out, 0, &x);
    }
    if (old->data) {
        vjp_real_set_bits(&x, old->dtype, vjp_tensor_get(old, e));
        vjp_gradient_add(out, 0, &x);
    }
    vjp_real_clear(&x);
    vjp_real_clear(&y);
    return VJP_OK;
}

enum vjp_status vjp_exact_element(const struct vjp_contraction *r, const struct vjp_tensor *old,
                                  int64_t e, struct vjp_gradient *out, struct vjp_error *error)
{
    const struct vjp_contraction_place place = vjp_contraction_find(r, e);
    struct vjp_gradient one = {0};
    enum vjp_status status = VJP_OK;
    double *a = malloc(2 * ((size_t)r->terms + 1) * sizeof *a);
    if (!a)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for an element");
    double *b = a + r->terms + 1;
    vjp_contraction_left(r, place.batch, place.row, a);
    vjp_contraction_right(r, place.batch, place.col, b);
    vjp_contraction_drop(r, &place, a, b);
    for (mpfr_prec_t precision = FIRST_PRECISION; status == VJP_OK && precision <= LAST_PRECISION;
         precision *= 2) {
        vjp_gradient_clear(&one);
        status = add_up(a, b, r->terms, old, e, precision, &one, error);
        if (status == VJP_OK && (one.value[0].kind != VJP_REAL_FINITE || one.value[0].point))
            break;
    }
    free(a);
    if (status == VJP_OK)
        *out = one;
    else
        vjp_gradient_clear(&one);
    return status;
}

static bool rounds_to(const struct vjp_real *value, enum vjp_dtype dtype, uint64_t bits)
{
    uint64_t want = vjp_bits_quiet_nan(dtype);
    if (value->kind == VJP_REAL_FINITE)
        want = vjp_round_to_bits(vjp_real_low(value), dtype);
    else if (value->kind != VJP_REAL_NAN)
        want = vjp_bits_infinity(dtype, value->kind == VJP_REAL_NEG_INF);
    return bits == want || (vjp_bits_is_zero(dtype, bits) && vjp_bits_is_zero(dtype, want)) ||
           (vjp_bits_is_nan(dtype, bits) && vjp_bits_is_nan(dtype, want));
}

/* Tails and S are doubles, so they may be off by 2^-1074 besides what vjp_solution_error allows and, S,
 * by 2^-13 of itself. */
#define DOUBLES_END 0x1p-1073

static bool tail_is_right(const struct vjp_solution *s, int64_t e, mpfr_srcptr value)
{
    const double rounded = vjp_bits_to_double(s->rounded.dtype, vjp_tensor_get(&s->rounded, e));
    mpfr_t off;
    if (!isfinite(rounded))
        return true; /* it means nothing */
    mpfr_init2(off, LAST_PRECISION);
    mpfr_sub_d(off, value, rounded, MPFR_RNDA);
    mpfr_sub_d(off, off, s->tail[e], MPFR_RNDA);
    const double distance = fabs(mpfr_get_d(off, MPFR_RNDA));
    mpfr_clear(off);
    return distance <= vjp_solution_error(s) * s->scale[e] + DOUBLES_END;
}

bool vjp_exact_agrees(const struct vjp_solution *s, int64_t e, const struct vjp_gradient *one)
{
    const struct vjp_real *value = &one->value[0];
    /* The element's own S is rounded up, at each of its terms by 2^-63. */
    const double scale = mpfr_get_d(&one->scale[0], MPFR_RNDD);
    const bool finite = value->kind == VJP_REAL_FINITE;
    return rounds_to(value, s->rounded.dtype, vjp_tensor_get(&s->rounded, e)) &&
           finite == (s->settled_by[e] != VJP_SETTLED_SPECIAL) &&
           s->scale[e] >= scale * (1 - 0x1p-38) &&
           s->scale[e] <= scale * (1 + 0x1p-12) + DOUBLES_END && (!finite || value->point) &&
           (!finite || tail_is_right(s, e, vjp_real_low(value)));
}

/* One of size places, the i-th to be asked for: of a residue modulo 32, a whole row of tiles of any kernel, that differs
 * from those of the 31 before, and so of any residue modulo 6, somewhere. */
static int64_t place(int64_t size, int64_t i, uint64_t seed)
{
    const int64_t rows = (size + 31) / 32;
    const uint64_t random = vjp_mix64(vjp_mix64(seed) + (uint64_t)i);
    const int64_t at = (int64_t)(random % (uint64_t)rows) * 32 + i * (2 * (int64_t)seed + 1) % 32;
    return at < size ? at : (int64_t)(random >> 8) % size;
}

/* The first of them all is the last element, where edges meet. */
static int64_t sample_at(const struct vjp_contraction *r, int64_t i)
{
    if (i < 0)
        return r->out_batch[r->batches - 1] + r->out_row[r->rows - 1] + r->out_col[r->cols - 1];
    return r->out_batch[place(r->batches, i, 1)] + r->out_row[place(r->rows, i, 2)] +
           r->out_col[place(r->cols, i, 3)];
}

enum vjp_status vjp_exact_sample(const struct vjp_solution *s, const struct vjp_tensor *old,
                                 struct vjp_error *error)
{
    const int64_t count = s->rounded.count;
    int64_t samples = VJP_EXACT_SAMPLED_TERMS / (s->contraction.terms + 1);
    samples = samples < 2 ? 2 : samples > 32 ? 32 : samples;
    if (samples > count)
        samples = count;
    for (int64_t i = -1; i < samples && count > 0; i++) {
        struct vjp_gradient one;
        const int64_t e = sample_at(&s->contraction, i);
        const enum vjp_status status = vjp_exact_element(&s->contraction, old, e, &one, error);
        if (status != VJP_OK)
            return status;
        const bool agrees = vjp_exact_agrees(s, e, &one);
        vjp_gradient_clear(&one);
        if (!agrees)
            return vjp_fail(error, VJP_ERR_INTERNAL,
                            "the exact contraction of element %" PRId64
                            " is not the sum of its terms: please report this",
                            e);
    }
    return VJP_OK;
}
