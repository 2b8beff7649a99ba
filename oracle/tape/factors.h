/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_TAPE_FACTORS_H
#define VJP_ORACLE_TAPE_FACTORS_H

#include "oracle/tape/tape.h"

/* Sets reach[v] >= 1 of every node v: how much a part of the product v may be multiplied by after it has
 * underflowed, in whatever order a kernel multiplies; of a sum v, how much a part of it may be multiplied by
 * after it has been flushed to zero. value is that of running.h. False when memory
 * ends. */
VJP_MUST_CHECK bool vjp_factors_reach(const struct vjp_tape *tape, const long double *value,
                                      long double *reach);

#endif
