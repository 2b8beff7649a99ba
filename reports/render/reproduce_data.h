/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_REPRODUCE_DATA_H
#define VJP_REPORTS_RENDER_REPRODUCE_DATA_H

#include "reports/render/reproduce.h"

/* The data of a reproduction as C, in the types of reports/render/fault/declarations.inc. Every number is exact. */

/* The arrays of values and of what is expected, and then the tables tensors, in the order of a call, and attributes,
 * which ends with a NULL. */
void vjp_reproduce_write_data(const struct vjp_reproduction *r, FILE *out);

/* About the bytes that they take, at most. */
int64_t vjp_reproduce_data_bytes(const struct vjp_case *c);

#endif
