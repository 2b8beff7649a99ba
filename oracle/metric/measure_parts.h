/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_MEASURE_PARTS_H
#define VJP_ORACLE_METRIC_MEASURE_PARTS_H

#include "oracle/metric/bound.h"
#include "oracle/metric/measure.h"
#include "oracle/metric/reference_parts.h"

/* How elements are measured one by one: for the files of this folder only. */

/* Numbers of 64 bits, rounded up. */
struct vjp_workspace {
    struct vjp_bound bound;
    mpfr_t got;   /* exact */
    mpfr_t error; /* |got - exact| */
    mpfr_t quotient;
};

/* What an element is measured against. */
struct vjp_subject {
    struct vjp_reference_element truth;
    int64_t index;
    struct vjp_arithmetic arithmetic;
    enum vjp_dtype dtype;
};

/* Measures elements of one gradient for one model, one after another. */
struct vjp_measurer {
    const struct vjp_reference_gradient *gradient;
    struct vjp_workspace w;
    struct vjp_subject t;
};

void vjp_measurer_init(struct vjp_measurer *out, const struct vjp_reference *reference, int slot,
                       const struct vjp_model *model);
void vjp_measurer_clear(struct vjp_measurer *measurer);

/* Turns to element i, for the functions below. */
void vjp_measurer_seek(struct vjp_measurer *measurer, int64_t i);
void vjp_measurer_measure(struct vjp_measurer *measurer, uint64_t got, struct vjp_element *out);

/* Whether an answer of zero would stand. */
bool vjp_measurer_zero_stands(struct vjp_measurer *measurer);

/* Whether an answer that is outside the declared bound is inside that of a narrower arithmetic, and that
 * bound says something: one that reaches S explains every answer, zero among them. */
bool vjp_measurer_is_explained(struct vjp_measurer *measurer, enum vjp_dtype narrower,
                               const struct vjp_element *element);

/* One result, though the sign of a zero or a NaN's payload differ. */
bool vjp_measure_is_same(enum vjp_dtype dtype, uint64_t a, uint64_t b);

#endif
