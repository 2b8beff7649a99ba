/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_DEVIATION_H
#define VJP_ORACLE_METRIC_DEVIATION_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/tensor.h"
#include "oracle/metric/reference.h"

/* Errors with their signs, for statistics over many elements. Nothing is judged by them: that is measure.h. */

enum vjp_deviation_kind {
    VJP_DEVIATION_KNOWN = 0, /* got and the exact result are finite */
    VJP_DEVIATION_LOST,      /* the exact result is finite, got is not */
    VJP_DEVIATION_OPEN, /* there is no one finite result: a kink's set, NaN, infinity, unresolved */
};

struct vjp_deviation {
    int64_t index; /* row-major, in the gradient */
    enum vjp_deviation_kind kind;
    double exact;  /* the exact result, rounded to nearest */
    double scale;  /* S, at most 2^-12 above it */
    int64_t terms; /* k, the number of nonzero terms */
    /* Where KNOWN: */
    double error;  /* got - exact: off by 2^-50 |error| and, of a contraction, 2^-40 of u S */
    double ulp;    /* |error| in units in the last place of the exact result */
    bool correct;  /* the correctly rounded result */
    bool faithful; /* no number of the dtype lies between got and the exact result */
};

/* Calls visit for every element of the gradient slot, in order. got has the slot's shape and the case's dtype; NULL:
 * exact, scale and terms are all that is asked for, and kind is KNOWN or OPEN. */
void vjp_deviation_visit(const struct vjp_reference *reference, int slot,
                         const struct vjp_tensor *got,
                         void (*visit)(void *env, const struct vjp_deviation *deviation),
                         void *env);

#endif
