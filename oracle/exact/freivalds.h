/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_FREIVALDS_H
#define VJP_ORACLE_EXACT_FREIVALDS_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"

/* Freivalds' check of a matrix product C = A B (Probabilistic machines can use less running time, IFIP 1977),
 * row by row: with a random vector s, a row of C times s must be that row of A times (B s). It takes one pass
 * over each matrix, in integers, and shares nothing with whatever multiplied.
 *
 * Modulo the prime p = 2^61 - 1 every finite double is an integer: 2^61 = 1, so that m 2^e is m 2^(e mod 61).
 * A row that is right always agrees. Of rows that are wrong one in p agrees, if s is uniform: the difference
 * is a polynomial of degree 1 in each s_j, and is not zero unless an element is off by a multiple of p. */
struct vjp_freivalds {
    int64_t cols, terms;
    uint64_t *s;       /* cols random residues, from a seed */
    uint64_t *product; /* B s, terms residues */
};

/* B is zeros at first. */
VJP_MUST_CHECK enum vjp_status vjp_freivalds_init(struct vjp_freivalds *out, int64_t cols,
                                                  int64_t terms, uint64_t seed,
                                                  struct vjp_error *error);
void vjp_freivalds_clear(struct vjp_freivalds *f);

/* Column j of B: terms doubles. Each column once. What is no number counts as 0: rows that meet it are not to
 * be asked for. */
void vjp_freivalds_add_column(struct vjp_freivalds *f, int64_t j, const double *column);

/* A row of A, terms doubles, times B s. */
uint64_t vjp_freivalds_row(const struct vjp_freivalds *f, const double *row);

/* An element of C, value, times s_j: the sum over a row's elements, modulo p (vjp_freivalds_add), is to be
 * vjp_freivalds_row of it. */
uint64_t vjp_freivalds_element(const struct vjp_freivalds *f, int64_t j, double value);
uint64_t vjp_freivalds_add(uint64_t a, uint64_t b);

/* x modulo p, in 0 .. p - 1; 0 for what is no number. */
uint64_t vjp_freivalds_residue(double x);

#define VJP_FREIVALDS_PRIME ((UINT64_C(1) << 61) - 1)

#endif
