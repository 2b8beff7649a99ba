/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_PATTERN_H
#define VJP_IMPLS_HOST_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/dtype.h"

/* Bit patterns of one element. Everything in a window that is no element holds the canary; output
 * elements hold the canary (a NaN) or the finite poison before a call.
 *
 * The canary of outputs is a signalling NaN: arithmetic makes it quiet, so that a kernel that
 * adds something to it where it has no business, and writes the sum back, has changed it. The
 * canary of inputs is another NaN: a vector that was read from behind an input and is written
 * behind an output, after arithmetic that passed the NaN on, is seen. For indices and masks it is a
 * number that no table is long enough for: whoever takes it for an index faults in the guard behind
 * the tensor that was looked up (10,855,845 rows of up to 1,500 bytes), and so it is named. */
uint64_t vjp_pattern_canary(enum vjp_dtype dtype, bool output);

/* About 25.7, with a significand that no ordinary computation arrives at. */
uint64_t vjp_pattern_finite(enum vjp_dtype dtype);

/* Fills bytes, a multiple of 8, with copies of the element (8-aligned, all at once). */
void vjp_pattern_spread(enum vjp_dtype dtype, uint64_t element, void *out, int64_t bytes);

/* Whether bytes, a multiple of 8, hold nothing but copies of the element. */
bool vjp_pattern_is_spread(enum vjp_dtype dtype, uint64_t element, const void *in, int64_t bytes);

/* The element's bits repeated to 64. */
uint64_t vjp_pattern_word(enum vjp_dtype dtype, uint64_t element);

#endif
