/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_METRIC_MEASURE_H
#define VJP_TESTS_ORACLE_METRIC_MEASURE_H

#include "oracle/metric/measure.h"
#include "tests/oracle/metric/witness.h"

#define TERMS_MAX 6

/* One element: the sum of w[i] dy[i], i < k, and of what was there. */
struct one {
    enum vjp_dtype dtype;
    struct vjp_model model;
    int k;
    double w[TERMS_MAX], dy[TERMS_MAX];
    bool accumulate;
    double old;
};

static inline void one_fixture(const struct one *o, struct fixture *f)
{
    fixture_init(f,
                 (struct linear){o->dtype, 1, 1, o->k, .bias = false, .accumulate = o->accumulate});
    fill(f, W, o->w);
    fill(f, DY, o->dy);
    if (o->accumulate)
        put(f, DX, 0, o->old);
}

static inline struct vjp_element measure_bits(const struct one *o, uint64_t got)
{
    struct fixture f;
    struct vjp_element e;
    one_fixture(o, &f);
    struct vjp_reference *r = reference_of(&f);
    vjp_measure_element(r, DX, &o->model, 0, got, &e);
    vjp_reference_destroy(r);
    fixture_clear(&f);
    return e;
}

/* got must be a number of the dtype. */
static inline struct vjp_element measure_one(const struct one *o, double got)
{
    const uint64_t bits = vjp_bits_from_double(o->dtype, got);
    cr_assert(isnan(got) || vjp_bits_to_double(o->dtype, bits) == got);
    return measure_bits(o, bits);
}

/* The answers to dx of a case with D = 1 and N = n elements. */
static inline void measure_answers(const struct fixture *f, struct vjp_model model,
                                   const double *answer, struct vjp_measure *out)
{
    struct vjp_error error = {""};
    struct vjp_shape shape;
    struct vjp_tensor got;
    vjp_case_slot_shape(&f->c, DX, &shape);
    cr_assert_eq(vjp_tensor_init(&got, f->c.dtype, &shape, &error), VJP_OK, "%s", error.text);
    for (int64_t i = 0; i < got.count; i++)
        vjp_tensor_set(&got, i, vjp_bits_from_double(f->c.dtype, answer[i]));
    struct vjp_reference *r = reference_of(f);
    vjp_measure_gradient(r, DX, &model, &got, out);
    vjp_reference_destroy(r);
    vjp_tensor_clear(&got);
}

#endif
