/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_JACOBIAN_NPY_H
#define VJP_REPORTS_CLI_JACOBIAN_NPY_H

#include <stdio.h>

#include "cases/base/status.h"
#include "oracle/jacobian/explicit.h"

/* Writes a NumPy array of doubles with the shape of y followed by that of x. VJP_ERR_LIMIT, and
 * nothing written, where an entry is an interval wider than one step between doubles (a set of
 * subgradients): a number in its place would not be true. */
VJP_MUST_CHECK enum vjp_status vjp_jacobian_npy_write(const struct vjp_explicit *jacobian,
                                                      FILE *out, struct vjp_error *error);

#endif
