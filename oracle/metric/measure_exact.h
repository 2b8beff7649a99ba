/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_MEASURE_EXACT_H
#define VJP_ORACLE_METRIC_MEASURE_EXACT_H

#include "oracle/metric/bound.h"
#include "oracle/metric/measure.h"
#include "oracle/metric/reference_parts.h"

/* Elements of a contraction measured in plain doubles, a thousand times as fast as one by one: what comes out is
 * proved, or nothing does. The derivation is in measure_exact.c. */

/* Which element, and what is known of it without MPFR. */
struct vjp_quick {
    const struct vjp_reference_gradient *gradient;
    enum vjp_dtype dtype;
    double error; /* vjp_solution_error */
    int64_t index;
    struct vjp_contraction_place place;
    double rounded, tail;
    double off; /* |exact - rounded - tail| is at most this */
    double old;
    double scale_low, scale_high; /* around S, as exactly known and as the bound has it */
    bool has_terms;               /* what follows is set */
    int64_t terms;
    struct vjp_facts_terms lowest; /* with old */
};

void vjp_quick_init(struct vjp_quick *out, const struct vjp_reference *reference, int slot);

/* Turns to element i. False where nothing can be said in doubles. */
bool vjp_quick_seek(struct vjp_quick *quick, int64_t i);

/* How an answer stands under an arithmetic. The numbers are not below those of vjp_measure_element. */
struct vjp_quick_element {
    enum vjp_standing standing; /* CORRECT, WITHIN or OUTSIDE */
    bool is_finite;             /* there is an error */
    double error_low, error_high;
    double ulp, relative, backward, ratio;
};

/* False where doubles do not tell. */
bool vjp_quick_measure(struct vjp_quick *quick, const struct vjp_arithmetic *arithmetic,
                       uint64_t got, struct vjp_quick_element *out);

/* Figures that have been seen; none is above 2^1000 but for infinity. */
struct vjp_quick_figures {
    double ulp, relative, backward, ratio;
};

/* Whether the answer is surely inside the bound and none of its figures above those: then it need not be measured.
 * Sets *correct. A third of the time that measuring takes; most elements of a large gradient are like that. */
bool vjp_quick_is_below(struct vjp_quick *quick, const struct vjp_arithmetic *arithmetic,
                        uint64_t got, const struct vjp_quick_figures *figures, bool *correct);

/* Sets *explained as vjp_measurer_is_explained for an element that is outside; false where doubles do not tell. */
bool vjp_quick_explain(struct vjp_quick *quick, const struct vjp_arithmetic *narrow,
                       const struct vjp_quick_element *element, bool *explained);

#endif
