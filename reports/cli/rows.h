/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_ROWS_H
#define VJP_REPORTS_CLI_ROWS_H

#include "cases/spec/excerpt.h"

/* The truth about a few rows of a case that is too large for a truth about all of it: of a layernorm of a million rows
 * about some. The cotangent is 0 elsewhere, which is as linear as any other: a correct kernel gives 0 there, and sums
 * over the rows have the terms of the few only. Which dimensions may be cut is no table: the oracle is asked about
 * small cases of the layer, whole and cut. */

/* Elements of all tensors of a case that is cut, together: 2 GiB of f64 among kernel and host. */
#define VJP_ROWS_ELEMENTS_MAX (INT64_C(1) << 27)

/* Chooses rows, as a pure function of the case: of every dimension that may be cut the last coordinate, where there is
 * room for three the first, and others by the seed; VJP_EXCERPT_MAX of each or a power of two below, so that the explicit
 * oracle answers in some seconds. VJP_ERR_USAGE where the layer, or the case, has no dimension that may be cut;
 * VJP_ERR_LIMIT where one row is still too large. *out is the caller's to clear. */
VJP_MUST_CHECK enum vjp_status vjp_rows_choose(const struct vjp_case *c, struct vjp_excerpt *out,
                                               struct vjp_error *error);

/* About how many terms the gradients of the case sum, at most: what the explicit oracle takes its time for. */
double vjp_rows_terms(const struct vjp_case *c);

/* VJP_ERR_USAGE where an operand is not finite: 0 times it is not 0, and so nothing is known of the other rows. */
VJP_MUST_CHECK enum vjp_status
vjp_rows_check_data(const struct vjp_case *c, const struct vjp_data *data, struct vjp_error *error);

#endif
