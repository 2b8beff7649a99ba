/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_ACCUMULATOR_H
#define VJP_ORACLE_EXACT_ACCUMULATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/dtype.h"
#include "cases/base/status.h"
#include "oracle/exact/odd.h"

/* Exact sums of products of numbers of one format, whatever their exponents and however much cancels.
 * An accumulator is used by one thread at a time. */
struct vjp_accumulator;

/* The sum is zero. portable: does without the instructions that only some machines have; for tests.
 * VJP_ERR_MEMORY. */
VJP_MUST_CHECK enum vjp_status vjp_accumulator_create(enum vjp_dtype dtype, bool portable,
                                                      struct vjp_accumulator **out,
                                                      struct vjp_error *error);
void vjp_accumulator_destroy(struct vjp_accumulator *accumulator);

/* Makes the sum zero again. Costs as much as the range of exponents that was in use. */
void vjp_accumulator_reset(struct vjp_accumulator *accumulator);

/* Adds the sum of a[k] b[k] over n terms; a and b hold finite values of the accumulator's dtype. Between
 * two resets at most 2^37 calls, and 2^40 terms in all. */
void vjp_accumulator_add_products(struct vjp_accumulator *accumulator, const double *a,
                                  const double *b, int64_t n);

/* The sum of a[k] b[k] alone, without the accumulator's, as two[0] + two[1] exactly, two[0] the nearest double to it:
 * for at most VJP_EXTRACT_MAX terms of f16, bf16 or f32 where the bits that do not cancel span less than two doubles.
 * False, and nothing else, where it is not like that. */
bool vjp_accumulator_two(struct vjp_accumulator *accumulator, const double *a, const double *b,
                         int64_t n, double two[2]);

/* Eight sums side by side: sum j is that of a[k] b[k VJP_ACCUMULATOR_LANES + j] over n terms of f16, bf16 or f32, at
 * most VJP_ACCUMULATOR_TERMS, and magnitude[j] at least that of |a[k] b[k lanes + j]|. Bit j of the result: sum j is
 * that of n_parts[j] nonzero doubles part[j], exactly; at most VJP_ACCUMULATOR_PARTS. Lanes with other numbers,
 * finite or not, spoil no other lane. */
#define VJP_ACCUMULATOR_LANES 8
#define VJP_ACCUMULATOR_TERMS (INT64_C(1) << 13)
#define VJP_ACCUMULATOR_PARTS 64
struct vjp_parts {
    int n_parts[VJP_ACCUMULATOR_LANES];
    double part[VJP_ACCUMULATOR_LANES][VJP_ACCUMULATOR_PARTS];
};
unsigned vjp_accumulator_split(struct vjp_accumulator *accumulator, const double *a,
                               const double *b, int64_t n,
                               const double magnitude[VJP_ACCUMULATOR_LANES],
                               struct vjp_parts *out);

/* Adds any finite number, of whatever format. Counts as a call and a term. */
void vjp_accumulator_add(struct vjp_accumulator *accumulator, double x);

/* The sum, rounded to odd. */
void vjp_accumulator_get(const struct vjp_accumulator *accumulator, struct vjp_odd *out);

#endif
