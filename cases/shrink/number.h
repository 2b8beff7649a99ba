/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_NUMBER_H
#define VJP_CASES_SHRINK_NUMBER_H

#include "cases/base/tensor.h"
#include "cases/base/text.h"
#include "cases/spec/case.h"

/* Numbers of a list: which are simple, and how they are written. */

/* How far a number is from simple: 0 is simplest, then -0, 1, -1, integers up to 16, powers of two,
 * integers up to 1024, other numbers by their significant bits, infinities, NaN. A list's numbers are only
 * replaced by ones of lower cost, so that simplifying ends. */
double vjp_number_cost(double value);

/* Simpler numbers to try in the place of value, by way: 0 to VJP_NUMBER_WAYS - 1, simplest first. Some
 * are not simpler than it. The last ones keep ever more of its leading bits. */
#define VJP_NUMBER_WAYS 21
double vjp_number_simplify(double value, int way);

/* Adds the number with these bits so that a case line reads them again: as an integer, as the shortest
 * decimal, or in hexadecimal; of a NaN only the sign is kept. */
void vjp_number_print(enum vjp_dtype dtype, uint64_t bits, struct vjp_text *out);

/* Has the case list the values of the slot: "[1,0.5]". */
VJP_MUST_CHECK enum vjp_status vjp_number_set_list(struct vjp_case *c, int slot,
                                                   const struct vjp_tensor *values,
                                                   struct vjp_error *error);

#endif
