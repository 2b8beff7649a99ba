/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_ALLOWED_H
#define VJP_ORACLE_METRIC_ALLOWED_H

#include <stdbool.h>
#include <stdint.h>

#include "oracle/metric/reference.h"

/* The answers to one element that vjp_measure_element does not call outside, for who has to judge without the
 * oracle: by two comparisons, which are exact. */
struct vjp_allowed {
    double value; /* the correctly rounded result; of a set, its lower end */
    double low,
        high; /* the least and the greatest finite answer; +inf and -inf where there is none */
    bool minus_infinity, infinity, nan; /* are answers, too */
};

/* Sets out[i] for every element of the gradient slot, count elements, under the model. */
void vjp_allowed_find(const struct vjp_reference *reference, int slot,
                      const struct vjp_model *model, int64_t count, struct vjp_allowed *out);

#endif
