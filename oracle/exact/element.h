/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_ELEMENT_H
#define VJP_ORACLE_EXACT_ELEMENT_H

#include "cases/base/dtype.h"
#include "oracle/exact/accumulator.h"

/* One element on its own, as vjp_solution has it (solution.h). */
struct vjp_solved {
    uint64_t bits;
    double tail, scale;
    bool is_special; /* some operand is no number: as IEEE 754 says; else by the accumulator */
};

/* The sum of a[k] b[k], k < terms, of finite numbers of the format that accumulator was made for. Leaves S alone. */
void vjp_element_sum(struct vjp_accumulator *accumulator, enum vjp_dtype dtype, const double *a,
                     const double *b, int64_t terms, struct vjp_solved *out);

/* The same of VJP_ACCUMULATOR_LANES elements side by side, element j with b[k lanes + j], of f16, bf16 or f32, and with
 * at most VJP_ACCUMULATOR_TERMS terms; out[j].scale is at least S. Bit j of the result: out[j] is it; the others are to be
 * summed one by one. */
unsigned vjp_element_sums(struct vjp_accumulator *accumulator, enum vjp_dtype dtype,
                          const double *a, const double *b, int64_t terms,
                          struct vjp_solved out[VJP_ACCUMULATOR_LANES]);

/* old + sum of a[k] b[k], k < terms, of any numbers of that format. */
void vjp_element_solve(struct vjp_accumulator *accumulator, enum vjp_dtype dtype, const double *a,
                       const double *b, int64_t terms, double old, struct vjp_solved *out);

#endif
