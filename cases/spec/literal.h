/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LITERAL_H
#define VJP_CASES_SPEC_LITERAL_H

#include <stdint.h>

#include "cases/base/status.h"
#include "cases/base/tensor.h"

/* Numbers as they are written in a case line. Integers and hexadecimal floats are exact: one that
 * the dtype cannot hold is refused. A decimal float is rounded once to the dtype and must stay
 * finite. inf and nan, with an optional sign, are what they say. For VJP_I32 there are only whole
 * numbers in decimal. */

/* Reads the number at text and sets *end past it. The message names the number and the dtype. */
VJP_MUST_CHECK enum vjp_status vjp_literal_number(enum vjp_dtype dtype, const char *text,
                                                  const char **end, uint64_t *bits,
                                                  struct vjp_error *error);

/* Reads a list "[1,0x1p-3,-inf]" from its first character to the end of the text and sets *count to
 * the number of its elements. Element i goes to out, where out is not NULL and has so many. On
 * failure *at, where at is not NULL, is the offset in text of what is wrong. */
VJP_MUST_CHECK enum vjp_status vjp_literal_list(enum vjp_dtype dtype, const char *text,
                                                struct vjp_tensor *out, int64_t *count, int *at,
                                                struct vjp_error *error);

#endif
