/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_SOLUTION_H
#define VJP_ORACLE_EXACT_SOLUTION_H

#include "oracle/exact/contraction.h"
#include "oracle/exact/settled.h"

/* One gradient, every element correctly rounded, however many there are: a fast product with a proved
 * error, and for the elements that it leaves open an exact accumulator. */

/* Element e is rounded[e] + tail[e], to within vjp_solution_error S and 2^-1074: rounded is the correctly rounded
 * result, to nearest even, with NaN and infinities where IEEE 754 has them, and then tail means nothing. */
struct vjp_solution {
    struct vjp_contraction contraction;
    struct vjp_tensor rounded;
    double *tail;
    double *scale;       /* S = sum of |terms| over the finite ones, with the old value: at least S,
                            and at most S (1 + 2^-13) + 2^-1073; infinite where it is above all doubles */
    uint8_t *settled_by; /* enum vjp_settled_by */
    int64_t settled[VJP_SETTLED_COUNT]; /* how many */
};

#define VJP_SOLUTION_JOBS_MAX 64

/* The gradient by input i of a case whose layer has a form. old: what the output holds before, under
 * accumulate, or NULL. jobs: threads, 1 or more. Operands, old and the solution are of the case's dtype.
 * Extra memory, as doubles and floats: the vectors of the smaller factor, 32 at least, or none where 32 are more than
 * 64 MiB and there are fewer; and for each thread 10 MiB, or 6 vectors where they are more. VJP_ERR_LIMIT for more
 * than VJP_BLOCK_TERMS_MAX terms. */
VJP_MUST_CHECK enum vjp_status vjp_solution_create(const struct vjp_case *c,
                                                   const struct vjp_data *data, int i, int jobs,
                                                   struct vjp_solution *out,
                                                   struct vjp_error *error);
/* The instructions that it is made with: "avx512". */
const char *vjp_solution_instructions(void);

/* How far an element may be from rounded + tail, in units of its scale. */
double vjp_solution_error(const struct vjp_solution *solution);

void vjp_solution_clear(struct vjp_solution *solution);

#endif
