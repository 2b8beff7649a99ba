/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_FACTS_H
#define VJP_ORACLE_EXACT_FACTS_H

#include "oracle/exact/contraction.h"

/* What is known of the terms of every element of a contraction, from what is known of its vectors: how
 * many are not zero, and of which power of two they all are multiples. */

/* Of one side. lowest of an element x is the largest l with x a multiple of 2^l. */
#define VJP_FACTS_PARTS 8

struct vjp_facts_side {
    int64_t vectors; /* batches times rows or columns, in that order */
    int64_t stride;  /* of lowest, from vector to vector */
    int64_t *nonzeros;
    int16_t *lowest; /* of each element; VJP_FACTS_ZERO of one that is zero or no number */
    /* [v][j]: more than j parts of VJP_FACTS_PARTS of vector v's elements have at most this, j <
     * VJP_FACTS_PARTS; [v][VJP_FACTS_PARTS]: all have. VJP_FACTS_ZERO where no number will do. */
    int16_t (*part)[VJP_FACTS_PARTS + 1];
};

#define VJP_FACTS_ZERO 12000

struct vjp_facts {
    int64_t terms;
    struct vjp_facts_side left, right;
};

/* What is known of the terms of one element. Every term is a multiple of 2^least; where there are any
 * but zeros one is not of 2^(most + 1). INT64_MAX for least: all are zero. */
struct vjp_facts_terms {
    int64_t least, most;
};

/* Memory: 2 bytes for each element of either factor. */
VJP_MUST_CHECK enum vjp_status vjp_facts_init(struct vjp_facts *out,
                                              const struct vjp_contraction *contraction,
                                              struct vjp_error *error);
void vjp_facts_clear(struct vjp_facts *facts);

/* How many terms of the element are not zero. Costs nothing where either vector has no zeros. */
int64_t vjp_facts_nonzeros(const struct vjp_facts *facts, const struct vjp_contraction *contraction,
                           const struct vjp_contraction_place *place);

/* Bounds that cost nothing, and the same number for both, which costs a pass over the terms. */
struct vjp_facts_terms vjp_facts_bound(const struct vjp_facts *facts,
                                       const struct vjp_contraction *contraction,
                                       const struct vjp_contraction_place *place);
struct vjp_facts_terms vjp_facts_find(const struct vjp_facts *facts,
                                      const struct vjp_contraction *contraction,
                                      const struct vjp_contraction_place *place);

/* lowest of a number that is not zero. */
int vjp_facts_lowest(double x);

#endif
