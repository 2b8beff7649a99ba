/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_MEASURE_H
#define VJP_ORACLE_METRIC_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/model.h"
#include "cases/base/tensor.h"
#include "oracle/metric/reference.h"

/* How one element of an answer stands against the truth. */
enum vjp_standing {
    VJP_CORRECT = 0, /* the correctly rounded result (the sign of a zero is not judged) */
    VJP_WITHIN,      /* inside the bound of the declared model */
    VJP_EXCUSED,     /* a partial sum may overflow, in some order: not compared */
    VJP_UNRESOLVED,  /* the oracle could not settle the element, or has no bound: not compared */
    VJP_OUTSIDE,     /* outside the bound, or NaN or Inf where none may be, or the reverse */
};

struct vjp_element {
    int64_t index; /* row-major, in the gradient */
    enum vjp_standing standing;
    bool exact_data; /* every order gives the exact sum: the bound allows the final rounding only */
    uint64_t got;
    uint64_t want;   /* the correctly rounded result */
    double error;    /* |got - exact|, rounded up; Inf where got is not finite and should be */
    double ulp;      /* error / ulp of the exact result in the case's dtype */
    double relative; /* error / |exact|; 0 for 0/0 */
    double backward; /* error / S, the componentwise backward error; 0 for 0/0 */
    double bound;    /* of the declared model, rounded down */
    double ratio;    /* error / bound, rounded up; 0 for 0/0 */
    double scale;    /* S, rounded up */
    int64_t terms;   /* k, the number of nonzero terms */
};

/* One gradient of one answer. */
struct vjp_measure {
    int64_t count;    /* elements of the gradient */
    int64_t compared; /* of them judged: correct, within or outside */
    int64_t correct;
    int64_t outside;
    int64_t excused;
    int64_t unresolved;
    bool trivial; /* an answer of all zeros would have passed: the gradient tells nothing */
    double worst_ulp, worst_relative, worst_backward, worst_ratio; /* over the compared elements */
    struct vjp_element
        worst; /* the first element outside, else the one with the largest ratio, else
                                 with index -1 */
    int64_t settled[VJP_SETTLED_COUNT]; /* how many elements of an exact contraction by each way */
    int explained_by; /* where some are outside: the most precise format below the declared one whose
                         bound holds for every element (an enum vjp_dtype), or -1 */
};

/* Measures the answer got to gradient slot slot under the model. got must have the slot's shape and
 * the case's dtype. NaN never counts as close to anything but a NaN that IEEE 754 demands. */
void vjp_measure_gradient(const struct vjp_reference *reference, int slot,
                          const struct vjp_model *model, const struct vjp_tensor *got,
                          struct vjp_measure *out);

/* The same for one element. */
void vjp_measure_element(const struct vjp_reference *reference, int slot,
                         const struct vjp_model *model, int64_t i, uint64_t got,
                         struct vjp_element *out);

/* Calls visit for each element that is outside, in order. */
void vjp_measure_outside(const struct vjp_reference *reference, int slot,
                         const struct vjp_model *model, const struct vjp_tensor *got,
                         void (*visit)(void *env, int64_t i), void *env);

/* Writes the n worst elements, or all where there are fewer, and returns their number: the worst first, by
 * standing, then by ratio, then in order. */
int vjp_measure_worst(const struct vjp_reference *reference, int slot,
                      const struct vjp_model *model, const struct vjp_tensor *got, int n,
                      struct vjp_element *out);

#endif
