/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_JACOBIAN_EXPLICIT_H
#define VJP_ORACLE_JACOBIAN_EXPLICIT_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/shape.h"
#include "cases/base/status.h"
#include "cases/spec/case.h"
#include "cases/spec/data.h"

/* The explicit generalized Jacobian for those who may not see MPFR: enclosures read as doubles and
 * texts. */
struct vjp_explicit;

/* dy/d(input) of the case at the given working precision in bits, at least 53. input must be present
 * in the case. VJP_ERR_LIMIT for a case that exceeds VJP_GRAPH_MAX (oracle/forward/graph.h). */
VJP_MUST_CHECK enum vjp_status vjp_explicit_create(const struct vjp_case *c,
                                                   const struct vjp_data *data, int input,
                                                   int precision, struct vjp_explicit **out,
                                                   struct vjp_error *error);
void vjp_explicit_destroy(struct vjp_explicit *jacobian);

void vjp_explicit_shape(const struct vjp_explicit *jacobian, struct vjp_shape *y,
                        struct vjp_shape *x);

/* Number of entries that are not structural zeros. */
int64_t vjp_explicit_entries(const struct vjp_explicit *jacobian);

/* The entry of row i (an element of y) and column j (an element of x): false where it is a
 * structural zero, else the enclosure's ends, rounded outward to doubles. */
bool vjp_explicit_entry(const struct vjp_explicit *jacobian, int64_t i, int64_t j, double *low,
                        double *high);

/* False where it is not determined whether the entry is a number, and which: the ends are NaN, and so are
 * those of one that is NaN. */
bool vjp_explicit_is_known(const struct vjp_explicit *jacobian, int64_t i, int64_t j);

/* Whether the entry is a set of numbers, every one of which is meant: a kink. The ends of any other are
 * those of what is known of one number. */
bool vjp_explicit_is_set(const struct vjp_explicit *jacobian, int64_t i, int64_t j);

/* Writes the entry: "0" for a structural zero, the shortest decimal that reads back as the same
 * double for a point that is one, both ends "[low, high]" of a set to digits digits, rounded outward;
 * "inf", "-inf", "nan", "not determined"; of any other number up to digits digits that are known, as
 * vjp_decimal_text (oracle/num/decimal.h): "0.3678794...". Cut at size. Returns text. */
char *vjp_explicit_text(const struct vjp_explicit *jacobian, int64_t i, int64_t j, int digits,
                        char *text, int size);

/* The forward pass alone: y of the case, each element rounded to f64; NaN for one that is not known. For numerical
 * differences, which need many. y has room for every element. */
VJP_MUST_CHECK enum vjp_status vjp_explicit_output(const struct vjp_case *c,
                                                   const struct vjp_data *data, double *y,
                                                   struct vjp_error *error);

#endif
