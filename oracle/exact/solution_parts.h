/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_SOLUTION_PARTS_H
#define VJP_ORACLE_EXACT_SOLUTION_PARTS_H

#include "oracle/exact/accumulator.h"
#include "oracle/exact/filter.h"
#include "oracle/exact/solution.h"

/* What solution.c plans, and what each of its threads does. */

/* What all threads work on: one batch. */
struct vjp_solution_work {
    struct vjp_solution *solution;
    const struct vjp_tensor *old;
    enum vjp_dtype dtype;
    enum vjp_block_elements elements;
    bool
        swapped; /* the larger side, which blocks have on the left, is the columns; else the rows */
    bool apart;  /* nothing is packed: each element on its own */
    int64_t batch;
    int64_t larger, smaller; /* vectors of either side */
    int64_t larger_panel, smaller_panel;
    int64_t n_smaller_panels;
    struct vjp_block *panel; /* the smaller side, all of it */
    int64_t next; /* atomically: the first vector of the larger side that no thread has */
};

/* What a thread has of its own. */
struct vjp_solution_bench {
    struct vjp_solution_work *work;
    struct vjp_block block; /* a panel of the larger side */
    struct vjp_products products;
    struct vjp_filtered row; /* for rows whose elements the solution has in other places */
    uint64_t *
        open; /* of a column of a smaller panel, bit i: the element of vector i of the larger one */
    struct vjp_accumulator *accumulator;
    double *a, *b; /* a vector each */
    int64_t settled[VJP_SETTLED_COUNT];
};

/* A vector of the larger side, or of the smaller one; terms numbers. */
void vjp_solution_read(const struct vjp_solution_work *work, bool larger, int64_t vector,
                       double *out);

/* A bench for the planned work. */
VJP_MUST_CHECK enum vjp_status vjp_solution_bench_init(struct vjp_solution_bench *out,
                                                       struct vjp_solution_work *work,
                                                       struct vjp_error *error);
void vjp_solution_bench_clear(struct vjp_solution_bench *bench);

/* Takes panels of the larger side from the batch until none is left. */
void vjp_solution_bench_run(struct vjp_solution_bench *bench);

#endif
