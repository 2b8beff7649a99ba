/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ORDER_TERMS_H
#define VJP_REPORTS_CLI_ORDER_TERMS_H

#include <stdbool.h>

#include "cases/spec/data.h"

/* The row of a term that is none of dy's: what the output held before a call that accumulates. */
#define VJP_ORDER_OLD INT64_C(-1)

/* The terms of every element of a gradient: g[j] = sum over i of J[i,j] dy[i], by the explicit Jacobian. Those of
 * element j are start[j] .. start[j + 1] - 1, in the order of dy's elements; entries that are 0 are none. Under accumulate
 * the old content is the last, with a factor of 1. */
struct vjp_order_terms {
    int64_t elements;
    int64_t *start; /* elements + 1 */
    int64_t *row;   /* of dy, or VJP_ORDER_OLD */
    double *factor; /* J[i,j] */
    bool known;     /* every factor is that number exactly */
};

/* Rows times columns of a Jacobian may be so many: each place is looked at. */
#define VJP_ORDER_PLACES_MAX (INT64_C(1) << 24)

/* VJP_ERR_LIMIT beyond it, and beyond what the explicit oracle takes. */
VJP_MUST_CHECK enum vjp_status vjp_order_terms_find(const struct vjp_case *c,
                                                    const struct vjp_data *data, int input,
                                                    struct vjp_order_terms *out,
                                                    struct vjp_error *error);
void vjp_order_terms_clear(struct vjp_order_terms *terms);

/* The number of terms of element j. */
int64_t vjp_order_terms_count(const struct vjp_order_terms *terms, int64_t j);

/* An element that sums has so many: two of dy's, and under accumulate what the output held. */
int64_t vjp_order_terms_least(const struct vjp_case *c);

/* The most that an element has. */
int64_t vjp_order_terms_most(const struct vjp_order_terms *terms);

/* Whether all factors of element j are the same number, which goes to *factor; that of the old content does not count. */
bool vjp_order_terms_same(const struct vjp_order_terms *terms, int64_t j, double *factor);

/* The data of a case with every real operand, but the cotangent, which is 1, filled with one value; indices, masks and
 * one-hot rows are what the case says. saved: with what the forward pass saves. */
VJP_MUST_CHECK enum vjp_status vjp_order_constant_data(const struct vjp_case *c, double value,
                                                       bool saved, struct vjp_data *out,
                                                       struct vjp_error *error);

/* Fills in data->saved. */
VJP_MUST_CHECK enum vjp_status vjp_order_save(const struct vjp_case *c, struct vjp_data *data,
                                              struct vjp_error *error);

#endif
