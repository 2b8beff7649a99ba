/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_PROBABLE_H
#define VJP_ORACLE_TAPE_PROBABLE_H

#include "oracle/tape/tape.h"

/* What roundings add up to that are independent and of mean 0, to first order and as if the ways from an operation
 * to a node were: for every node v error[v], in units of u. One ulp for elementary functions. value is that of
 * landscape.h. For explanations, by which nothing passes or fails. */
void vjp_probable_errors(const struct vjp_tape *tape, const long double *value, long double *error);

/* What operands add that are rounded once before anything is computed from them, at most: error[v] in units
 * of u. */
void vjp_probable_operands(const struct vjp_tape *tape, const long double *value,
                           long double *error);

#endif
